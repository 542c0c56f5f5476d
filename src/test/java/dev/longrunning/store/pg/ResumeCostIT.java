package dev.longrunning.store.pg;

import static dev.longrunning.store.Await.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longrunning.operation.OperationKey;
import dev.longrunning.store.ChangeLog.Batch;
import dev.longrunning.store.ChangeLog.Entry;
import dev.longrunning.store.ChangeLog.Poll;
import dev.longrunning.store.ChangeLog.Selection;
import dev.longrunning.store.Cursors;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.Tuple;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What it costs the database to bring a watcher up to date, in rows. */
@Timeout(240)
final class ResumeCostIT {
  /** Epochs, catalogues, and a head for each lane and look: nothing that grows. */
  private static final int BESIDES = 64;

  private static final int HEADS = 2 * OperationKey.LANES;

  private static final int CHUNK = 50_000;

  private final Vertx vertx = Vertx.vertx();
  private TestPostgres postgres;
  private PgConnection monitor;
  private int looks;

  @BeforeEach
  void start() throws Exception {
    postgres = TestPostgres.start(TestPostgres.bundled(), "autovacuum = off", "fsync = off");
    StoreFixture.on(postgres.options()).close();
    monitor = await(PgConnection.connect(vertx, postgres.options()));
  }

  @AfterEach
  void stop() throws Exception {
    await(vertx.close());
    postgres.close();
  }

  private record Cost(long logRows, long operationRows, int looks) {}

  @Test
  void a_resume_reads_what_was_missed_however_many_operations_there_are() throws Exception {
    var few = cost(10_000, 1_000);
    assertThat(few.logRows()).isBetween(1_000L, 1_000L + (long) HEADS * few.looks() + BESIDES);
    assertThat(few.operationRows()).isBetween(1_000L, 1_000L + BESIDES);

    var many = cost(10_000, 100_000);
    assertThat(many.logRows())
        .isBetween(100_000L, 100_000L + (long) HEADS * many.looks() + BESIDES);
    // Each look reads the state of an operation once, however often it was changed.
    assertThat(many.operationRows()).isBetween(10_000L, 100_000L + BESIDES);

    var fewOfMany = cost(1_000_000, 1_000);
    assertThat(fewOfMany).isEqualTo(few);
  }

  /** Rows read by a watcher that missed so many changes, each a batch, with so many operations. */
  private Cost cost(int operations, int missed) throws Exception {
    await(monitor.query("truncate longrunning.op").execute());
    for (int from = 0; from < operations; from += CHUNK) {
      insertOperations(from, Math.min(operations, from + CHUNK));
    }
    var before = heads();
    long[] revisions = before.toArray();
    for (int from = 0; from < missed; from += CHUNK) {
      insertChanges(from, Math.min(missed, from + CHUNK), operations, revisions);
    }
    var opening = rowsReadBy(reader -> {});
    var reading = rowsReadBy(reader -> readAll(reader, before, missed));
    return new Cost(reading[0] - opening[0], reading[1] - opening[1], looks);
  }

  /** Rows of the log and of the operations. Statistics are whole once connections are closed. */
  private long[] rowsReadBy(Consumer<StoreFixture> work) throws Exception {
    long[] before = {read("log"), read("op")};
    try (var reader = StoreFixture.on(postgres.options())) {
      work.accept(reader);
    }
    return new long[] {read("log") - before[0], read("op") - before[1]};
  }

  private Cursors heads() {
    var heads = new long[OperationKey.LANES];
    var sql = "select lane, max(rev) as rev from longrunning.log group by lane";
    await(monitor.query(sql).execute())
        .forEach(row -> heads[row.getShort("lane")] = row.getLong("rev"));
    return Cursors.of(heads);
  }

  private static OperationKey key(int number) {
    return OperationKey.of("projects/p/operations/o" + number);
  }

  private void insertOperations(int from, int to) {
    var sql =
        """
        insert into longrunning.op (version, create_time, update_time, retention_us, create_request,
               lane, outcome, key, service, collection, labels)
        select 1, now() - k.n * interval '1 ms', now(), 1000000, gen_random_uuid(), k.lane, 0, k.key,
               'default', 'projects/p', '{}'
          from unnest($1::smallint[], $2::text[]) with ordinality as k (lane, key, n)
        """;
    var lanes = new Short[to - from];
    var keys = new String[to - from];
    for (int i = from; i < to; i++) {
      lanes[i - from] = (short) key(i).lane();
      keys[i - from] = key(i).text();
    }
    await(
        monitor
            .preparedQuery(sql)
            .execute(Tuple.tuple().addArrayOfShort(lanes).addArrayOfString(keys)));
  }

  private void insertChanges(int from, int to, int operations, long[] revisions) {
    var sql =
        """
        insert into longrunning.log (rev, at, sequence, writer, lane, keys, kinds)
        select k.rev, now(), k.rev, gen_random_uuid(), k.lane, array[k.key], '{2}'
          from unnest($1::smallint[], $2::text[], $3::bigint[]) as k (lane, key, rev)
        """;
    var lanes = new Short[to - from];
    var keys = new String[to - from];
    var revs = new Long[to - from];
    for (int i = from; i < to; i++) {
      var key = key(i % operations);
      lanes[i - from] = (short) key.lane();
      keys[i - from] = key.text();
      revs[i - from] = ++revisions[key.lane()];
    }
    await(
        monitor
            .preparedQuery(sql)
            .execute(
                Tuple.tuple().addArrayOfShort(lanes).addArrayOfString(keys).addArrayOfLong(revs)));
  }

  private void readAll(StoreFixture reader, Cursors from, int missed) {
    var selection = new Everything();
    var at = from;
    int seen = 0;
    looks = 0;
    for (Poll poll = null; poll == null || !at.reach(poll.heads()); looks++) {
      poll = await(reader.store.history(at, selection));
      seen += poll.batches().size();
      for (var batch : poll.batches()) {
        at = at.with(batch.lane(), batch.revision());
      }
    }
    assertThat(seen).isEqualTo(missed);
  }

  private static final class Everything implements Selection {
    @Override
    public boolean isEmpty() {
      return false;
    }

    @Override
    public Collection<OperationKey> of(Batch batch) {
      Set<OperationKey> keys = new HashSet<>();
      batch.entries().stream().map(Entry::key).forEach(keys::add);
      return keys;
    }
  }

  private long read(String table) {
    var sql =
        "select coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0) as n"
            + " from pg_stat_user_tables where relname = '"
            + table
            + "'";
    return await(monitor.query(sql).execute()).iterator().next().getLong("n");
  }
}
