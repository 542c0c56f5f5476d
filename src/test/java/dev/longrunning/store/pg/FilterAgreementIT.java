package dev.longrunning.store.pg;

import static dev.longrunning.store.pg.StoreFixture.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longrunning.filter.Dialect;
import dev.longrunning.filter.RandomFilter;
import dev.longrunning.filter.Sieve;
import dev.longrunning.operation.Change.Complete;
import dev.longrunning.operation.Change.Guard;
import dev.longrunning.operation.CollectionPattern;
import dev.longrunning.operation.Contents;
import dev.longrunning.operation.OperationKey;
import dev.longrunning.operation.OperationName;
import dev.longrunning.operation.Outcome;
import dev.longrunning.operation.Progress;
import dev.longrunning.operation.Snapshot;
import dev.longrunning.store.Listing;
import dev.longrunning.store.Samples;
import dev.longrunning.types.FilterSamples;
import dev.longrunning.types.TestTypes;
import io.vertx.pgclient.PgConnection;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/**
 * What SQL lets through holds all that the evaluator wants, and the evaluator wants what an oracle
 * of its own says: for filters at random over operations at random.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(300)
final class FilterAgreementIT {
  private static final int FILTERS = 10_000;
  private static final int OPERATIONS = 60;
  private static final long SEED = Long.getLong("filter.seed", 20_260_103);
  private static final String COLLECTION = "projects/p";

  /** What LIKE, regular expressions and the order of UTF-16 have a mind of their own about. */
  private static final List<String> TEXTS =
      List.of("", "a", "b", "ab", "A", "a%b", "a_b", "a\\b", "é", "\uE000", "🙂", "x*y", "\"q\"");

  /** Of one byte and of more; 0 is not even written. */
  private static final List<Integer> CODES = List.of(1, 2, 3, 3, 16, 0, 127, 128, 300, -1);

  private static final List<String> PATHS =
      List.of(
          "name",
          "done",
          "create_time",
          "update_time",
          "end_time",
          "cancel_request_time",
          "error",
          "error.code",
          "error.message",
          "error.details",
          "error.details.reason",
          "metadata",
          "metadata.@type",
          "metadata.version",
          "metadata.labels.env",
          "metadata.create_time",
          "metadata.operation.name",
          "metadata.operation",
          "response",
          "response.version",
          "labels",
          "labels.env",
          "labels.x",
          "progress",
          "progress.done_units",
          "progress.total_units",
          "progress.unit",
          "progress.message");

  private final Random random = new Random(SEED);
  private final Map<String, Map<String, Object>> facts = new LinkedHashMap<>();
  private List<Snapshot> snapshots;
  private TestPostgres postgres;
  private StoreFixture store;
  private PgConnection connection;

  @BeforeAll
  void start() throws Exception {
    postgres = TestPostgres.start(TestPostgres.bundled(), "fsync = off");
    store = StoreFixture.on(postgres.options());
    connection = store.connection();
    for (int i = 0; i < OPERATIONS; i++) {
      operation(i);
    }
    // Times of all kinds, in whole microseconds.
    store.sql(
        """
        update longrunning.op
           set create_time = timestamptz '2026-01-01' + (hashtext(key) % 5) * interval '1 s',
               update_time = timestamptz '2026-01-02' + (hashtext(key) % 4) * interval '1 us',
               end_time = case when end_time is not null
                               then timestamptz '2026-01-03' + (hashtext(key) % 3) * interval '1 ms'
                          end,
               cancel_request_time = case when hashtext(key) % 2 = 0
                                          then timestamptz '2026-01-02' end
        """);
    snapshots = await(store.store.list(listing(Sieve.NONE, OPERATIONS))).operations();
    assertThat(snapshots).hasSize(OPERATIONS);
    snapshots.forEach(this::addTimes);
  }

  @AfterAll
  void stop() throws Exception {
    store.close();
    postgres.close();
  }

  private <T> T any(List<T> list) {
    return list.get(random.nextInt(list.size()));
  }

  private void operation(int i) throws Exception {
    var about = new TreeMap<String, Object>();
    var key = OperationKey.of(OperationName.in(COLLECTION, any(TEXTS).replace(":", "") + '-' + i));
    about.put("name", key.name());
    var labels = new TreeMap<String, String>();
    for (String label : List.of("env", "x")) {
      if (random.nextBoolean()) {
        labels.put(label, any(TEXTS));
        about.put("labels." + label, labels.get(label));
        about.put("labels", RandomFilter.SET);
      }
    }
    var contents = new Contents(true, metadata(about), true, progress(about), true, labels);
    await(store.store.apply(Samples.startWith(key, contents), Duration.ofSeconds(5)));
    about.put("done", i % 3 != 0);
    if (i % 3 != 0) {
      await(store.store.apply(completion(key, i % 3 == 1, about), Duration.ofSeconds(5)));
    }
    facts.put(key.name(), about);
  }

  private @Nullable Progress progress(Map<String, Object> about) {
    if (random.nextBoolean()) {
      return null;
    }
    long total = random.nextInt(3);
    long done = random.nextInt((int) total + 1);
    var progress = new Progress(done, total, any(TEXTS), any(TEXTS), null);
    about.put("progress", RandomFilter.SET);
    about.put("progress.done_units", done);
    about.put("progress.total_units", total);
    about.put("progress.unit", progress.unit());
    about.put("progress.message", progress.message());
    return progress;
  }

  private dev.longrunning.operation.@Nullable Bytes metadata(Map<String, Object> about) {
    if (random.nextInt(3) == 0) {
      return null;
    }
    about.put("metadata", RandomFilter.SET);
    if (random.nextInt(4) == 0) {
      about.put("metadata.@type", "type.googleapis.com/acme.Unknown");
      return dev.longrunning.operation.Bytes.of(
          com.google.protobuf.Any.newBuilder()
              .setTypeUrl("type.googleapis.com/acme.Unknown")
              .build()
              .toByteArray());
    }
    return FilterSamples.any(typed("metadata", about));
  }

  private String typed(String at, Map<String, Object> about) {
    String type = "type.googleapis.com/longrunning.v1.OperationSnapshot";
    about.put(at + ".@type", type);
    var json = new StringBuilder("{\"@type\": \"" + type + '"');
    long version = random.nextInt(3);
    about.put(at + ".version", version);
    json.append(", \"version\": ").append(version);
    if (random.nextBoolean()) {
      String time = "2026-01-01T00:00:0" + random.nextInt(3) + ".000000500Z";
      about.put(at + ".create_time", Instant.parse(time));
      json.append(", \"createTime\": \"").append(time).append('"');
    }
    if (random.nextBoolean()) {
      String label = any(List.of("", "a", "ab"));
      about.put(at + ".labels.env", label);
      json.append(", \"labels\": {\"env\": \"").append(label).append("\"}");
    }
    if (random.nextBoolean()) {
      String name = any(List.of("", "a", "b"));
      about.put(at + ".operation", RandomFilter.SET);
      about.put(at + ".operation.name", name);
      json.append(", \"operation\": {\"name\": \"").append(name).append("\"}");
    }
    return json.append('}').toString();
  }

  private Complete completion(OperationKey key, boolean fails, Map<String, Object> about) {
    if (!fails) {
      about.put("response", RandomFilter.SET);
      var response = FilterSamples.any(typed("response", about));
      return new Complete(key, Guard.NONE, Outcome.RESPONSE, response, Contents.NONE);
    }
    int code = any(CODES);
    String message = any(List.of("", "a", "ab", "é"));
    String reason = any(List.of("", "R", "S"));
    about.put("error", RandomFilter.SET);
    about.put("error.code", (long) code);
    about.put("error.message", message);
    about.put("error.details", RandomFilter.SET);
    about.put("error.details.reason", reason);
    var coded = com.google.rpc.Status.newBuilder().setCode(code).build();
    var rest =
        com.google.rpc.Status.newBuilder()
            .setMessage(message)
            .addDetails(
                com.google.protobuf.Any.pack(
                    com.google.rpc.ErrorInfo.newBuilder().setReason(reason).build()))
            .build();
    // As the server stores it, or with the code behind: SQL need not find it.
    boolean first = random.nextInt(4) > 0;
    var whole = (first ? coded : rest).toByteString().concat((first ? rest : coded).toByteString());
    var bytes = dev.longrunning.operation.Bytes.of(whole.toByteArray());
    return new Complete(key, Guard.NONE, Outcome.ERROR, bytes, Contents.NONE);
  }

  private void addTimes(Snapshot snapshot) {
    var about = facts.get(snapshot.key().name());
    about.put("create_time", snapshot.createTime());
    about.put("update_time", snapshot.updateTime());
    if (snapshot.endTime() != null) {
      about.put("end_time", snapshot.endTime());
    }
    if (snapshot.cancelRequestTime() != null) {
      about.put("cancel_request_time", snapshot.cancelRequestTime());
    }
  }

  private static Listing listing(Sieve sieve, int limit) {
    var collection = CollectionPattern.of(COLLECTION);
    return new Listing("default", collection, null, limit, 1 << 20, 10_000, sieve);
  }

  private RandomFilter.Maker maker() {
    var values = new TreeMap<String, List<Object>>();
    for (var about : facts.values()) {
      about.forEach(
          (path, value) -> {
            if (value != RandomFilter.SET) {
              values.computeIfAbsent(path, any -> new ArrayList<>()).add(value);
            }
          });
    }
    return new RandomFilter.Maker(random, PATHS, values);
  }

  private Set<String> inSql(Sieve sieve) throws Exception {
    var page = FilteredPage.of(listing(sieve, 1_000));
    var names = new TreeSet<String>();
    for (var row : await(connection.preparedQuery(page.sql()).execute(page.arguments()))) {
      if (row.getBoolean("matches")) {
        names.add(OperationKey.parse(row.getString("key")).name());
      }
    }
    return names;
  }

  @Test
  void sql_lets_through_what_the_evaluator_wants_and_that_is_what_an_oracle_says()
      throws Exception {
    var maker = maker();
    int exact = 0;
    int narrowed = 0;
    int matched = 0;
    for (int i = 0; i < FILTERS; i++) {
      var wanted = maker.next();
      while (wanted.text().length() > 3_000) {
        wanted = maker.next();
      }
      var means = wanted.means();
      var filter = Dialect.standard().parse(wanted.text());
      var sieve = new Sieve(filter, TestTypes.payloads());
      var oracle =
          facts.entrySet().stream()
              .filter(each -> means.test(each.getValue()))
              .map(Map.Entry::getKey)
              .collect(Collectors.toCollection(TreeSet::new));
      var memory =
          snapshots.stream()
              .filter(sieve::matches)
              .map(each -> each.key().name())
              .collect(Collectors.toCollection(TreeSet::new));
      var sql = inSql(sieve);

      String about = "seed " + SEED + ", filter " + i + ": " + wanted.text();
      assertThat(memory).as(about).isEqualTo(oracle);
      assertThat(sql).as(about).containsAll(memory);
      if (filter.isExact()) {
        assertThat(sql).as(about).isEqualTo(memory);
        exact++;
      }
      narrowed += sql.size() < OPERATIONS ? 1 : 0;
      matched += memory.isEmpty() || memory.size() == OPERATIONS ? 0 : 1;
    }
    // Not all of them at one of the ends.
    System.out.printf("filters: %d exact, %d narrowed, %d in between%n", exact, narrowed, matched);
    assertThat(exact).isGreaterThan(FILTERS / 10);
    assertThat(narrowed).isGreaterThan(FILTERS / 3);
    assertThat(matched).isGreaterThan(FILTERS / 3);
  }
}
