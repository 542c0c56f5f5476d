package dev.longrunning.testing;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.longrunning.ListOperationsRequest;
import com.google.longrunning.Operation;
import dev.longrunning.v1.OperationSnapshot;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What a server has acknowledged, to be compared with what it holds in the end.
 *
 * <p><b>Threads.</b> Any; each operation has one writer.
 */
public final class Journal {
  private static final int CHECKED_AT_ONCE = 64;

  private final Map<String, OperationSnapshot> newest = new ConcurrentHashMap<>();
  private final AtomicLong acknowledged = new AtomicLong();

  /** An answer to a change has come; fails if it does not follow the one before. */
  public OperationSnapshot took(OperationSnapshot snapshot) {
    acknowledged.incrementAndGet();
    var before = newest.put(snapshot.getOperation().getName(), snapshot);
    if (before != null) {
      assertThat(snapshot.getVersion()).isGreaterThan(before.getVersion());
      assertThat(before.getOperation().getDone()).isFalse();
    }
    return snapshot;
  }

  /** The state of an operation that was acknowledged last. */
  public OperationSnapshot newest(String name) {
    return newest.get(name);
  }

  public long acknowledged() {
    return acknowledged.get();
  }

  /**
   * Compares: every operation is exactly as it was acknowledged last, at that version, so that
   * nothing was lost or applied twice; and the collections hold no other one.
   */
  public void check(ApiClient grpc, RestClient rest, Collection<String> collections)
      throws Exception {
    var all = List.copyOf(newest.values());
    for (int i = 0; i < all.size(); i += CHECKED_AT_ONCE) {
      var some = all.subList(i, Math.min(all.size(), i + CHECKED_AT_ONCE));
      Calls.await(Future.all(some.stream().map(each -> same(grpc, rest, each)).toList()), 60);
    }
    var held = new HashMap<String, Operation>();
    for (String collection : collections) {
      for (Operation operation : list(grpc, collection)) {
        assertThat(held.put(operation.getName(), operation)).isNull();
      }
    }
    assertThat(held.keySet()).isEqualTo(newest.keySet());
  }

  private static Future<Void> same(ApiClient grpc, RestClient rest, OperationSnapshot expected) {
    String name = expected.getOperation().getName();
    return grpc.get(name)
        .compose(
            found -> {
              assertThat(found).isEqualTo(expected.getOperation());
              return rest.get("/v1/" + name);
            })
        .map(
            answer -> {
              String version = Long.toHexString(expected.getVersion());
              assertThat(answer.etag().orElse("none")).as(name).contains('"' + version + '"');
              return null;
            });
  }

  private static List<Operation> list(ApiClient grpc, String collection) throws Exception {
    var found = new ArrayList<Operation>();
    var request = ListOperationsRequest.newBuilder().setName(collection).setPageSize(500);
    do {
      var page = Calls.await(grpc.list(request.build()), 60);
      found.addAll(page.getOperationsList());
      request.setPageToken(page.getNextPageToken());
    } while (!request.getPageToken().isEmpty());
    return found;
  }
}
