import dev.longrunning.filter.Dialect;
import dev.longrunning.filter.Sieve;
import dev.longrunning.observe.Build;
import dev.longrunning.observe.Metrics;
import dev.longrunning.operation.CollectionPattern;
import dev.longrunning.operation.PageToken;
import dev.longrunning.store.ChangeLog.Selection;
import dev.longrunning.store.Cursors;
import dev.longrunning.store.Listed;
import dev.longrunning.store.Listing;
import dev.longrunning.store.pg.Connector;
import dev.longrunning.store.pg.EmbeddedPostgres;
import dev.longrunning.store.pg.Migrations;
import dev.longrunning.store.pg.PgStore;
import dev.longrunning.types.TypedPayloads;
import dev.longrunning.types.Types;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.Tuple;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/**
 * What pages of lists cost: rows examined, buffers, time, and the plan, among many stored operations.
 *
 * <p>Run it after {@code mvn package}: {@code java -cp target/longrunning.jar src/bench/ListBench.java}; with
 * {@code -Doperations=10000} for a small table: what is bounded is the same there. Of ten operations eight are in one
 * collection, two in 100 others of the same service. One of a thousand runs, one has failed with code 8, one has a rare
 * label, and one has rare metadata, which no column tells; they are spread evenly.
 *
 * <p>The statements are the server's own, found by reflection, on a connection with its settings and with the generic
 * plan that it would use. "Rows" are of the whole answer, one more than the page; "examined" counts what scans return
 * and what they drop. What they pass over inside of an index shows in "buffers" only. "Pages" are asked for one by one
 * until the list has ended, each of 50.
 */
public final class ListBench {
  private static final int OPERATIONS = Integer.getInteger("operations", 1_000_000);
  private static final int OPERATIONS_MAX = 10_000_000;
  private static final int CHUNK = 50_000;
  private static final int REPEATS = 20;
  private static final int PAGE = 50;
  private static final int PAGES_MAX = 2_000;
  private static final int BYTES_MAX = 3 << 20;
  private static final int EXAMINED_MAX = 10_000;
  private static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00Z");
  private static final String SERVICE = "default";
  private static final String STORE = "dev.longrunning.store.pg.";

  /** Metadata is a Struct in an Any: {"kind": "rare"} or "oft*", and 200 bytes beside it. */
  private static final String LOAD =
      """
      insert into longrunning.op (version, create_time, update_time, end_time, expire_time, retention_us,
             create_request, lane, outcome, key, service, collection, done_units, total_units, unit, message,
             labels, metadata, result)
      select g, e.created, e.created + interval '1 s', e.ended, e.ended + interval '30 d', 2592000000000,
             gen_random_uuid(), abs(hashtext(n.name)) %% 16,
             case when e.ended is null then 0 when e.failed then 2 else 1 end,
             'default/' || n.name, 'default', n.collection, g %% 100, 100, 'rows', 'stage ' || g %% 7,
             jsonb_build_object('env', case when g %% 1000 = 3 then 'rare' else 'prod' end, 'region', 'r' || g %% 20),
             case when g %% 1000 = 4 then decode('%s', 'hex') else decode('%s', 'hex') end,
             case when e.ended is null then null
                  when e.failed then case when g %% 1000 = 2 then decode('08081203666f6f', 'hex')
                                          else decode('080d1203666f6f', 'hex') end
                  else decode('%s', 'hex') end
        from generate_series($1::int, $2::int) g
       cross join lateral (select timestamptz '2026-01-01' + g * interval '1 ms' as created,
                                  case when g %% 1000 <> 1
                                       then timestamptz '2026-01-01' + (g + 1000) * interval '1 ms' end as ended,
                                  g %% 1000 = 2 or g %% 50 = 7 as failed) e
       cross join lateral (select case when g %% 10 < 8 then 'projects/large'
                                       else 'projects/small-' || (g / 10) %% 100 end as collection) c
       cross join lateral (select c.collection, c.collection || '/operations/op-' || g as name) n
      """;

  private record Case(String name, String collections, String filter) {}

  private record Statement(String sql, Tuple arguments) {}

  private final Vertx vertx = Vertx.vertx();
  private final TypedPayloads payloads;
  private PgStore store;
  private PgConnection connection;

  private ListBench() {
    var types = Types.builtIn().registry();
    payloads = new TypedPayloads(types::find);
  }

  public static void main(String[] args) throws Exception {
    if (OPERATIONS < 10_000 || OPERATIONS > OPERATIONS_MAX) {
      throw new IllegalArgumentException(
          "operations: got " + OPERATIONS + ", allowed 10000 to " + OPERATIONS_MAX);
    }
    var directory = Files.createTempDirectory("longrunning-lists");
    var bench = new ListBench();
    int code = 1;
    try (var postgres = new EmbeddedPostgres(directory.resolve("data"), Build.load().postgres(), line -> {})) {
      postgres.start();
      var connector = new Connector(bench.vertx, List.of(postgres.connectOptions()));
      await(new Migrations(connector).run());
      bench.load(await(PgConnection.connect(bench.vertx, postgres.connectOptions())));
      bench.store =
          bench.onLoop(
              () ->
                  new PgStore(bench.vertx, connector, PgStore.Settings.DEFAULT, new Metrics(System::nanoTime)));
      await(bench.store.poll(Cursors.NONE, Selection.NONE));
      bench.connection = await(bench.onLoop(() -> bench.opened(connector)));
      bench.run();
      await(bench.connection.close());
      await(bench.store.close());
      code = 0;
    } catch (Exception failure) {
      failure.printStackTrace();
    } finally {
      await(bench.vertx.close());
      new ProcessBuilder("rm", "-rf", directory.toString()).start().waitFor();
    }
    System.exit(code);
  }

  private void load(PgConnection loader) throws Exception {
    await(loader.query("set synchronous_commit = off").execute());
    String insert = String.format(LOAD, metadata("rare"), metadata("oft"), hex(any("google.protobuf.Empty", "")));
    for (int from = 1; from <= OPERATIONS; from += CHUNK) {
      int to = Math.min(from + CHUNK - 1, OPERATIONS);
      await(loader.preparedQuery(insert).execute(Tuple.of(from, to)));
      System.err.printf("stored %,d of %,d%n", to, OPERATIONS);
    }
    System.err.println("analyze");
    await(loader.query("analyze longrunning.op").execute());
    await(loader.close());
  }

  private static String metadata(String kind) {
    var struct =
        com.google.protobuf.Struct.newBuilder()
            .putFields("kind", com.google.protobuf.Value.newBuilder().setStringValue(kind).build())
            .putFields("text", com.google.protobuf.Value.newBuilder().setStringValue("x".repeat(200)).build())
            .build();
    return hex(com.google.protobuf.Any.pack(struct));
  }

  private static com.google.protobuf.Any any(String type, String value) {
    return com.google.protobuf.Any.newBuilder()
        .setTypeUrl("type.googleapis.com/" + type)
        .setValue(com.google.protobuf.ByteString.copyFromUtf8(value))
        .build();
  }

  private static String hex(com.google.protobuf.Any any) {
    return java.util.HexFormat.of().formatHex(any.toByteArray());
  }

  private void run() throws Exception {
    var middle = BEGIN.plusMillis(OPERATIONS / 2);
    var later = middle.plusMillis(OPERATIONS / 1_000);
    System.out.printf("%,d operations, pages of %d%n%n", OPERATIONS, PAGE);
    System.out.println("| list | page | rows | examined | buffers | median ms | pages | plan |");
    System.out.println("|---|---|---|---|---|---|---|---|");
    unfiltered(new Case("one collection", "projects/large", ""));
    unfiltered(new Case("`projects/-`", "projects/-", ""));
    filtered(new Case("`projects/-/locations/-` (none matches)", "projects/-/locations/-", ""));
    String range = "create_time >= \"" + middle + "\" AND create_time < \"" + later + '"';
    for (String filter :
        List.of(
            "done = false",
            "labels.env = rare",
            "error.code = 8",
            range,
            "metadata.kind = rare",
            "labels.env = none",
            "error.code = 14",
            "metadata.kind = none")) {
      String name = filter.equals(range) ? "`create_time` in a range" : '`' + filter + '`';
      filtered(new Case(name, "projects/large", filter));
    }
    filtered(new Case("`projects/-`, `labels.env = rare`", "projects/-", "labels.env = rare"));
    filtered(new Case("`projects/-`, `create_time` in a range", "projects/-", range));
    filtered(new Case("`projects/-`, `metadata.kind = rare`", "projects/-", "metadata.kind = rare"));
  }

  private void unfiltered(Case asked) throws Exception {
    print(asked, 1, null, "");
    PageToken after = null;
    for (int page = 1; page < 100; page++) {
      after = next(asked, after);
    }
    print(asked, 100, after, "");
  }

  private void filtered(Case asked) throws Exception {
    var tokens = new ArrayList<PageToken>();
    PageToken after = null;
    do {
      after = next(asked, after);
      tokens.add(after);
    } while (after != null && tokens.size() < PAGES_MAX);
    String pages = (after == null ? "" : "> ") + tokens.size();
    print(asked, 1, null, pages);
    if (tokens.size() > 2) {
      int at = tokens.size() / 2;
      print(asked, at + 1, tokens.get(at - 1), pages);
    }
  }

  private Listing listing(Case asked, PageToken after) {
    var sieve = asked.filter().isEmpty() ? Sieve.NONE : new Sieve(Dialect.standard().parse(asked.filter()), payloads);
    var pattern = CollectionPattern.of(asked.collections());
    return new Listing(SERVICE, pattern, after, PAGE + 1, BYTES_MAX, EXAMINED_MAX, sieve);
  }

  /** Where the server would go on; null: nowhere. */
  private PageToken next(Case asked, PageToken after) throws Exception {
    Listed listed = await(store.list(listing(asked, after)));
    return listed.operations().size() > PAGE
        ? PageToken.after(listed.operations().get(PAGE - 1))
        : listed.stoppedAt();
  }

  private void print(Case asked, int page, PageToken after, String pages) throws Exception {
    var listing = listing(asked, after);
    var times = new double[REPEATS];
    int rows = 0;
    for (int i = -2; i < REPEATS; i++) {
      long begun = System.nanoTime();
      rows = await(store.list(listing)).operations().size();
      if (i >= 0) {
        times[i] = (System.nanoTime() - begun) / 1e6;
      }
    }
    Arrays.sort(times);
    var plan = plan(listing);
    System.out.printf(
        "| %s | %d | %d | %,d | %,d | %.1f | %s | %s |%n",
        asked.name(), page, rows, examined(plan), buffers(plan), times[REPEATS / 2], pages, line(plan));
  }

  private JsonObject plan(Listing listing) throws Exception {
    var statement = statement(listing);
    var values = new ArrayList<String>();
    for (int i = 0; i < statement.arguments().size(); i++) {
      values.add("'" + statement.arguments().getValue(i).toString().replace("'", "''") + "'");
    }
    await(connection.query("prepare bench as " + statement.sql()).execute());
    String explain = "explain (analyze, buffers, timing off, format json) execute bench(";
    var rows = await(connection.query(explain + String.join(", ", values) + ")").execute());
    await(connection.query("deallocate bench").execute());
    return ((JsonArray) rows.iterator().next().getValue(0)).getJsonObject(0).getJsonObject("Plan");
  }

  private static long examined(JsonObject node) {
    long rows = 0;
    if (node.containsKey("Relation Name")) {
      double all =
          node.getDouble("Actual Rows")
              + node.getDouble("Rows Removed by Filter", 0.0)
              + node.getDouble("Rows Removed by Index Recheck", 0.0);
      rows = Math.round(all * node.getDouble("Actual Loops"));
    }
    for (var part : node.getJsonArray("Plans", new JsonArray())) {
      rows += examined((JsonObject) part);
    }
    return rows;
  }

  private static long buffers(JsonObject node) {
    return node.getLong("Shared Hit Blocks") + node.getLong("Shared Read Blocks");
  }

  private static String line(JsonObject node) {
    String text = node.getString("Node Type");
    if ("Backward".equals(node.getString("Scan Direction"))) {
      text += " Backward";
    }
    if (node.containsKey("Index Name")) {
      text += " " + node.getString("Index Name");
    }
    for (var part : node.getJsonArray("Plans", new JsonArray())) {
      text += " < " + line((JsonObject) part);
    }
    return text.replace("Subquery Scan", "Subquery");
  }

  // What the store has for itself.

  @SuppressWarnings("unchecked")
  private Future<PgConnection> opened(Connector connector) throws Exception {
    return (Future<PgConnection>) call(Connector.class, connector, "open");
  }

  private static Statement statement(Listing listing) throws Exception {
    if (listing.isFiltered()) {
      var type = Class.forName(STORE + "FilteredPage");
      Object page = call(type, null, "of", listing);
      return new Statement((String) call(type, page, "sql"), (Tuple) call(type, page, "arguments"));
    }
    boolean exact = listing.collections().isExact();
    var field =
        Class.forName(STORE + "Statements")
            .getDeclaredField("OP_LIST_" + (exact ? "" : "MATCHING_") + (listing.after() == null ? "FIRST" : "NEXT"));
    field.setAccessible(true);
    var pages = Class.forName(STORE + "Pages");
    Object bound = call(pages, null, exact ? "ofCollection" : "ofPattern", listing);
    return new Statement((String) field.get(null), (Tuple) call(pages, null, "arguments", listing, bound));
  }

  private static Object call(Class<?> type, Object on, String name, Object... arguments) throws Exception {
    for (var method : type.getDeclaredMethods()) {
      if (method.getName().equals(name) && method.getParameterCount() == arguments.length) {
        method.setAccessible(true);
        return method.invoke(on, arguments);
      }
    }
    throw new NoSuchMethodException(type + "." + name);
  }

  private <T> T onLoop(Callable<T> work) throws Exception {
    Promise<T> promise = Promise.promise();
    vertx.runOnContext(
        now -> {
          try {
            promise.complete(work.call());
          } catch (Exception e) {
            promise.fail(e);
          }
        });
    return await(promise.future());
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(300, TimeUnit.SECONDS);
  }
}
