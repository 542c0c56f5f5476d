package dev.longrunning.filter;

import dev.longrunning.operation.Outcome;
import dev.longrunning.operation.Progress;
import dev.longrunning.operation.Snapshot;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One operation as one evaluation sees it. A payload is opened when it is first asked for, and then
 * kept until the evaluation is over.
 *
 * <p><b>Threads.</b> Confined to the one that evaluates.
 */
final class View implements Fields {
  private final Snapshot snapshot;
  private final Payloads payloads;
  private final Value root = new Value.Structure(this, false);
  private @Nullable Value metadata;
  private @Nullable Value result;

  View(Snapshot snapshot, Payloads payloads) {
    this.snapshot = snapshot;
    this.payloads = payloads;
  }

  Value root() {
    return root;
  }

  /** What a value without a field is looked for in. */
  Stream<String> texts() {
    var progress = snapshot.progress();
    var own =
        Stream.of(
            snapshot.key().name(),
            progress == null ? "" : progress.message(),
            field("error") instanceof Value.Structure error
                    && error.fields().field("message") instanceof Value.Text text
                ? text.text()
                : "");
    return Stream.concat(own, snapshot.labels().values().stream());
  }

  @Override
  public Value field(String name) {
    return switch (name) {
      case "name" -> new Value.Text(snapshot.key().name());
      case "done" -> new Value.Flag(snapshot.isDone());
      case "create_time" -> moment(snapshot.createTime());
      case "update_time" -> moment(snapshot.updateTime());
      case "end_time" -> moment(snapshot.endTime());
      case "cancel_request_time" -> moment(snapshot.cancelRequestTime());
      case "metadata" -> metadata();
      case "error" -> snapshot.outcome() == Outcome.ERROR ? result() : Value.absent();
      case "response" -> hasResponse() ? result() : Value.absent();
      case "labels" -> new Value.Structure(new LabelFields(snapshot.labels()), true);
      case "progress" -> progress(snapshot.progress());
      default -> Value.absent();
    };
  }

  private static Value moment(@Nullable Instant time) {
    return time == null ? Value.absent() : new Value.Moment(time);
  }

  private Value metadata() {
    var bytes = snapshot.metadata();
    if (metadata == null) {
      metadata = bytes == null ? Value.absent() : payloads.any(bytes);
    }
    return metadata;
  }

  /** An operation may end with nothing. */
  private boolean hasResponse() {
    return snapshot.outcome() == Outcome.RESPONSE && snapshot.result().length() > 0;
  }

  private Value result() {
    if (result == null) {
      result =
          snapshot.outcome() == Outcome.ERROR
              ? payloads.status(snapshot.result())
              : payloads.any(snapshot.result());
    }
    return result;
  }

  private static Value progress(@Nullable Progress progress) {
    return progress == null
        ? Value.absent()
        : new Value.Structure(new ProgressFields(progress), false);
  }

  @Override
  public boolean has(String name) {
    return field(name).isPresent();
  }

  @Override
  public boolean isEmpty() {
    return false;
  }

  private record LabelFields(Map<String, String> labels) implements Fields {
    @Override
    public Value field(String name) {
      return labels.containsKey(name)
          ? new Value.Text(Objects.requireNonNull(labels.get(name)))
          : Value.absent();
    }

    @Override
    public boolean has(String name) {
      return labels.containsKey(name);
    }

    @Override
    public boolean isEmpty() {
      return labels.isEmpty();
    }
  }

  private record ProgressFields(Progress progress) implements Fields {
    @Override
    public Value field(String name) {
      return switch (name) {
        case "done_units" -> Value.Numeric.of(progress.doneUnits());
        case "total_units" -> Value.Numeric.of(progress.totalUnits());
        case "unit" -> new Value.Text(progress.unit());
        case "message" -> new Value.Text(progress.message());
        default -> Value.absent();
      };
    }

    @Override
    public boolean has(String name) {
      return field(name).isPresent();
    }

    @Override
    public boolean isEmpty() {
      return false;
    }
  }
}
