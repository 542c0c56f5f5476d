package dev.longrunning.operation;

import dev.longrunning.operation.Change.Start;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** The states that changes make, for who judges them and for who is told that they were applied. */
final class Composed {
  private Composed() {}

  static Snapshot created(Start start, Instant time, long revision) {
    var contents = start.contents();
    return new Snapshot(
        start.key(),
        start.collection(),
        revision,
        time,
        time,
        start.retention(),
        Outcome.RUNNING,
        Bytes.EMPTY,
        contents.metadata(),
        contents.progress(),
        contents.labels(),
        null,
        null,
        ReceivedSignals.NONE,
        null);
  }

  static Snapshot replaced(@Nullable Snapshot before, Contents contents, Answer answer) {
    if (before == null || before.version() != answer.previousVersion()) {
      throw new IllegalStateException("composing from another version than was changed");
    }
    return replaced(before, contents, answer.estimatedEndTime(), answer.time(), answer.version());
  }

  /**
   * The state with new contents.
   *
   * @param estimate of the new progress, if there is one
   */
  static Snapshot replaced(
      Snapshot before, Contents contents, @Nullable Instant estimate, Instant time, long revision) {
    return new Snapshot(
        before.key(),
        before.collection(),
        revision,
        before.createTime(),
        time,
        before.retention(),
        before.outcome(),
        before.result(),
        contents.replacesMetadata() ? contents.metadata() : before.metadata(),
        contents.replacesProgress() ? estimated(contents.progress(), estimate) : before.progress(),
        contents.replacesLabels() ? contents.labels() : before.labels(),
        before.endTime(),
        before.cancelRequestTime(),
        before.signals(),
        before.expireTime());
  }

  private static @Nullable Progress estimated(
      @Nullable Progress progress, @Nullable Instant estimate) {
    return progress == null ? null : progress.withEstimatedEndTime(estimate);
  }
}
