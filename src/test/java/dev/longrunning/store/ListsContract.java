package dev.longrunning.store;

import static dev.longrunning.store.Await.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longrunning.operation.Change.Delete;
import dev.longrunning.operation.CollectionPattern;
import dev.longrunning.operation.OperationKey;
import dev.longrunning.operation.OperationName;
import dev.longrunning.operation.PageToken;
import dev.longrunning.operation.Snapshot;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** How a collection is read page by page. */
interface ListsContract extends StoreHarness {
  int NO_BYTES_MAX = Integer.MAX_VALUE;
  int EXAMINED_MAX = 10_000;

  private List<Snapshot> page(String parent, @Nullable PageToken after, int limit) {
    return page(parent, after, limit, NO_BYTES_MAX);
  }

  private List<Snapshot> page(String parent, @Nullable PageToken after, int limit, int bytesMax) {
    var service = OperationKey.DEFAULT_SERVICE;
    var pattern = CollectionPattern.of(parent);
    var listing = new Listing(service, pattern, after, limit, bytesMax, EXAMINED_MAX);
    return await(store().list(listing)).operations();
  }

  private static PageToken behind(List<Snapshot> page) {
    var last = page.get(page.size() - 1);
    return new PageToken(last.createTime(), last.key().name());
  }

  private static List<String> names(List<Snapshot> page) {
    return page.stream().map(snapshot -> snapshot.key().name()).toList();
  }

  private String startIn(String parent, String id) {
    var name = OperationName.in(parent, id);
    applied(Samples.start(OperationKey.of(name)));
    return name;
  }

  @Test
  default void a_list_holds_whole_states_newest_first() {
    var parent = Samples.freshParent();
    for (var id : List.of("b", "c", "a")) {
      startIn(parent, id);
      passTime(SECOND);
    }

    var page = page(parent, null, 10);

    assertThat(names(page))
        .containsExactly(
            OperationName.in(parent, "a"),
            OperationName.in(parent, "c"),
            OperationName.in(parent, "b"));
    assertThat(page).allSatisfy(each -> assertThat(each).isEqualTo(stored(each.key())));
  }

  @Test
  default void operations_of_one_moment_are_in_the_order_of_their_names_backwards() {
    var parent = Samples.freshParent();
    var starts =
        IntStream.range(0, 40)
            .mapToObj(i -> Samples.start(OperationKey.of(OperationName.in(parent, "Ab_-z" + i))))
            .map(start -> store().apply(start, PATIENCE))
            .toList();
    starts.forEach(Await::await);

    var all = page(parent, null, 100);

    assertThat(all)
        .hasSize(40)
        .isSortedAccordingTo(
            Comparator.comparing(Snapshot::createTime)
                .thenComparing(snapshot -> snapshot.key().name())
                .reversed());
    var paged = new ArrayList<Snapshot>(page(parent, null, 7));
    for (var next = page(parent, behind(paged), 7); !next.isEmpty(); ) {
      paged.addAll(next);
      next = page(parent, behind(paged), 7);
    }
    assertThat(paged).isEqualTo(all);
  }

  @Test
  default void pages_are_stable_while_operations_come_and_go() {
    var parent = Samples.freshParent();
    var names = new ArrayList<String>();
    for (int i = 0; i < 6; i++) {
      names.add(0, startIn(parent, "op-" + i));
    }

    var first = page(parent, null, 3);
    startIn(parent, "newer");
    // The very one that the token names, too.
    applied(new Delete(OperationKey.of(names.get(2))));
    var second = page(parent, behind(first), 2);
    var third = page(parent, behind(second), 2);

    assertThat(names(first)).isEqualTo(names.subList(0, 3));
    assertThat(names(second)).isEqualTo(names.subList(3, 5));
    assertThat(names(third)).isEqualTo(names.subList(5, 6));
    assertThat(page(parent, behind(third), 2)).isEmpty();
  }

  @Test
  default void the_row_that_reaches_the_greatest_size_is_the_last_of_its_page() {
    var parent = Samples.freshParent();
    for (int i = 0; i < 5; i++) {
      var key = OperationKey.of(OperationName.in(parent, "op-" + i));
      applied(Samples.startWith(key, Samples.metadata("x".repeat(100))));
    }

    assertThat(page(parent, null, 5, 1)).hasSize(1);
    assertThat(page(parent, null, 5, 200)).hasSize(2);
    assertThat(page(parent, null, 5, 201)).hasSize(3);
    assertThat(page(parent, null, 5, 250)).hasSize(3);
    assertThat(page(parent, null, 2, 250)).hasSize(2);
    var second = page(parent, behind(page(parent, null, 5, 200)), 5, 250);
    assertThat(second).hasSize(3);
  }

  @Test
  default void a_list_holds_its_own_collection_only() {
    var parent = Samples.freshParent();
    var name = startIn(parent, "mine");
    startIn(parent + "/children/c", "nested");
    startIn(parent + "x", "beside");
    var other = new OperationKey("other", OperationName.in(parent, "of-another-service"));
    applied(Samples.start(other));

    assertThat(names(page(parent, null, 10))).containsExactly(name);
  }

  @Test
  default void flat_names_are_listed_together() {
    var first = startIn("", "flat-" + Samples.freshParent().hashCode());

    assertThat(names(page("", null, 1))).containsExactly(first);
  }

  @Test
  default void reads_that_begin_after_a_change_was_answered_reflect_it() {
    var keys = IntStream.range(0, 200).mapToObj(i -> Samples.freshKey()).toList();

    var reads =
        keys.stream()
            .map(key -> store().apply(Samples.start(key), PATIENCE))
            .map(write -> write.compose(answer -> store().find(keys.get(0))).map(any -> true))
            .toList();
    reads.forEach(Await::await);

    var found = new ArrayList<Future<Reading>>();
    keys.forEach(key -> found.add(store().find(key)));
    assertThat(found).allSatisfy(read -> assertThat(await(read).snapshot()).isNotNull());
    assertThat(found.stream().map(read -> await(read).key())).isEqualTo(keys);
  }
}
