package dev.longrunning.store.pg;

import static dev.longrunning.store.pg.StoreFixture.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.rpc.Status;
import dev.longrunning.filter.Dialect;
import dev.longrunning.filter.Sieve;
import dev.longrunning.operation.Bytes;
import dev.longrunning.operation.Change.Complete;
import dev.longrunning.operation.Change.Delete;
import dev.longrunning.operation.Change.Guard;
import dev.longrunning.operation.CollectionPattern;
import dev.longrunning.operation.Contents;
import dev.longrunning.operation.KeyRing;
import dev.longrunning.operation.OperationKey;
import dev.longrunning.operation.OperationName;
import dev.longrunning.operation.Outcome;
import dev.longrunning.operation.PageToken;
import dev.longrunning.operation.Snapshot;
import dev.longrunning.store.Listed;
import dev.longrunning.store.Listing;
import dev.longrunning.store.Samples;
import dev.longrunning.types.FilterSamples;
import dev.longrunning.types.TestTypes;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/**
 * Lists read page by page while operations are started, change, end and are deleted, in random
 * order: against what is known to be stored at each page.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(240)
final class ChangingListsIT {
  private static final int WALKS = 300;
  private static final long SEED = Long.getLong("lists.seed", 20_260_106);
  private static final int STORED_MIN = 60;
  private static final int STORED_MAX = 140;

  /** Far more than any list here takes. */
  private static final int PAGES_MAX = 1_000;

  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final List<String> COLLECTIONS =
      List.of("projects/a", "projects/b", "projects/a/queues/q", "folders/f");

  private static final Comparator<OperationKey> BY_BYTES = Comparator.comparing(OperationKey::text);

  private final Random random = new Random(SEED);
  private final TreeMap<OperationKey, Known> stored = new TreeMap<>(BY_BYTES);
  private final KeyRing keys = new KeyRing(Map.of(1, Bytes.of(new byte[32])), 1);
  private TestPostgres postgres;
  private StoreFixture store;
  private int started;
  private int shown;

  /** What is known of an operation; code: -1 while it runs, 0 where it ended well. */
  private record Known(
      String collection, String name, Instant created, String env, String kind, int code) {
    boolean isDone() {
      return code >= 0;
    }
  }

  /** Which of them are wanted, in both languages. */
  private record Wanted(String filter, Predicate<Known> means) {
    Wanted and(Wanted other) {
      return new Wanted(filter + " AND " + other.filter, means.and(other.means));
    }
  }

  @BeforeAll
  void start() throws Exception {
    postgres = TestPostgres.start(TestPostgres.bundled(), "fsync = off");
    store = StoreFixture.on(postgres.options());
    while (stored.size() < STORED_MIN) {
      startSome();
    }
  }

  @AfterAll
  void stop() throws Exception {
    store.close();
    postgres.close();
  }

  private <T> T any(List<T> list) {
    return list.get(random.nextInt(list.size()));
  }

  private OperationKey anyKey() {
    return any(List.copyOf(stored.keySet()));
  }

  /** At once, so that some are created in the same moment. */
  private void startSome() throws Exception {
    var fresh = new TreeMap<OperationKey, Known>(BY_BYTES);
    for (int i = random.nextInt(1, 5); i > 0; i--) {
      String collection = any(COLLECTIONS);
      String name = OperationName.in(collection, "o" + started++);
      var known =
          new Known(
              collection,
              name,
              Instant.EPOCH,
              any(List.of("prod", "test")),
              any(List.of("rare", "oft", "oft", "oft")),
              -1);
      fresh.put(OperationKey.of(name), known);
    }
    var starts =
        fresh.entrySet().stream()
            .map(each -> Samples.startWith(each.getKey(), contents(each.getValue())))
            .map(start -> store.store.apply(start, PATIENCE))
            .toList();
    for (var start : starts) {
      await(start);
    }
    for (var each : fresh.entrySet()) {
      var created = await(store.store.find(each.getKey())).snapshot().createTime();
      var known = each.getValue();
      stored.put(
          each.getKey(),
          new Known(known.collection, known.name, created, known.env, known.kind, -1));
    }
  }

  private static Contents contents(Known known) {
    var metadata =
        FilterSamples.any(
            "{\"@type\": \"type.googleapis.com/google.protobuf.Struct\", \"value\": {\"kind\": \""
                + known.kind
                + "\"}}");
    return new Contents(true, metadata, false, null, true, Map.of("env", known.env));
  }

  private void change() throws Exception {
    int choice = random.nextInt(10);
    if (stored.size() < STORED_MIN || (choice < 4 && stored.size() < STORED_MAX)) {
      startSome();
    } else if (choice < 7) {
      var key = anyKey();
      await(store.store.apply(new Delete(key), PATIENCE));
      stored.remove(key);
    } else {
      var key = anyKey();
      var known = stored.get(key);
      if (!known.isDone()) {
        stored.put(key, choice < 9 ? ended(key, known) : relabelled(key, known));
      }
    }
  }

  private Known ended(OperationKey key, Known known) throws Exception {
    int code = any(List.of(0, 5, 8, 13));
    var result =
        code == 0
            ? FilterSamples.any("{\"@type\": \"type.googleapis.com/google.protobuf.Empty\"}")
            : Bytes.of(Status.newBuilder().setCode(code).build().toByteArray());
    var outcome = code == 0 ? Outcome.RESPONSE : Outcome.ERROR;
    await(
        store.store.apply(new Complete(key, Guard.NONE, outcome, result, Contents.NONE), PATIENCE));
    return new Known(known.collection, known.name, known.created, known.env, known.kind, code);
  }

  private Known relabelled(OperationKey key, Known known) throws Exception {
    String env = known.env.equals("prod") ? "test" : "prod";
    var labels = Samples.labels(Map.of("env", env));
    await(store.store.apply(Samples.update(key, Guard.NONE, labels), PATIENCE));
    return new Known(known.collection, known.name, known.created, env, known.kind, known.code);
  }

  private Wanted wanted() {
    var one = part();
    return random.nextBoolean() ? one : one.and(part());
  }

  private Wanted part() {
    var created = any(List.copyOf(stored.values())).created;
    String time = " \"" + created + '"';
    return switch (random.nextInt(12)) {
      case 0 -> new Wanted("labels.env = prod", known -> known.env.equals("prod"));
      case 1 -> new Wanted("NOT labels.env = prod", known -> !known.env.equals("prod"));
      case 2 -> new Wanted("done = false", known -> !known.isDone());
      case 3 -> new Wanted("error.code = 8", known -> known.code == 8);
      case 4 ->
          new Wanted(
              "(error.code > 5 OR labels.env = test)",
              known -> known.code > 5 || known.env.equals("test"));
      case 5 -> new Wanted("metadata.kind = rare", known -> known.kind.equals("rare"));
      case 6 -> new Wanted("NOT metadata.kind = rare", known -> !known.kind.equals("rare"));
      case 7 -> new Wanted("name = *7", known -> known.name.endsWith("7"));
      case 8 -> new Wanted("create_time <" + time, known -> known.created.isBefore(created));
      case 9 -> new Wanted("create_time <=" + time, known -> !known.created.isAfter(created));
      case 10 -> new Wanted("create_time >" + time, known -> known.created.isAfter(created));
      default -> new Wanted("create_time >=" + time, known -> !known.created.isBefore(created));
    };
  }

  private Set<OperationKey> matching(Predicate<Known> means) {
    return stored.entrySet().stream()
        .filter(each -> means.test(each.getValue()))
        .map(Map.Entry::getKey)
        .collect(Collectors.toSet());
  }

  private Listed page(CollectionPattern pattern, Sieve sieve, @Nullable PageToken after, int[] most)
      throws Exception {
    var listing = new Listing("default", pattern, after, most[0], most[1], most[2], sieve);
    return await(store.store.list(listing));
  }

  /** As the service does: a page that is full, in rows or bytes, goes on behind its last row. */
  private @Nullable PageToken next(Listed listed, int[] most, String list) {
    var found = listed.operations();
    long bytes = found.stream().mapToLong(Snapshot::payloadBytes).sum();
    boolean full = found.size() == most[0] || (!found.isEmpty() && bytes >= most[1]);
    var after =
        listed.stoppedAt() != null || !full
            ? listed.stoppedAt()
            : PageToken.after(found.get(found.size() - 1));
    return after == null
        ? null
        : PageToken.decoded(keys, list, "page_token", after.encoded(keys, list));
  }

  private void walk(String about, CollectionPattern pattern, Wanted wanted, boolean everything)
      throws Exception {
    Predicate<Known> means =
        known -> pattern.matches(known.collection) && (everything || wanted.means.test(known));
    var sieve =
        everything
            ? Sieve.NONE
            : new Sieve(Dialect.standard().parse(wanted.filter), TestTypes.payloads());
    var lasting = matching(means);
    var there = new HashSet<>(stored.keySet());
    var seen = new ArrayList<OperationKey>();
    @Nullable PageToken after = null;
    int pages = 0;
    do {
      // Rows, bytes and rows looked at: other ones at every page.
      int[] most = {random.nextInt(1, 12), any(List.of(1, 200, 1 << 20)), random.nextInt(1, 40)};
      var listed = page(pattern, sieve, after, most);
      assertPage(about, listed, most, means, after);
      listed.operations().stream().map(Snapshot::key).forEach(seen::add);
      after = next(listed, most, about);
      for (int i = random.nextInt(3); i > 0; i--) {
        change();
        lasting.retainAll(matching(means));
      }
      assertThat(++pages).as(about).isLessThan(PAGES_MAX);
    } while (after != null);

    assertThat(seen).as(about).doesNotHaveDuplicates().containsAll(lasting);
    // What was started behind the first page is newer than it.
    assertThat(there).as(about).containsAll(seen);
    shown += seen.size();
  }

  private void assertPage(
      String about, Listed listed, int[] most, Predicate<Known> means, @Nullable PageToken after) {
    var found = listed.operations();
    var now = matching(means);
    assertThat(found).as(about).hasSizeLessThanOrEqualTo(most[0]);
    assertThat(found).as(about).allMatch(each -> now.contains(each.key()));
    assertThat(found).as(about).allMatch(each -> after == null || !after.hasPassed(each));
    assertThat(found)
        .as(about)
        .isSortedAccordingTo(
            Comparator.comparing(Snapshot::createTime)
                .thenComparing(each -> each.key().text())
                .reversed());
  }

  @Test
  void each_that_lasts_is_listed_once_and_nothing_that_does_not_match() throws Exception {
    var patterns = IntStream.range(0, 3).mapToObj(i -> COLLECTIONS.get(i)).toList();
    for (int i = 0; i < WALKS; i++) {
      var wanted = wanted();
      boolean everything = random.nextInt(6) == 0;
      var text = random.nextBoolean() ? any(patterns) : any(List.of("projects/-", "folders/-"));
      String about =
          "seed " + SEED + ", walk " + i + ": " + text + ", " + (everything ? "" : wanted.filter);
      walk(about, CollectionPattern.of(text), wanted, everything);
    }
    // Most of them found something.
    assertThat(shown).isGreaterThan(WALKS * 5);
  }
}
