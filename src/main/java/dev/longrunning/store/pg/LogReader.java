package dev.longrunning.store.pg;

import dev.longrunning.store.ChangeLog;
import dev.longrunning.store.ChangeLog.Poll;
import dev.longrunning.store.ChangeLog.Selection;
import dev.longrunning.store.Cursors;
import dev.longrunning.store.Epoch;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.UUID;

/**
 * Reads the log, on a connection of its own.
 *
 * <p><b>Threads.</b> Confined to the store's event loop.
 *
 * <p><b>Bounds.</b> As {@link LogPoll} says; a poll fails after {@link #LIMIT}.
 */
final class LogReader {
  private static final Duration LIMIT = Duration.ofMillis(1_900);

  private final Links links;
  private final DatabaseClock clock;
  private final QuietLog quiet;
  private long systemIdentifier;
  private Cursors cursors = Cursors.NONE;
  private Epoch epoch = new Epoch(0, new UUID(0, 0), "");

  LogReader(
      Vertx vertx, String purpose, Connector connector, DatabaseClock clock, StoreMetrics metrics) {
    this.clock = clock;
    this.quiet = new QuietLog(!connector.isPooled());
    this.links = new Links(vertx, purpose, 1, () -> connector.session().map(this::opened), metrics);
  }

  /** The newest epoch that a poll has seen; before the first one, none that ever was. */
  Epoch epoch() {
    return epoch;
  }

  /** Up to where the last poll's caller had read the lane. */
  long cursor(int lane) {
    return cursors.at(lane);
  }

  Future<Poll> poll(Cursors after, Selection selection) {
    cursors = after;
    return links
        .run(
            LIMIT,
            connection ->
                quiet
                    .ask(connection, after)
                    .compose(
                        found ->
                            found
                                .map(Future::succeededFuture)
                                .orElseGet(() -> look(connection, after, selection))))
        .map(this::saw)
        .recover(error -> Future.failedFuture(Faults.problem(error)));
  }

  private Future<Poll> look(PgConnection connection, Cursors after, Selection selection) {
    return new LogPoll(connection, selection, ChangeLog.LANE_BATCHES_MAX)
        .read(after, systemIdentifier, quiet);
  }

  /** Something was written: the next poll will find it, or one under way has. */
  void ring() {
    quiet.ring();
  }

  private Poll saw(Poll poll) {
    clock.saw(poll.time());
    epoch = poll.epoch();
    return poll;
  }

  Future<Void> openEpoch(Epoch known, long numberMin) {
    var tuple = Tuple.of(known.nonce(), numberMin);
    return links
        .run(LIMIT, connection -> connection.preparedQuery(Statements.EPOCH_OPEN).execute(tuple))
        .<Void>mapEmpty()
        .recover(error -> Future.failedFuture(Faults.problem(error)));
  }

  Future<Void> close() {
    return links.close();
  }

  private PgConnection opened(Connector.Session session) {
    systemIdentifier = session.systemIdentifier();
    return session.connection();
  }
}
