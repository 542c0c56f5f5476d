package dev.longrunning.store.pg;

import dev.longrunning.observe.Metrics;
import dev.longrunning.observe.QueuePeak;
import dev.longrunning.operation.Answer;
import dev.longrunning.operation.Change;
import dev.longrunning.operation.OperationKey;
import dev.longrunning.store.ChangeLog;
import dev.longrunning.store.Cursors;
import dev.longrunning.store.Epoch;
import dev.longrunning.store.Listed;
import dev.longrunning.store.Listing;
import dev.longrunning.store.OperationStore;
import dev.longrunning.store.Reading;
import dev.longrunning.store.Written;
import io.netty.channel.EventLoop;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * The operations and their log, in PostgreSQL.
 *
 * <p><b>Threads.</b> Methods may be called on any event loop. Writes and the log belong to the one
 * that the store was made on; reads are made on the caller's, with connections of its own.
 *
 * <p><b>Bounds.</b> Connections: those of {@link Settings} for writes and for each event loop that
 * reads, and four for the log, its history, the doorbell and the upkeep.
 */
public final class PgStore implements OperationStore, ChangeLog {
  private static final Duration UPKEEP_LIMIT = Duration.ofSeconds(5);

  /**
   * How the store is set up.
   *
   * @param writeConnections batches under way at once, of one lane each
   * @param readConnections statements that read under way at once on one event loop
   */
  public record Settings(int writeConnections, int readConnections) {
    /**
     * With more batches under way each is smaller, and the database is asked more often: of 1, 2
     * and 4 on two cores and a fast disk one was the best. A second one works while the first waits
     * for a slow disk.
     */
    public static final Settings DEFAULT = new Settings(2, 2);
  }

  private final Vertx vertx;
  private final ContextInternal context;
  private final Connector connector;
  private final Settings settings;
  private final LongSupplier nanos;
  private final LogReader reader;
  private final LogReader historian;
  private final Batcher batcher;
  private final Links writers;
  private final Links upkeep;
  private final Doorbell doorbell;
  private final StoreMetrics metrics;
  private final ConcurrentMap<EventLoop, Reader> readers = new ConcurrentHashMap<>();
  private Runnable onRing = () -> {};
  private Consumer<Written> onWritten = batch -> onRing.run();

  private record Reader(Links links, CoalescedReads byKey) {}

  /** Makes the store on the calling event loop; the clock of the metrics is what it goes by. */
  public PgStore(Vertx vertx, Connector connector, Settings settings, Metrics metrics) {
    this.vertx = vertx;
    this.context = (ContextInternal) vertx.getOrCreateContext();
    this.connector = connector;
    this.settings = settings;
    this.nanos = metrics::nanos;
    this.metrics = new StoreMetrics(metrics);
    var clock = new DatabaseClock(nanos);
    this.reader = new LogReader(vertx, "log", connector, clock, this.metrics);
    this.historian = new LogReader(vertx, "history", connector, clock, this.metrics);
    this.writers =
        new Links(vertx, "writes", settings.writeConnections(), connector::open, this.metrics);
    this.upkeep = new Links(vertx, "upkeep", 1, connector::open, this.metrics);
    this.doorbell = new Doorbell(vertx, connector, this.metrics);
    this.batcher =
        new Batcher(
            vertx,
            writers,
            clock,
            UUID.randomUUID(),
            new ReaderPosition(),
            this::written,
            this.metrics);
  }

  @Override
  public Future<Answer> apply(Change change, Duration patience) {
    Promise<Answer> promise = callers().promise();
    batcher.submit(change, patience, promise);
    return promise.future();
  }

  @Override
  public Future<Reading> find(OperationKey key) {
    return reading(here -> here.byKey().find(key));
  }

  @Override
  public Future<Listed> list(Listing listing) {
    return recovered(reading(here -> Pages.read(here.links(), listing)));
  }

  @Override
  public Future<List<OperationKey>> purgeDue(int limit) {
    return keys(Statements.OP_PURGE_DUE, limit);
  }

  @Override
  public Future<List<OperationKey>> expiryDue(int limit) {
    return keys(Statements.LEASE_EXPIRY_DUE, limit);
  }

  @Override
  public Future<Void> sweep(int lane) {
    return maintain(Statements.LANE_SWEEP, () -> Tuple.of((short) lane, reader.epoch().nonce()))
        .mapEmpty();
  }

  @Override
  public Future<Integer> trim(Duration window, int limit) {
    Future<Integer> deleted = Future.succeededFuture(0);
    for (int lane = 0; lane < OperationKey.LANES; lane++) {
      int next = lane;
      deleted =
          deleted.compose(before -> trim(next, window, limit - before).map(more -> before + more));
    }
    return deleted;
  }

  private Future<Integer> trim(int lane, Duration window, int limit) {
    return limit <= 0
        ? Future.succeededFuture(0)
        : maintain(Statements.LOG_TRIM, () -> Tuple.of((short) lane, window.toMillis(), limit))
            .map(rows -> rows.iterator().next().getInteger("deleted"));
  }

  @Override
  public Future<Poll> poll(Cursors cursors, Selection selection) {
    return onStore(() -> reader.poll(cursors, selection));
  }

  @Override
  public Future<Poll> history(Cursors cursors, Selection selection) {
    return onStore(() -> historian.poll(cursors, selection));
  }

  @Override
  public Future<Void> openEpoch(Epoch known, long numberMin) {
    return onStore(() -> reader.openEpoch(known, numberMin));
  }

  @Override
  public void onDoorbell(Runnable ring) {
    context.runOnContext(
        now -> {
          onRing =
              () -> {
                reader.ring();
                ring.run();
              };
          doorbell.start(onRing);
        });
  }

  @Override
  public void onWritten(Consumer<Written> written) {
    context.runOnContext(now -> onWritten = written);
  }

  /** How full its queues have been; those of each event loop that reads are of their own. */
  public List<QueuePeak> peaks() {
    var reads =
        readers.values().stream()
            .flatMap(here -> Stream.of(here.links().peak(), here.byKey().peak()));
    var writes = Stream.of(writers.peak(), upkeep.peak());
    return Stream.of(batcher.peaks().stream(), writes, reads).flatMap(all -> all).toList();
  }

  /** Ends all connections; what is under way fails. */
  public Future<Void> close() {
    return this.<Void>onStore(
        () -> {
          doorbell.close();
          readers.forEach((loop, here) -> loop.execute(() -> here.links().close()));
          return Future.join(writers.close(), upkeep.close(), reader.close(), historian.close())
              .mapEmpty();
        });
  }

  /** A batch of our own left a row in the log: which one, where that is known. */
  private void written(Optional<Written> batch) {
    batch.ifPresentOrElse(onWritten, onRing);
    doorbell.ring();
  }

  private Future<List<OperationKey>> keys(String sql, int limit) {
    return maintain(sql, () -> Tuple.of(limit))
        .map(
            rows ->
                StreamSupport.stream(rows.spliterator(), false)
                    .map(row -> OperationKey.parse(row.getString("key")))
                    .toList());
  }

  private Future<RowSet<Row>> maintain(String sql, Supplier<Tuple> arguments) {
    return recovered(
        onStore(
            () ->
                upkeep.run(
                    UPKEEP_LIMIT,
                    connection -> connection.preparedQuery(sql).execute(arguments.get()))));
  }

  private <T> Future<T> onStore(Supplier<Future<T>> work) {
    Promise<T> promise = callers().promise();
    context.runOnContext(
        now -> {
          try {
            work.get().onComplete(promise);
          } catch (RuntimeException e) {
            promise.fail(e);
          }
        });
    return promise.future();
  }

  private static <T> Future<T> recovered(Future<T> answer) {
    return answer.recover(error -> Future.failedFuture(Faults.problem(error)));
  }

  private ContextInternal callers() {
    return (ContextInternal) vertx.getOrCreateContext();
  }

  /** Reads on the caller's event loop; a caller on another thread reads on the store's. */
  private <T> Future<T> reading(Function<Reader, Future<T>> work) {
    var loop = (ContextInternal) Vertx.currentContext();
    return loop == null || !loop.inThread()
        ? onStore(() -> work.apply(readerOf(context)))
        : work.apply(readerOf(loop));
  }

  private Reader readerOf(ContextInternal loop) {
    // By thread: calls have contexts of their own, and any number of them share an event loop.
    return readers.computeIfAbsent(
        loop.nettyEventLoop(),
        here -> {
          var links =
              new Links(vertx, "reads", settings.readConnections(), connector::open, metrics);
          return new Reader(links, new CoalescedReads(vertx, links, nanos, metrics));
        });
  }

  /** What the batcher knows of the log comes from the reader. */
  private final class ReaderPosition implements LogPosition {
    @Override
    public Epoch epoch() {
      return reader.epoch();
    }

    @Override
    public long cursor(int lane) {
      return reader.cursor(lane);
    }

    @Override
    public void lookNow() {
      onRing.run();
    }

    @Override
    public void beginEpoch() {
      var known = reader.epoch();
      reader.openEpoch(known, known.number()).onComplete(opened -> onRing.run());
    }
  }
}
