package dev.longrunning.store.pg;

import static dev.longrunning.store.pg.StoreFixture.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longrunning.operation.Change;
import dev.longrunning.operation.Change.Guard;
import dev.longrunning.operation.OperationKey;
import dev.longrunning.store.Samples;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.Tuple;
import java.lang.reflect.Modifier;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/**
 * How every statement runs on tables that were empty when it was planned and have grown since, as
 * on a server that was installed once and never restarted.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(240)
final class PlansIT {
  private static final int OPERATIONS = 300_000;

  /** Rows that a statement may touch and not use, at most: those of a batch. */
  private static final int WASTED_MAX = 300;

  /** For a list over many collections, in which the bounded number is all that is looked at. */
  private static final int EXAMINED_MAX = 2_000;

  private static final Pattern WASTED = Pattern.compile("Rows Removed by Filter: (\\d+)");
  private static final OperationKey KEY = OperationKey.of("projects/p/operations/o1");

  /** Statements about the schema, the session or a handful of rows. */
  private static final List<String> NOT_PLANNED =
      List.of(
          "SYSTEM_READ",
          "SESSION_LIMIT",
          "DOORBELL_SETTINGS",
          "DOORBELL_LISTEN",
          "DOORBELL_RING",
          "TOKEN_KEYS_READ",
          "MIGRATION_LOCK",
          "MIGRATION_LIMITS",
          "MIGRATION_TABLE",
          "MIGRATIONS_READ",
          "MIGRATION_ADD",
          "SNAPSHOT_BEGIN",
          "SNAPSHOT_END",
          // Parts of others.
          "OP_COLUMNS",
          "OP_LIST_HEAD",
          "OP_LIST_TAIL",
          "OP_LIST_MATCHING_HEAD",
          "OP_LIST_MATCHING_TAIL");

  private final ConcurrentLinkedQueue<String> notices = new ConcurrentLinkedQueue<>();
  private final Map<String, String> plans = new LinkedHashMap<>();
  private TestPostgres postgres;
  private StoreFixture store;
  private PgConnection connection;
  private long sequence = 1;

  @BeforeAll
  void plan_while_empty_and_run_when_grown() throws Exception {
    // Without autovacuum nobody analyses the tables, which would make the plans anew.
    postgres = TestPostgres.start(TestPostgres.bundled(), "autovacuum = off", "fsync = off");
    store = StoreFixture.on(postgres.options());
    connection = await(store.connector.open());
    connection.noticeHandler(notice -> notices.add(notice.getMessage()));
    runAll();
    grow();
    await(
        connection
            .query(
                "load 'auto_explain'; set auto_explain.log_min_duration = 0;"
                    + " set auto_explain.log_nested_statements = on;"
                    + " set auto_explain.log_analyze = on; set auto_explain.log_timing = off;"
                    + " set auto_explain.log_level = 'notice';"
                    + " set client_min_messages = 'notice'")
            .execute());
    runAll();
  }

  @AfterAll
  void stop() throws Exception {
    store.close();
    postgres.close();
  }

  @Test
  void every_statement_is_looked_at() {
    var names =
        Arrays.stream(Statements.class.getDeclaredFields())
            .filter(field -> Modifier.isStatic(field.getModifiers()))
            .filter(field -> field.getType() == String.class)
            .map(java.lang.reflect.Field::getName)
            .filter(name -> !NOT_PLANNED.contains(name));

    assertThat(names).allMatch(name -> plans.keySet().stream().anyMatch(n -> n.startsWith(name)));
  }

  @Test
  void rows_are_found_by_index_and_joined_by_loops() {
    plans.forEach(
        (name, plan) -> {
          var scans = plan;
          if (name.equals("LEASE_EXPIRY_DUE")) {
            // By intention: see the function.
            assertThat(plan).contains("Seq Scan on lease");
            scans = plan.replace("Seq Scan on lease", "");
          }
          if (name.equals("LOG_POLL")) {
            // The heads, one a lane.
            scans = plan.replaceAll("Sort  \\(.*actual rows=4\\.", "");
          }
          if (name.startsWith("APPLY")) {
            // The changes of a batch, into the order of the batch.
            scans = plan.replaceAll("Sort  \\(.*\\n *Sort Key: n\\.ord", "");
          }
          assertThat(scans)
              .as(name)
              .doesNotContain("Seq Scan", "Hash Join", "Merge Join", "Bitmap", "Sort  (");
        });
  }

  @Test
  void no_more_rows_are_looked_at_than_are_used() {
    plans.forEach(
        (name, plan) -> {
          if (!name.equals("LEASE_EXPIRY_DUE")) {
            var wasted = WASTED.matcher(plan).results().map(match -> match.group(1));
            int max = name.startsWith("OP_LIST_MATCHING") ? EXAMINED_MAX : WASTED_MAX;
            assertThat(wasted.mapToInt(Integer::parseInt))
                .as(name + "\n" + plan)
                .allMatch(rows -> rows <= max);
          }
        });
  }

  @Test
  void each_finds_its_rows_by_the_index_that_was_made_for_it() {
    assertThat(plans.get("OP_READ_BY_KEY")).contains("op_pkey", "tombstone_pkey", "epoch_pkey");
    assertThat(plans.get("LOG_STATES")).contains("op_pkey", "tombstone_pkey");
    assertThat(plans.get("OP_LIST_FIRST"))
        .contains("Index Scan Backward using op_list")
        .contains("Index Cond: ((service = $1) AND (collection = $2))");
    assertThat(plans.get("OP_LIST_NEXT"))
        .contains("Index Scan Backward using op_list")
        .contains("(ROW(create_time, key) < ROW($5, $6))");
    assertThat(plans.get("OP_PURGE_DUE")).containsPattern("op_purge.*\\n *Index Cond: ");
    assertThat(plans.get("LOG_POLL")).contains("log_pkey", "AND (rev > c_1.after)");
    assertThat(plans.get("LOG_TRIM"))
        .contains("log_pkey", "AND (rev < ", "tombstone_trim", "tombstone_pkey");
    assertThat(plans.get("APPLY")).contains("op_pkey", "lease_pkey", "tombstone_pkey", "log_pkey");
    assertThat(plans.get("APPLY_CHANGES")).contains("Tid Scan on op", "Tid Scan on lease");
    assertThat(plans.get("APPLY_METADATA")).contains("op_pkey", "lease_pkey", "Tid Scan on op");
    assertThat(plans.get("APPLY_DELETIONS")).contains("Tid Scan on op");
  }

  @Test
  void a_list_over_many_collections_looks_at_no_more_rows_than_it_may() {
    for (var page : List.of("FIRST", "NEXT")) {
      // None of many matches: as many as may be. All match: as many as are asked for.
      assertExamined(page + "_NONE", EXAMINED_MAX);
      assertExamined(page + "_ALL", 50);
    }
    assertThat(plans.get("OP_LIST_MATCHING_NEXT_NONE"))
        .contains("(ROW(create_time, key) < ROW($7, $8))");
  }

  private void assertExamined(String page, int rows) {
    var plan = plans.get("OP_LIST_MATCHING_" + page);
    assertThat(plan)
        .as(page + "\n" + plan)
        .containsPattern(
            "Index Scan Backward using op_newest on op o_\\d  \\(.*actual rows=" + rows + "[. ]")
        .containsPattern("Index Cond: \\(+service\\)?(::text)? = \\$1\\)")
        .containsOnlyOnce("Index Scan");
  }

  private void runAll() throws Exception {
    var now = OffsetDateTime.now(ZoneOffset.UTC).plusHours(1);
    Short[] lanes =
        IntStream.range(0, OperationKey.LANES).mapToObj(l -> (short) l).toArray(Short[]::new);
    var heads = new Long[OperationKey.LANES];
    for (short lane = 0; lane < heads.length; lane++) {
      heads[lane] = store.head(lane);
    }
    Short lane = (short) KEY.lane();
    run("LOG_POLL", Statements.LOG_POLL, Tuple.of(lanes, heads, 32));
    run("LOG_QUIET", Statements.LOG_QUIET, Tuple.of("1:1:"));
    run("EPOCH_OPEN", Statements.EPOCH_OPEN, Tuple.of(store.nonce(), 0L));
    var keys = new String[] {KEY.text(), "default/none"};
    run(
        "OP_READ_BY_KEY",
        Statements.OP_READ_BY_KEY,
        Tuple.tuple().addArrayOfShort(new Short[] {lane, 1}).addArrayOfString(keys));
    run(
        "LOG_STATES",
        Statements.LOG_STATES,
        Tuple.tuple()
            .addArrayOfShort(new Short[] {lane, 1})
            .addArrayOfString(keys)
            .addInteger(1_000));
    run("OP_LIST_FIRST", Statements.OP_LIST_FIRST, Tuple.of("default", "projects/p", 50, 1L << 20));
    run(
        "OP_LIST_NEXT",
        Statements.OP_LIST_NEXT,
        Tuple.of("default", "projects/p", 50, 1L << 20, now, KEY.text()));
    listMatching("NONE", "folders/%", now);
    listMatching("ALL", "projects/%", now);
    run("OP_PURGE_DUE", Statements.OP_PURGE_DUE, Tuple.of(256));
    run("LEASE_EXPIRY_DUE", Statements.LEASE_EXPIRY_DUE, Tuple.of(256));
    run("LANE_SWEEP", Statements.LANE_SWEEP, Tuple.of(lane, store.nonce()));
    run("LOG_TRIM", Statements.LOG_TRIM, Tuple.of(lane, 3_600_000L, 5_000));
    applyAll();
  }

  private void listMatching(String name, String like, OffsetDateTime after) throws Exception {
    run(
        "OP_LIST_MATCHING_FIRST_" + name,
        Statements.OP_LIST_MATCHING_FIRST,
        Tuple.of("default", like, 1, (long) EXAMINED_MAX, 50, 1L << 20));
    run(
        "OP_LIST_MATCHING_NEXT_" + name,
        Statements.OP_LIST_MATCHING_NEXT,
        Tuple.of("default", like, 1, (long) EXAMINED_MAX, 50, 1L << 20)
            .addOffsetDateTime(after)
            .addString(KEY.text()));
  }

  private void applyAll() throws Exception {
    var other = Samples.freshKeyBeside(KEY);
    var lease = Samples.lease(UUID.randomUUID(), Duration.ofHours(1), Duration.ZERO);
    apply("APPLY", Samples.start(other, UUID.randomUUID(), lease));
    apply("APPLY_CHANGES", Samples.renewal(other, lease.token()), Samples.start(KEY));
    var third = Samples.update(KEY, Guard.NONE, Samples.metadata("next"));
    apply("APPLY_CHANGES", Samples.completion(other, Samples.leased(lease.token()), "r"), third);
    apply("APPLY_METADATA", Samples.update(KEY, Guard.NONE, Samples.metadata("more")));
    apply("APPLY_DELETIONS", new Change.Delete(other), new Change.Delete(KEY));
  }

  private void apply(String name, Change... changes) throws Exception {
    var attempt =
        new Attempt(
            connection,
            KEY.lane(),
            store.nonce(),
            UUID.randomUUID(),
            sequence++,
            store.head(KEY.lane()),
            false,
            Instant.now().plusSeconds(60),
            List.of(changes));
    run(name, Statements.APPLY, attempt.arguments());
  }

  private void run(String name, String sql, Tuple arguments) throws Exception {
    notices.clear();
    await(connection.preparedQuery(sql).execute(arguments));
    plans.merge(name, String.join("\n", new ArrayList<>(notices)), String::concat);
  }

  private void grow() throws Exception {
    plans.clear();
    var sql =
        """
        insert into longrunning.op (version, create_time, update_time, end_time, expire_time,
               retention_us, create_request, lane, outcome, key, service, collection, labels)
        select 1, now() - g * interval '1 ms', now(), e.at, e.at + g * interval '1 s' + interval '1 h',
               1000000, gen_random_uuid(), g % 4, case when g % 3 = 0 then 0 else 1 end,
               'default/projects/p/operations/grown' || g, 'default', 'projects/p', '{}'
          from generate_series(1, OPERATIONS) g
         cross join lateral (select case when g % 3 <> 0 then now() end as at) e;
        insert into longrunning.lease (expires_at, duration_us, window_us, token, lane, key)
        select now() + interval '1 h', 3600000000, 0, gen_random_uuid(), lane, key
          from longrunning.op where outcome = 0;
        insert into longrunning.tombstone (version, at, lane, kind, key, collection)
        select 1, now(), g % 4, 6, 'default/projects/p/operations/gone' || g, 'projects/p'
          from generate_series(1, OPERATIONS) g;
        insert into longrunning.log (rev, at, sequence, writer, lane, keys, kinds)
        select h.rev + g, now(), g, gen_random_uuid(), h.lane, array['default/o' || g], '{2}'
          from generate_series(1, OPERATIONS / 16) g
         cross join (select lane, max(rev) as rev from longrunning.log group by lane) h
        """;
    // On a connection without the limits of the server's own.
    await(
        store
            .connection()
            .query(sql.replace("OPERATIONS", Integer.toString(OPERATIONS)))
            .execute());
  }
}
