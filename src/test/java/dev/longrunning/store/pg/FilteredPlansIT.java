package dev.longrunning.store.pg;

import static dev.longrunning.store.pg.StoreFixture.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import dev.longrunning.filter.Dialect;
import dev.longrunning.filter.Sieve;
import dev.longrunning.operation.CollectionPattern;
import dev.longrunning.operation.PageToken;
import dev.longrunning.store.Listed;
import dev.longrunning.store.Listing;
import dev.longrunning.types.TestTypes;
import io.vertx.pgclient.PgConnection;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/** How pages with filters run on 100,000 operations: by which index, and over how many rows. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(240)
final class FilteredPlansIT {
  private static final int OPERATIONS = 100_000;
  private static final int EXAMINED_MAX = 10_000;
  private static final int LIMIT = 51;
  private static final Pattern SCANNED =
      Pattern.compile("Index Scan.* on op o_\\d+.*\\(actual rows=(\\d+)");
  private static final Pattern CANDIDATES = Pattern.compile("^Subquery.*\\(actual rows=(\\d+)");

  private TestPostgres postgres;
  private StoreFixture store;
  private PgConnection connection;

  @BeforeAll
  void grow() throws Exception {
    postgres = TestPostgres.start(TestPostgres.bundled(), "autovacuum = off", "fsync = off");
    store = StoreFixture.on(postgres.options());
    connection = await(store.connector.open());
    // Of a hundred one has the label, has ended, and has failed; none has this metadata.
    String sql =
        """
        insert into longrunning.op (version, create_time, update_time, end_time, expire_time,
               retention_us, create_request, lane, outcome, key, service, collection, labels,
               metadata, result)
        select 1, timestamptz '2026-01-01' - g * interval '1 ms', now(), e.at, null,
               1000000, gen_random_uuid(), g % 4, case when e.at is null then 0 else 2 end,
               'default/projects/p/operations/grown' || g, 'default', 'projects/p',
               case when e.at is null then jsonb '{}' else jsonb '{"env": "prod"}' end,
               decode(repeat('00', 300), 'hex'),
               case when e.at is not null then decode('0805', 'hex') end
          from generate_series(1, OPERATIONS) g
         cross join lateral (select case when g % 100 = 0 then now() end as at) e
        """;
    store.sql(sql.replace("OPERATIONS", Integer.toString(OPERATIONS)));
  }

  @AfterAll
  void stop() throws Exception {
    await(connection.close());
    store.close();
    postgres.close();
  }

  private static Listing listing(String filter, String collection, @Nullable PageToken after) {
    var sieve = new Sieve(Dialect.standard().parse(filter), TestTypes.payloads());
    var pattern = CollectionPattern.of(collection);
    return new Listing("default", pattern, after, LIMIT, 3 << 20, EXAMINED_MAX, sieve);
  }

  /** The plan that the server has, which knows no values: those of "explain" alone would. */
  private String plan(Listing listing) throws Exception {
    var page = FilteredPage.of(listing);
    var values = new ArrayList<String>();
    for (int i = 0; i < page.arguments().size(); i++) {
      values.add("'" + page.arguments().getValue(i) + "'");
    }
    await(connection.query("prepare page as " + page.sql()).execute());
    var explain = "explain (analyze, timing off, summary off) execute page(";
    var plan = new StringBuilder();
    for (var row : await(connection.query(explain + String.join(", ", values) + ")").execute())) {
      plan.append(row.getString(0)).append('\n');
    }
    await(connection.query("deallocate page").execute());
    return plan.toString();
  }

  private Listed page(Listing listing) throws Exception {
    return await(store.store.list(listing));
  }

  private int examined(Listing listing) throws Exception {
    return rows(SCANNED, plan(listing));
  }

  private static int rows(Pattern pattern, String plan) {
    var found = pattern.matcher(plan);
    assertThat(found.find()).as(plan).isTrue();
    return Integer.parseInt(found.group(1));
  }

  private void assertPage(String filter, int examined, int candidates) throws Exception {
    var middle =
        new PageToken(Instant.parse("2025-12-31T23:59:40Z"), "projects/p/operations/grown20000");
    for (var after : new PageToken[] {null, middle}) {
      for (String collection : new String[] {"projects/p", "projects/-"}) {
        var listing = listing(filter, collection, after);
        String plan = plan(listing);
        String index = collection.equals("projects/p") ? "op_list" : "op_newest";

        assertThat(plan)
            .as(filter + "\n" + plan)
            .contains("Index Scan Backward using " + index)
            .containsOnlyOnce("Index Scan")
            .doesNotContain("Seq Scan", "Bitmap", "Sort  (");
        if (after != null) {
          assertThat(plan).containsPattern("Index Cond: .*ROW\\(create_time, key\\) < ROW");
        }
        assertThat(rows(SCANNED, plan)).as(filter + "\n" + plan).isEqualTo(examined);
        assertThat(rows(CANDIDATES, plan)).as(filter + "\n" + plan).isEqualTo(candidates);
      }
    }
  }

  @Test
  void as_many_rows_are_looked_at_as_it_takes_where_columns_tell() throws Exception {
    // One in a hundred: 51 of them within 5,100.
    assertPage("labels.env = prod", 5_100, LIMIT);
    assertPage("NOT done = false AND error:*", 5_100, LIMIT);
    assertPage("name = *00", 5_100, LIMIT);
  }

  @Test
  void no_more_rows_are_looked_at_than_a_page_may() throws Exception {
    // The last that was looked at comes along, to say where the page stopped.
    assertPage("labels.env = none", EXAMINED_MAX, 1);
    assertPage("response:*", EXAMINED_MAX, 1);

    var none = page(listing("labels.env = none", "projects/p", null));
    assertThat(none.operations()).isEmpty();
    assertThat(none.stoppedAt()).isNotNull();
    assertThat(none.stoppedAt().name()).isEqualTo("projects/p/operations/grown" + EXAMINED_MAX);
  }

  @Test
  void no_more_are_opened_than_a_page_may_where_columns_do_not_tell() throws Exception {
    assertPage("metadata.kind = wanted", FilteredPage.CANDIDATES_MAX, FilteredPage.CANDIDATES_MAX);
    // Of the rows that may be looked at 100 have failed; their code can be told, but no more.
    assertPage("error.message = x", EXAMINED_MAX, 100);
    assertPage("error.code = 7 AND error.message = x", EXAMINED_MAX, 1);

    var none = page(listing("metadata.kind = wanted", "projects/p", null));
    assertThat(none.operations()).isEmpty();
    assertThat(none.stoppedAt()).isNotNull();
    assertThat(none.stoppedAt().name())
        .isEqualTo("projects/p/operations/grown" + FilteredPage.CANDIDATES_MAX);
    assertThat(page(listing("error.code = 5", "projects/p", null)).operations()).hasSize(LIMIT);
  }

  @Test
  void nothing_is_looked_at_beyond_the_times_of_creation_that_a_filter_names() throws Exception {
    // One a millisecond, so these are the 50,000th to the 50,029th.
    String thirty =
        "create_time <= \"2025-12-31T23:59:10Z\" AND create_time > \"2025-12-31T23:59:09.970Z\"";
    for (String collection : List.of("projects/p", "projects/-")) {
      for (String more : List.of("", " AND labels.env = none", " AND metadata.kind = wanted")) {
        var all = listing(thirty + more, collection, null);
        assertThat(examined(all)).as(more).isEqualTo(30);
        assertThat(page(all).stoppedAt()).as(more).isNull();
        assertThat(page(all).operations()).as(more).hasSize(more.isEmpty() ? 30 : 0);

        var tenth = Instant.parse("2025-12-31T23:59:09.990Z");
        var behind = new PageToken(tenth, "projects/p/operations/grown50010");
        assertThat(examined(listing(thirty + more, collection, behind))).as(more).isEqualTo(19);
        var before = new PageToken(tenth.plusSeconds(1), "projects/p/operations/grown49010");
        assertThat(examined(listing(thirty + more, collection, before))).as(more).isEqualTo(30);
      }
    }
  }

  @Test
  void a_time_of_creation_is_where_the_index_is_entered_and_left() throws Exception {
    String filter = "create_time < \"2025-12-31T23:59:10Z\" AND labels.env = prod";
    assertEntered(filter, null, "create_time <= ");
    // Behind the first page the place alone: the index is entered by one of the two.
    var after = new PageToken(Instant.parse("2025-12-31T23:59:05Z"), "projects/p/operations/x");
    assertEntered(filter, after, "ROW(create_time, key) < ROW");
    assertEntered("create_time >= \"2025-12-31T23:59:00Z\"", null, "create_time >= ");

    var first = listing("create_time = \"2025-12-31T23:59:10Z\"", "projects/p", null);
    assertThat(examined(first)).isEqualTo(1);
    assertThat(page(first).operations())
        .extracting(each -> each.key().name())
        .containsExactly("projects/p/operations/grown50000");
    var none = "create_time > \"2025-12-31T23:59:10Z\" AND create_time < \"2025-12-31T23:59:00Z\"";
    assertThat(page(listing(none, "projects/p", null))).isEqualTo(new Listed(List.of(), null));
  }

  private void assertEntered(String filter, @Nullable PageToken after, String condition)
      throws Exception {
    for (String collection : List.of("projects/p", "projects/-")) {
      var conditions = plan(listing(filter, collection, after)).lines();
      assertThat(conditions.filter(line -> line.contains("Index Cond: ")))
          .singleElement(STRING)
          .contains(condition)
          .satisfies(line -> assertThat(line.split("create_time")).hasSize(2));
    }
  }

  @Test
  void the_statements_of_filters_do_not_stay_prepared() throws Exception {
    for (int i = 0; i < 10; i++) {
      String filter = "labels.env = prod " + "OR name = x ".repeat(i);
      var page = FilteredPage.of(listing(filter, "projects/p", null));
      await(connection.preparedQuery(page.sql()).execute(page.arguments()));
    }
    var kept =
        await(
            connection
                .query(
                    "select count(*) from pg_prepared_statements where statement like '%longrunning.op%'")
                .execute());
    assertThat(kept.iterator().next().getLong(0)).isZero();
  }
}
