package dev.longrunning.store;

import static dev.longrunning.store.Await.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longrunning.operation.Change.Delete;
import dev.longrunning.operation.CollectionPattern;
import dev.longrunning.operation.OperationKey;
import dev.longrunning.operation.OperationName;
import dev.longrunning.operation.PageToken;
import dev.longrunning.operation.Snapshot;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** How the collections that match a pattern are read page by page. */
interface PatternsContract extends StoreHarness {
  int MANY = 10_000;

  /** A service of which nothing is stored, so that nothing else is examined. */
  private static String freshService() {
    return "s-" + UUID.randomUUID();
  }

  private OperationKey startIn(String service, String collection, String id) {
    var key = new OperationKey(service, OperationName.in(collection, id));
    applied(Samples.start(key));
    return key;
  }

  private Listed list(String service, String pattern, @Nullable PageToken after, int limit) {
    return list(new Listing(service, CollectionPattern.of(pattern), after, limit, MANY, MANY));
  }

  private Listed list(Listing listing) {
    return await(store().list(listing));
  }

  private static List<OperationKey> keys(Listed listed) {
    return listed.operations().stream().map(Snapshot::key).toList();
  }

  private static Listing behind(Listing listing, @Nullable PageToken after) {
    return new Listing(
        listing.service(),
        listing.collections(),
        after,
        listing.limit(),
        listing.bytesMax(),
        listing.examinedMax());
  }

  /** Where a page of so many rows goes on; null: nowhere. */
  private static @Nullable PageToken next(Listing listing, Listed listed) {
    if (listed.stoppedAt() != null || listed.operations().size() < listing.limit()) {
      return listed.stoppedAt();
    }
    var last = listed.operations().get(listing.limit() - 1);
    return new PageToken(last.createTime(), last.key().name());
  }

  private List<Listed> pages(Listing first) {
    var pages = new ArrayList<Listed>();
    var listing = first;
    do {
      var page = list(listing);
      pages.add(page);
      listing = behind(first, next(listing, page));
    } while (listing.after() != null);
    return pages;
  }

  private static List<OperationKey> all(List<Listed> pages) {
    return pages.stream().flatMap(page -> keys(page).stream()).toList();
  }

  @Test
  default void a_pattern_lists_all_that_its_collections_hold_newest_first() {
    var service = freshService();
    var first = startIn(service, "projects/p/locations/a", "x");
    passTime(SECOND);
    startIn(service, "projects/p/locations/b", "x");
    startIn(service, "projects/p/locations/aa", "x");
    startIn(service, "projects/p/locations/a/queues/q", "x");
    startIn(service, "projects/p", "x");
    startIn(service, "folders/p/locations/a", "x");
    startIn(service, "", "x");
    startIn(freshService(), "projects/p/locations/a", "x");
    var second = startIn(service, "projects/q/locations/a", "y");
    passTime(SECOND);
    var third = startIn(service, "projects/p/locations/a", "z");

    var listed = list(service, "projects/-/locations/a", null, 100);

    assertThat(keys(listed)).containsExactly(third, second, first);
    assertThat(listed.stoppedAt()).isNull();
    assertThat(listed.operations())
        .allSatisfy(each -> assertThat(each).isEqualTo(stored(each.key())));
    assertThat(keys(list(service, "projects/p/locations/-", null, 100))).hasSize(4);
    assertThat(keys(list(service, "projects/-/locations/-", null, 100))).hasSize(5);
    assertThat(keys(list(service, "projects/-", null, 100))).hasSize(1);
    assertThat(keys(list(service, "buckets/-", null, 100))).isEmpty();
  }

  @Test
  default void what_a_pattern_matches_is_the_same_in_every_store() {
    var service = freshService();
    // What like and regular expressions take for their own, and what UTF-8 has several bytes for.
    var kinds = List.of("a", "%", "_", "\\", "a%", ".*", "é");
    var ids = List.of("a", "-a", "%", "_", "\\", "[^/]+", "🙂");
    var random = new Random(20_260_101);
    var collections = new HashSet<String>();
    while (collections.size() < 200) {
      collections.add(anyName(random, kinds, ids));
    }
    var starts =
        collections.stream()
            .map(in -> Samples.start(new OperationKey(service, OperationName.in(in, "x"))))
            .map(start -> store().apply(start, PATIENCE))
            .toList();
    starts.forEach(Await::await);

    var withWildcards = Stream.concat(ids.stream(), Stream.of("-", "-", "-", "-")).toList();
    for (int i = 0; i < 150; i++) {
      var pattern = CollectionPattern.of(anyName(random, kinds, withWildcards));
      var listed = list(service, pattern.text(), null, 1_000);
      assertThat(listed.operations().stream().map(Snapshot::collection))
          .as(pattern.text())
          .containsExactlyInAnyOrderElementsOf(
              collections.stream().filter(pattern::matches).toList());
    }
  }

  private static String anyName(Random random, List<String> kinds, List<String> ids) {
    var name = new StringBuilder();
    int segments = random.nextInt(1, 6);
    for (int i = 0; i < segments; i++) {
      var choice = i % 2 == 0 ? kinds : ids;
      name.append(i == 0 ? "" : "/").append(choice.get(random.nextInt(choice.size())));
    }
    return name.toString();
  }

  @Test
  default void a_page_looks_at_a_bounded_number_and_the_next_goes_on_where_it_stopped() {
    var service = freshService();
    var wanted = new ArrayList<OperationKey>();
    for (int i = 0; i < 30; i++) {
      boolean matches = i == 0 || i == 1 || (i >= 9 && i <= 14) || i == 29;
      var key = startIn(service, (matches ? "projects/p" : "folders/f") + i, "x");
      if (matches) {
        wanted.add(0, key);
      }
    }

    for (int examinedMax : new int[] {1, 4, 7, 10, 29, 30, 31}) {
      for (int limit : new int[] {1, 3, 100}) {
        var pattern = CollectionPattern.of("projects/-");
        var pages = pages(new Listing(service, pattern, null, limit, MANY, examinedMax));

        assertThat(all(pages)).as("%s of %s", limit, examinedMax).isEqualTo(wanted);
        assertThat(pages).allMatch(page -> page.operations().size() <= examinedMax);
        // Some that are empty, but none that does not get on.
        assertThat(pages).hasSizeLessThanOrEqualTo(30 / examinedMax + wanted.size() / limit + 1);
      }
    }
    var pattern = CollectionPattern.of("projects/-");
    var pages = pages(new Listing(service, pattern, null, 100, MANY, 4));
    assertThat(pages.stream().map(page -> page.operations().size()))
        .containsExactly(1, 0, 0, 1, 4, 1, 0, 2);
  }

  @Test
  default void a_single_collection_is_looked_at_as_far_as_it_takes() {
    var service = freshService();
    var key = startIn(service, "projects/p", "x");
    IntStream.range(0, 5).forEach(i -> startIn(service, "projects/q", "x" + i));

    var pattern = CollectionPattern.of("projects/p");
    var listed = list(new Listing(service, pattern, null, 10, MANY, 1));

    assertThat(keys(listed)).containsExactly(key);
    assertThat(listed.stoppedAt()).isNull();
  }

  @Test
  default void only_what_matches_counts_as_bytes_and_a_page_that_is_full_stops_there() {
    var service = freshService();
    for (int i = 0; i < 9; i++) {
      var collection = (i % 2 == 0 ? "projects/p" : "folders/f") + i;
      var key = new OperationKey(service, OperationName.in(collection, "x"));
      applied(Samples.startWith(key, Samples.metadata("x".repeat(i % 2 == 0 ? 100 : 1_000))));
    }

    var pattern = CollectionPattern.of("projects/-");
    assertThat(keys(list(new Listing(service, pattern, null, 9, 1, MANY)))).hasSize(1);
    assertThat(keys(list(new Listing(service, pattern, null, 9, 250, MANY)))).hasSize(3);
    assertThat(keys(list(new Listing(service, pattern, null, 9, 250, 4)))).hasSize(2);
    // The examination ends behind the row that reaches the bytes: the page goes on behind that.
    var full = list(new Listing(service, pattern, null, 9, 201, 6));
    assertThat(keys(full)).hasSize(3);
    assertThat(full.stoppedAt()).isNull();
  }

  @Test
  default void thousands_of_collections_are_paged_each_once_while_operations_come_and_go() {
    var service = freshService();
    var random = new Random(20_260_102);
    var there = new HashSet<OperationKey>();
    for (int part = 0; part < 10; part++) {
      int from = part * 250;
      var starts =
          IntStream.range(from, from + 250)
              .mapToObj(i -> new OperationKey(service, name(i)))
              .peek(there::add)
              .map(key -> store().apply(Samples.start(key), PATIENCE))
              .toList();
      starts.forEach(Await::await);
    }
    there.removeIf(key -> !key.name().startsWith("projects/"));

    var first = new Listing(service, CollectionPattern.of("projects/-"), null, 70, 1 << 20, 150);
    var seen = new ArrayList<OperationKey>();
    var listing = first;
    for (int i = 0; ; i++) {
      var page = list(listing);
      seen.addAll(keys(page));
      var next = next(listing, page);
      if (next == null) {
        break;
      }
      startIn(service, "projects/new-" + i, "x");
      var deleted = new OperationKey(service, name(random.nextInt(2_500)));
      apply(new Delete(deleted));
      there.remove(deleted);
      listing = behind(first, next);
    }

    assertThat(seen).doesNotHaveDuplicates().containsAll(there);
    assertThat(seen).noneMatch(key -> key.name().startsWith("projects/new-"));
  }

  private static String name(int i) {
    return OperationName.in((i % 5 == 0 ? "folders/f" : "projects/p") + i, "x");
  }
}
