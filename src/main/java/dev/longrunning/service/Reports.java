package dev.longrunning.service;

import dev.longrunning.feed.State;
import dev.longrunning.feed.States;
import dev.longrunning.feed.Timers;
import dev.longrunning.operation.Change.Composable;
import dev.longrunning.operation.OperationKey;
import dev.longrunning.operation.Problem;
import dev.longrunning.operation.Snapshot;
import dev.longrunning.service.Producer.Written;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What one producer reports over one stream: of any number of operations at the same time, of each
 * in its order.
 *
 * <p><b>Promise.</b> Every report is answered once, unless the stream is closed before. One that
 * was not given to the store by then is never made.
 *
 * <p><b>Threads.</b> Confined to the event loop of its stream.
 *
 * <p><b>Bounds.</b> Whoever reports bounds what is under way; what is at the store has {@link
 * WriteTurns}, the operations that are followed {@link Demands}.
 */
public final class Reports {
  private final Service service;
  private final Source source;
  private final Demands demands;
  private final Map<OperationKey, ReportQueue> queues = new HashMap<>();
  private final ReportQueue.Owner writes = new Writes();
  private Optional<Problem> refusal = Optional.empty();

  /** What the streams of one event loop share. */
  public record Service(Producer producer, States states, Timers timers, WriteTurns turns) {
    /** Begins the reports of one stream. */
    public Reports open(Source source) {
      return new Reports(this, source);
    }
  }

  /**
   * Whose reports they are.
   *
   * @param caller takes turns with others
   * @param deadline of the stream
   * @param room how many operations may be followed
   * @param listener hears of cancellations, also within a call of {@link Reports}
   */
  public record Source(
      String caller, Optional<Instant> deadline, DemandRoom room, Demands.Listener listener) {}

  private Reports(Service service, Source source) {
    this.service = service;
    this.source = source;
    this.demands =
        new Demands(service.states(), service.timers(), source.room(), source.listener());
  }

  /** Makes a change, after those of the same operation that were reported before. */
  public Future<Written> apply(Composable change) {
    if (refusal.isPresent()) {
      return Future.failedFuture(refusal.get());
    }
    return queues.computeIfAbsent(change.key(), key -> new ReportQueue(key, writes)).add(change);
  }

  /** Reads what an operation is now; empty if it is gone. */
  public Future<Optional<Snapshot>> read(OperationKey key) {
    return service.states().strong(key).map(State::snapshot);
  }

  /** Refuses what was not given to the store yet, and what comes from now on. */
  public void stop(Problem problem) {
    refusal = Optional.of(problem);
    List.copyOf(queues.values()).forEach(queue -> queue.stop(problem));
  }

  /** Nobody is there to be told of anything. */
  public void close() {
    queues.values().forEach(ReportQueue::drop);
    demands.close();
  }

  private final class Writes implements ReportQueue.Owner {
    @Override
    public void claim(ReportQueue queue) {
      service.turns().claim(source.caller(), queue);
    }

    @Override
    public Future<Written> write(Composable change) {
      demands.follow(change.key());
      return service
          .producer()
          .apply(change, source.deadline())
          .transform(written -> heard(change.key(), written));
    }

    private Future<Written> heard(OperationKey key, AsyncResult<Written> written) {
      if (written.failed()) {
        demands.refused(key, written.cause());
        return Future.failedFuture(written.cause());
      }
      demands.answered(written.result().snapshot());
      return Future.succeededFuture(written.result());
    }

    @Override
    public void idle(ReportQueue queue) {
      queues.remove(queue.key());
    }
  }
}
