package dev.longrunning.store.pg;

import static dev.longrunning.store.pg.StoreFixture.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longrunning.operation.Adopt;
import dev.longrunning.operation.Answer;
import dev.longrunning.operation.Answer.Verdict;
import dev.longrunning.operation.Bytes;
import dev.longrunning.operation.Change;
import dev.longrunning.operation.Change.Cancel;
import dev.longrunning.operation.Change.Complete;
import dev.longrunning.operation.Change.Delete;
import dev.longrunning.operation.Change.Guard;
import dev.longrunning.operation.Change.LeaseTerms;
import dev.longrunning.operation.Change.Start;
import dev.longrunning.operation.Change.Update;
import dev.longrunning.operation.Contents;
import dev.longrunning.operation.OperationKey;
import dev.longrunning.operation.Outcome;
import dev.longrunning.operation.Problem;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Four writers change the same operations while backends are terminated and killed: afterwards the
 * table is the fold of the log, and every acknowledged change is in it once.
 */
@Timeout(180)
final class ExactlyOnceIT {
  private static final int WRITERS = 4;
  private static final int CLIENTS = 24;
  private static final int KEYS = 96;
  private static final int CHANGES = Integer.getInteger("exactly-once.changes", 40_000);
  private static final int KILLS = 3;

  private static final Logger log = LoggerFactory.getLogger(ExactlyOnceIT.class);

  private record Acknowledged(Change change, Answer answer) {}

  private record Logged(long rev, int kind) {}

  private final ConcurrentLinkedQueue<Acknowledged> acknowledged = new ConcurrentLinkedQueue<>();
  private final AtomicInteger unknown = new AtomicInteger();
  private final AtomicInteger begun = new AtomicInteger();
  private final AtomicLong nextPayload = new AtomicLong();
  private final Map<OperationKey, UUID> tokens = new ConcurrentHashMap<>();

  @Test
  void every_acknowledged_change_is_there_once_whatever_dies() throws Exception {
    long seed = new Random().nextLong();
    System.out.println("seed " + seed);
    try (var postgres = TestPostgres.start(TestPostgres.bundled());
        var first = StoreFixture.on(postgres.options())) {
      var writers = new ArrayList<StoreFixture>(List.of(first));
      while (writers.size() < WRITERS) {
        writers.add(first.replica());
      }
      var clients = new ArrayList<Future<Void>>();
      for (int i = 0; i < WRITERS * CLIENTS; i++) {
        clients.add(client(writers.get(i % WRITERS), new Random(seed + i)));
      }
      var all = Future.join(clients);
      int crashes = trouble(postgres, first, new Random(seed), all);
      await(all);

      var log = readLog(first);
      assertFoldOfTheLog(first, log);
      assertAcknowledgedOnce(first, log);
      System.out.println(
          acknowledged.size()
              + " acknowledged, "
              + unknown
              + " unknown, "
              + crashes
              + " crashes of the database");
      for (var replica : writers.subList(1, WRITERS)) {
        replica.close();
      }
    }
  }

  private Future<Void> client(StoreFixture writer, Random random) {
    Promise<Void> done = Promise.promise();
    writer.vertx.runOnContext(now -> step(writer, random, done));
    return done.future();
  }

  private void step(StoreFixture writer, Random random, Promise<Void> done) {
    if (begun.incrementAndGet() > CHANGES) {
      done.complete();
      return;
    }
    var change = change(random);
    writer
        .store
        .apply(change, Duration.ofSeconds(2))
        .onComplete(
            answer -> {
              if (answer.succeeded()) {
                took(change, answer.result());
              } else if (answer.cause() instanceof Problem problem
                  && problem.kind() == Problem.Kind.UNAVAILABLE) {
                unknown.incrementAndGet();
              } else {
                done.tryFail(answer.cause());
                return;
              }
              writer.vertx.runOnContext(now -> step(writer, random, done));
            });
  }

  private void took(Change change, Answer answer) {
    if (answer.verdict() == Verdict.APPLIED || answer.verdict() == Verdict.ADOPTED) {
      acknowledged.add(new Acknowledged(change, answer));
      if (answer.lease() != null) {
        tokens.put(change.key(), answer.lease().token());
      }
    }
  }

  private Change change(Random random) {
    var key = OperationKey.of("operations/o" + random.nextInt(KEYS));
    var request = new UUID(random.nextLong(), random.nextLong());
    var guard = new Guard(request, tokens.get(key), 0);
    int kind = random.nextInt(100);
    if (kind < 25) {
      var terms =
          random.nextBoolean()
              ? new LeaseTerms(request, Duration.ofMinutes(5), Duration.ZERO)
              : null;
      return new Start(key, "", request, payload(), Duration.ofDays(1), terms);
    }
    if (kind < 70) {
      return new Update(key, guard, payload(), null);
    }
    if (kind < 75) {
      return new Adopt(key, request, request, Duration.ofMinutes(5), random.nextBoolean());
    }
    if (kind < 85) {
      return new Complete(key, guard, Outcome.RESPONSE, bytes(1), payload());
    }
    if (kind < 90) {
      return new Cancel(key, bytes(2), bytes(3));
    }
    return new Delete(key);
  }

  /** Metadata that no other change has. */
  private Contents payload() {
    return new Contents(true, bytes(nextPayload.incrementAndGet()), false, null, false, Map.of());
  }

  private static Bytes bytes(long number) {
    return Bytes.of(ByteBuffer.allocate(64).putLong(number).array());
  }

  /** Terminates backends all the time, and kills one now and then: PostgreSQL then recovers. */
  private int trouble(TestPostgres postgres, StoreFixture store, Random random, Future<?> until)
      throws Exception {
    int crashes = 0;
    for (int round = 1; !until.isComplete(); round++) {
      Thread.sleep(60);
      try {
        var pids = new ArrayList<Long>();
        for (var row :
            store.sql(
                "select pid::bigint from pg_stat_activity where query like '%longrunning.apply%'"
                    + " and state = 'active' and pid <> pg_backend_pid()")) {
          pids.add(row.getLong(0));
        }
        if (pids.isEmpty()) {
          continue;
        }
        long victim = pids.get(random.nextInt(pids.size()));
        if (round % 12 == 0 && crashes < KILLS) {
          ProcessHandle.of(victim).ifPresent(ProcessHandle::destroyForcibly);
          crashes++;
        } else {
          store.sql("select pg_terminate_backend(" + victim + ")");
        }
      } catch (java.util.concurrent.ExecutionException e) {
        // The database is recovering, or it was our own connection: the next round will do.
        log.debug("no kill this time", e);
      }
    }
    assertThat(postgres.pid()).isPositive();
    return crashes;
  }

  private static Map<String, List<Logged>> readLog(StoreFixture store) throws Exception {
    var log = new HashMap<String, List<Logged>>();
    var heads = new HashMap<Integer, Long>();
    for (var row :
        store.sql("select lane, rev, keys, kinds from longrunning.log order by lane, rev")) {
      int lane = row.getShort("lane");
      long rev = row.getLong("rev");
      assertThat(heads.getOrDefault(lane, rev - 1)).as("dense revisions").isEqualTo(rev - 1);
      heads.put(lane, rev);
      var keys = row.getArrayOfStrings("keys");
      var kinds = row.getArrayOfShorts("kinds");
      for (int i = 0; i < keys.length; i++) {
        log.computeIfAbsent(keys[i], k -> new ArrayList<>()).add(new Logged(rev, kinds[i]));
      }
    }
    return log;
  }

  private static void assertFoldOfTheLog(StoreFixture store, Map<String, List<Logged>> log)
      throws Exception {
    var versions = new HashMap<String, Long>();
    log.forEach(
        (key, entries) -> {
          boolean exists = false;
          long version = 0;
          for (var entry : entries) {
            assertThat(exists).as(key + " at " + entry).isEqualTo(entry.kind != Start.KIND);
            exists = entry.kind != Delete.KIND;
            version = entry.kind == Adopt.KIND ? version : entry.rev;
          }
          if (exists) {
            versions.put(key, version);
          }
        });
    var stored = new HashMap<String, Long>();
    store
        .sql("select key, version from longrunning.op")
        .forEach(row -> stored.put(row.getString("key"), row.getLong("version")));
    assertThat(stored).isEqualTo(versions);
    var leases =
        store.sql(
            "select l.key from longrunning.lease l left join longrunning.op o using (lane, key)"
                + " where o.outcome is distinct from 0");
    assertThat(leases.size()).as("leases without a running operation").isZero();
  }

  private void assertAcknowledgedOnce(StoreFixture store, Map<String, List<Logged>> log)
      throws Exception {
    var payloads = new HashMap<String, Bytes>();
    var seen = new HashMap<String, Acknowledged>();
    int logged = log.values().stream().mapToInt(List::size).sum();
    for (var ack : acknowledged) {
      var key = ack.change.key().text();
      if (ack.change instanceof Adopt) {
        continue;
      }
      long version = ack.answer.version();
      assertThat(log.get(key)).contains(new Logged(version, ack.change.kind()));
      assertThat(seen.put(key + '@' + version, ack)).as("two changes at one version").isNull();
      if (ack.change instanceof Update update) {
        payloads.put(key + '@' + version, update.contents().metadata());
      }
    }
    // What was logged and not acknowledged is of calls whose outcome was not told: each at most
    // once.
    assertThat(logged - acknowledged.size()).isBetween(0, unknown.get());
    for (var row : store.sql("select key, version, metadata from longrunning.op")) {
      var expected = payloads.get(row.getString("key") + '@' + row.getLong("version"));
      if (expected != null) {
        assertThat(Bytes.of(row.getBuffer("metadata").getBytes())).isEqualTo(expected);
      }
    }
  }
}
