package dev.longrunning.service;

import dev.longrunning.feed.State;
import dev.longrunning.feed.States;
import dev.longrunning.operation.Adopt;
import dev.longrunning.operation.Answer;
import dev.longrunning.operation.Answer.Verdict;
import dev.longrunning.operation.Bytes;
import dev.longrunning.operation.Change;
import dev.longrunning.operation.Change.Complete;
import dev.longrunning.operation.Change.Composable;
import dev.longrunning.operation.Change.Guard;
import dev.longrunning.operation.Change.LeaseTerms;
import dev.longrunning.operation.Change.Start;
import dev.longrunning.operation.Change.Update;
import dev.longrunning.operation.Contents;
import dev.longrunning.operation.OperationKey;
import dev.longrunning.operation.OperationName;
import dev.longrunning.operation.Outcome;
import dev.longrunning.operation.Progress;
import dev.longrunning.operation.Snapshot;
import dev.longrunning.store.OperationStore;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What producers do with operations: start, update, complete and adopt them.
 *
 * <p><b>Promise.</b> A call that succeeds is durable, and answers with the state it made, or with a
 * newer one. The state is composed here only from exactly the version that was changed; whenever
 * that is not at hand, it is read. A method never throws; its future fails with a {@code Problem}.
 *
 * <p><b>Threads.</b> Confined to one event loop, that of its {@link States}.
 *
 * <p><b>Bounds.</b> Keeps nothing; the store bounds what waits.
 */
public final class Producer {
  private final States states;
  private final OperationStore store;
  private final InstantSource clock;
  private final Supplier<UUID> random;
  private ProducerSettings settings;

  /**
   * Makes the use cases of one event loop.
   *
   * @param random lease tokens and ids: from a strong source of randomness, as both are secrets
   */
  public Producer(
      States states,
      OperationStore store,
      InstantSource clock,
      Supplier<UUID> random,
      ProducerSettings settings) {
    this.states = states;
    this.store = store;
    this.clock = clock;
    this.random = random;
    this.settings = settings;
  }

  /** What holds for producers from now on. */
  public void apply(ProducerSettings other) {
    settings = other;
  }

  /**
   * What is to be started.
   *
   * @param name the whole name
   * @param retention empty: the server's setting
   */
  public record Beginning(
      String service,
      String collection,
      String name,
      Optional<UUID> request,
      Contents contents,
      Optional<Duration> retention,
      Optional<LeaseWish> lease) {}

  /** How long the producer may stay silent, and how long its operation may be adopted then. */
  public record LeaseWish(Duration duration, Duration adoptionWindow) {}

  /**
   * What a call left behind.
   *
   * @param lease only for whom it belongs to, and only while it is alive
   */
  public record Written(Snapshot snapshot, Optional<Answer.Lease> lease) {}

  /** A name below {@code parent} that nobody has: the same one for the same request. */
  public String freshName(String service, String parent, Optional<UUID> request) {
    String id = OperationIds.of(service, parent, request.orElseGet(random));
    return OperationName.in(parent, id);
  }

  /**
   * The change that creates a running operation, or finds the one that the same request created.
   */
  public Start starting(Beginning beginning) {
    return new Start(
        new OperationKey(beginning.service(), beginning.name()),
        beginning.collection(),
        beginning.request().orElse(null),
        whole(beginning.contents()),
        whole(beginning.retention().orElse(settings.retention())),
        beginning.lease().map(this::terms).orElse(null));
  }

  private LeaseTerms terms(LeaseWish wish) {
    return new LeaseTerms(random.get(), whole(wish.duration()), whole(wish.adoptionWindow()));
  }

  /**
   * The change that replaces contents and renews the lease.
   *
   * @param leaseDuration empty: for as long as before
   */
  public static Update updating(
      OperationKey key, Guard guard, Contents contents, Optional<Duration> leaseDuration) {
    return new Update(key, guard, whole(contents), leaseDuration.map(Producer::whole).orElse(null));
  }

  /** The change that ends the operation. */
  public static Complete completing(
      OperationKey key, Guard guard, Outcome outcome, Bytes result, Contents contents) {
    return new Complete(key, guard, outcome, result, whole(contents));
  }

  /** Takes the operation over from a producer that is gone; by {@code force} from any. */
  public Future<Written> adopt(
      OperationKey key,
      Optional<UUID> request,
      Duration leaseDuration,
      boolean force,
      Optional<Instant> deadline) {
    var change = new Adopt(key, request.orElse(null), random.get(), whole(leaseDuration), force);
    return written(change, 0, deadline);
  }

  /** Makes a change that {@link #starting}, {@link #updating} or {@link #completing} answered. */
  public Future<Written> apply(Composable change, Optional<Instant> deadline) {
    return written(change, guard(change).version(), deadline);
  }

  private static Guard guard(Composable change) {
    if (change instanceof Update update) {
      return update.guard();
    }
    return change instanceof Complete complete ? complete.guard() : Guard.NONE;
  }

  /**
   * Makes any change.
   *
   * @param version that the caller asked to be changed
   */
  private Future<Written> written(Change change, long version, Optional<Instant> deadline) {
    // Looked up before, too: the feed may drop the entry between the commit and its answer.
    var held = states.peek(change.key());
    return Patience.until(deadline, clock.instant())
        .compose(patience -> store.apply(change, patience))
        .compose(
            answer ->
                answer.verdict().isRefusal()
                    ? Future.failedFuture(Refusals.of(answer, change.key(), version))
                    : after(change, held, answer)
                        .map(now -> new Written(now, Optional.ofNullable(answer.lease()))));
  }

  /** The state after a change that was not refused. */
  private Future<Snapshot> after(Change any, Optional<Snapshot> held, Answer answer) {
    // Of a change that was applied, whoever follows the log may have made it already.
    var now = at(answer.version(), any.key(), held);
    if (now.isPresent()) {
      return Future.succeededFuture(now.get());
    }
    if (answer.verdict() != Verdict.APPLIED || !(any instanceof Composable change)) {
      return read(any.key());
    }
    if (change instanceof Start) {
      return answer.previousVersion() == Answer.UNKNOWN
          ? read(change.key())
          : own(change, null, answer);
    }
    return at(answer.previousVersion(), change.key(), held)
        .map(before -> own(change, before, answer))
        .orElseGet(() -> read(change.key()));
  }

  private Future<Snapshot> own(Composable change, @Nullable Snapshot before, Answer answer) {
    var snapshot = change.composed(before, answer);
    states.own(snapshot);
    return Future.succeededFuture(snapshot);
  }

  /** Exactly this version, if it is at hand. No state has {@link Answer#UNKNOWN}. */
  private Optional<Snapshot> at(long version, OperationKey key, Optional<Snapshot> held) {
    return Stream.of(held, states.peek(key))
        .flatMap(Optional::stream)
        .filter(snapshot -> snapshot.version() == version)
        .findFirst();
  }

  private Future<Snapshot> read(OperationKey key) {
    return states.strong(key).map(Producer::present);
  }

  private static Snapshot present(State state) {
    return state.snapshot().orElseThrow(() -> Refusals.missing(state));
  }

  /** In microseconds, as stored: equal versions must be equal states wherever they come from. */
  private static Contents whole(Contents contents) {
    var progress = contents.progress();
    if (progress == null || progress.estimatedEndTime() == null) {
      return contents;
    }
    return new Contents(
        contents.replacesMetadata(),
        contents.metadata(),
        contents.replacesProgress(),
        new Progress(
            progress.doneUnits(),
            progress.totalUnits(),
            progress.unit(),
            progress.message(),
            progress.estimatedEndTime().truncatedTo(ChronoUnit.MICROS)),
        contents.replacesLabels(),
        contents.labels());
  }

  private static Duration whole(Duration duration) {
    return duration.truncatedTo(ChronoUnit.MICROS);
  }
}
