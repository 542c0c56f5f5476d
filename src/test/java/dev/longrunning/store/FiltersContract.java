package dev.longrunning.store;

import static dev.longrunning.store.Await.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longrunning.filter.Dialect;
import dev.longrunning.filter.Sieve;
import dev.longrunning.operation.Change.Delete;
import dev.longrunning.operation.CollectionPattern;
import dev.longrunning.operation.Contents;
import dev.longrunning.operation.OperationKey;
import dev.longrunning.operation.OperationName;
import dev.longrunning.operation.PageToken;
import dev.longrunning.operation.Snapshot;
import dev.longrunning.types.FilterSamples;
import dev.longrunning.types.TestTypes;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** How a list with a filter is read page by page. */
interface FiltersContract extends StoreHarness {
  /** What columns tell, and what the messages have to be opened for. */
  List<String> FILTERS =
      List.of(
          "labels.kind = wanted",
          "metadata.kind = wanted",
          "labels.kind = wanted AND metadata.kind = wanted",
          "NOT metadata.kind = other");

  private static OperationKey start(StoreHarness on, String service, String collection, int i) {
    return start(on, service, collection, i, i % 7 == 0 || i % 11 == 0);
  }

  private static OperationKey start(
      StoreHarness on, String service, String collection, int i, boolean wanted) {
    var key = new OperationKey(service, OperationName.in(collection, "o" + i));
    String kind = wanted ? "wanted" : "other";
    var metadata =
        FilterSamples.any(
            "{\"@type\": \"type.googleapis.com/google.protobuf.Struct\", \"value\": {\"kind\": \""
                + kind
                + "\"}}");
    var contents = new Contents(true, metadata, false, null, true, Map.of("kind", kind));
    on.applied(Samples.startWith(key, contents));
    return key;
  }

  private static Sieve sieve(String filter) {
    return new Sieve(Dialect.standard().parse(filter), TestTypes.payloads());
  }

  /** Where a page of so many rows goes on; null: nowhere. */
  private static @Nullable PageToken next(Listing listing, Listed listed) {
    return listed.stoppedAt() != null || listed.operations().size() < listing.limit()
        ? listed.stoppedAt()
        : PageToken.after(listed.operations().get(listing.limit() - 1));
  }

  private static Listing behind(Listing listing, @Nullable PageToken after) {
    return new Listing(
        listing.service(),
        listing.collections(),
        after,
        listing.limit(),
        listing.bytesMax(),
        listing.examinedMax(),
        listing.sieve());
  }

  private List<Listed> pages(Listing first) {
    var pages = new ArrayList<Listed>();
    var listing = first;
    do {
      var page = await(store().list(listing));
      pages.add(page);
      listing = behind(first, next(listing, page));
    } while (listing.after() != null);
    return pages;
  }

  private static List<OperationKey> keys(List<Listed> pages) {
    return pages.stream().flatMap(page -> page.operations().stream()).map(Snapshot::key).toList();
  }

  @Test
  default void a_filtered_page_looks_at_a_bounded_number_and_the_next_goes_on_where_it_stopped() {
    String service = "s-" + UUID.randomUUID();
    var wanted = new ArrayList<OperationKey>();
    for (int i = 0; i < 40; i++) {
      var key = start(this, service, "projects/p", i);
      if (i % 7 == 0 || i % 11 == 0) {
        wanted.add(0, key);
      }
    }

    for (String filter : FILTERS) {
      for (String collection : List.of("projects/p", "projects/-")) {
        for (int examinedMax : new int[] {1, 3, 7, 39, 40, 41}) {
          for (int limit : new int[] {1, 2, 100}) {
            var pattern = CollectionPattern.of(collection);
            var first =
                new Listing(service, pattern, null, limit, 1 << 20, examinedMax, sieve(filter));
            var pages = pages(first);

            assertThat(keys(pages)).as(filter + " " + examinedMax).isEqualTo(wanted);
            assertThat(pages).allMatch(page -> page.operations().size() <= examinedMax);
            // Each page but those that are full has looked at as many as it may.
            assertThat(pages)
                .hasSizeLessThanOrEqualTo(40 / examinedMax + wanted.size() / limit + 1);
            // And none at more: pages that are not full are of this many.
            assertThat(pages).hasSizeGreaterThanOrEqualTo(40 / examinedMax);
          }
        }
      }
    }
  }

  @Test
  default void bytes_of_what_is_left_out_bound_a_page_too_and_it_says_where_it_stopped() {
    String service = "s-" + UUID.randomUUID();
    var last = start(this, service, "projects/p", 0, true);
    for (int i = 1; i < 9; i++) {
      start(this, service, "projects/p", i, false);
    }

    for (String filter : FILTERS) {
      var pattern = CollectionPattern.of("projects/p");
      var first = new Listing(service, pattern, null, 10, 150, 1_000, sieve(filter));

      assertThat(keys(pages(first))).as(filter).containsExactly(last);
    }
  }

  @Test
  default void a_filtered_list_has_each_once_while_operations_come_and_go() {
    var random = new Random(20_260_105);
    for (String filter : FILTERS) {
      String service = "s-" + UUID.randomUUID();
      var all = new ArrayList<OperationKey>();
      var lasting = new HashSet<OperationKey>();
      for (int i = 0; i < 120; i++) {
        var key = start(this, service, "projects/p", i);
        all.add(key);
        if (i % 7 == 0 || i % 11 == 0) {
          lasting.add(key);
        }
      }

      var pattern = CollectionPattern.of("projects/p");
      var first = new Listing(service, pattern, null, 4, 1 << 20, 9, sieve(filter));
      var seen = new ArrayList<OperationKey>();
      var listing = first;
      for (int i = 1_000; ; i++) {
        var page = await(store().list(listing));
        seen.addAll(keys(List.of(page)));
        var next = next(listing, page);
        if (next == null) {
          break;
        }
        start(this, service, "projects/p", i, true);
        var deleted = all.get(random.nextInt(all.size()));
        apply(new Delete(deleted));
        lasting.remove(deleted);
        listing = behind(first, next);
      }

      assertThat(seen).as(filter).doesNotHaveDuplicates().containsAll(lasting);
      assertThat(all).containsAll(seen);
    }
  }
}
