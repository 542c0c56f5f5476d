package dev.longrunning.watch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longrunning.feed.VirtualTime;
import dev.longrunning.filter.Dialect;
import dev.longrunning.filter.Sieve;
import dev.longrunning.operation.CollectionPattern;
import dev.longrunning.operation.OperationKey;
import dev.longrunning.operation.PageToken;
import dev.longrunning.operation.Snapshot;
import dev.longrunning.store.Await;
import dev.longrunning.store.MemoryStore;
import dev.longrunning.store.Samples;
import dev.longrunning.types.TestTypes;
import java.time.Duration;
import java.util.ArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class StoredPagesTest {
  @Test
  void the_pages_of_a_filtered_snapshot_hold_what_matches_and_go_on_to_the_end() {
    var time = new VirtualTime();
    var store = new MemoryStore(time);
    for (int i = 0; i < 20; i++) {
      var key = OperationKey.of("projects/p/operations/o" + (10 + i));
      Await.await(store.apply(Samples.start(key), Duration.ofSeconds(2)));
    }
    var sieve = new Sieve(Dialect.standard().parse("name = *5"), TestTypes.payloads());
    var pattern = CollectionPattern.of("projects/p");
    var watched = Watched.of(OperationKey.DEFAULT_SERVICE, pattern, "name = *5", sieve);

    for (int size : new int[] {1, 2, 9}) {
      var names = new ArrayList<String>();
      @Nullable PageToken next = null;
      do {
        var page = Await.await(new StoredPages(store, size).read(watched, next));
        page.snapshots().stream().map(Snapshot::key).map(OperationKey::name).forEach(names::add);
        next = page.next();
      } while (next != null);
      assertThat(names).containsExactly("projects/p/operations/o25", "projects/p/operations/o15");
    }
  }
}
