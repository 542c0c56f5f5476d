package dev.longrunning.service;

import static dev.longrunning.store.Await.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.google.longrunning.Operation;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.Status;
import dev.longrunning.filter.Dialect;
import dev.longrunning.filter.Sieve;
import dev.longrunning.operation.Bytes;
import dev.longrunning.operation.Change;
import dev.longrunning.operation.Change.Guard;
import dev.longrunning.operation.CollectionPattern;
import dev.longrunning.operation.KeyRing;
import dev.longrunning.operation.OperationKey;
import dev.longrunning.operation.OperationName;
import dev.longrunning.operation.Problem;
import dev.longrunning.operation.Snapshot;
import dev.longrunning.service.Operations.Page;
import dev.longrunning.service.Operations.Query;
import dev.longrunning.store.Samples;
import dev.longrunning.store.Switches.Call;
import dev.longrunning.types.TestTypes;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

final class OperationsTest {
  private final Fixture fixture = new Fixture();
  private final Operations operations = fixture.operations;
  private final OperationKey key = Samples.freshKey();

  private void apply(Change change) {
    await(fixture.store.apply(change, Patience.MOST));
    fixture.states.hear(change.key());
  }

  private static void assertFails(Future<?> call, String reason) {
    assertThatExceptionOfType(Problem.class)
        .isThrownBy(() -> await(call))
        .satisfies(problem -> assertThat(problem.reason()).isEqualTo(reason));
  }

  private Snapshot stored() {
    return await(fixture.states.strong(key)).snapshot().orElseThrow();
  }

  @Test
  void a_get_is_strong_unless_the_caller_takes_a_cached_state() {
    apply(Samples.start(key));
    var first = await(operations.get(key, false)).snapshot();
    // Changed without this replica's having heard of it.
    var update = Samples.update(key, Guard.NONE, Samples.metadata("second"));
    await(fixture.store.apply(update, Patience.MOST));

    assertThat(await(operations.get(key, true)).snapshot()).isEqualTo(first);
    var strong = await(operations.get(key, false)).snapshot();
    assertThat(strong.metadata()).isEqualTo(Samples.bytes("second"));
  }

  @Test
  void what_is_not_found_says_whether_it_was_there() {
    assertFails(operations.get(key, false), "OPERATION_NOT_FOUND");

    apply(Samples.start(key));
    apply(new Change.Delete(key));
    assertFails(operations.get(key, false), "OPERATION_DELETED");

    var purged = Samples.freshKey();
    apply(Samples.start(purged, null, Duration.ofSeconds(1), null));
    apply(Samples.completion(purged, Guard.NONE, "r"));
    fixture.clock.pass(Duration.ofSeconds(2));
    apply(new Change.Purge(purged));
    assertFails(operations.get(purged, false), "OPERATION_EXPIRED");
  }

  @Test
  void a_deletion_is_done_once() {
    apply(Samples.start(key));

    await(operations.delete(key, Optional.empty()));

    assertFails(operations.delete(key, Optional.empty()), "OPERATION_DELETED");
    assertFails(operations.delete(Samples.freshKey(), Optional.empty()), "OPERATION_NOT_FOUND");
  }

  @Test
  void a_cancellation_ends_what_has_no_lease_with_code_1() throws InvalidProtocolBufferException {
    apply(Samples.start(key));

    await(operations.cancel(key, Optional.empty()));
    await(operations.cancel(key, Optional.empty()));

    var error = Status.parseFrom(stored().result().array());
    assertThat(error.getCode()).isEqualTo(1);
    assertThat(error.getDetailsCount()).isZero();
    assertFails(operations.cancel(Samples.freshKey(), Optional.empty()), "OPERATION_NOT_FOUND");
  }

  @Test
  void a_cancellation_only_asks_the_producer_that_has_a_lease() {
    var lease = Samples.lease(UUID.randomUUID(), Duration.ofMinutes(1), Duration.ZERO);
    apply(Samples.start(key, null, lease));

    await(operations.cancel(key, Optional.empty()));

    assertThat(stored().isDone()).isFalse();
    assertThat(stored().cancelRequestTime()).isNotNull();
  }

  @Test
  void a_call_whose_deadline_is_over_writes_nothing() {
    apply(Samples.start(key));

    assertFails(operations.delete(key, Optional.of(fixture.clock.instant())), "DEADLINE_EXCEEDED");

    assertThat(stored().isDone()).isFalse();
  }

  @Test
  void a_failure_of_the_store_is_the_callers() {
    fixture.switches().failAll(Problem.databaseUnavailable());

    assertFails(operations.get(key, false), "DATABASE_UNAVAILABLE");
    assertFails(operations.list(query("p", 0, "")), "DATABASE_UNAVAILABLE");
    assertFails(operations.cancel(key, Optional.empty()), "DATABASE_UNAVAILABLE");
  }

  private static Query query(String parent, int size, String token) {
    return new Query(OperationKey.DEFAULT_SERVICE, CollectionPattern.of(parent), size, token);
  }

  private static List<String> names(Page page) {
    var names = new ArrayList<String>();
    for (var operation : page.operations()) {
      try {
        names.add(Operation.parseFrom(operation.array()).getName());
      } catch (InvalidProtocolBufferException e) {
        throw new AssertionError(e);
      }
    }
    return names;
  }

  private void startMany(String parent, int count, int bytes) {
    for (int i = 0; i < count; i++) {
      var each = OperationKey.of(OperationName.in(parent, String.format("op-%05d", i)));
      apply(Samples.startWith(each, Samples.metadata("x".repeat(bytes))));
    }
  }

  @Test
  void a_list_goes_on_page_by_page_to_its_end() {
    startMany("projects/p", 7, 10);

    var all = names(await(operations.list(query("projects/p", 7, ""))));
    var first = await(operations.list(query("projects/p", 3, "")));
    var second = await(operations.list(query("projects/p", 3, first.nextPageToken())));
    var third = await(operations.list(query("projects/p", 3, second.nextPageToken())));

    assertThat(names(first)).isEqualTo(all.subList(0, 3));
    assertThat(names(second)).isEqualTo(all.subList(3, 6));
    assertThat(names(third)).isEqualTo(all.subList(6, 7));
    assertThat(third.nextPageToken()).isEmpty();
    assertThat(await(operations.list(query("projects/p", 7, ""))).nextPageToken()).isEmpty();
    assertThat(await(operations.list(query("projects/none", 0, ""))).operations()).isEmpty();
  }

  @Test
  void a_page_holds_50_unless_said_and_1000_at_most() {
    startMany("projects/p", 1_001, 1);

    assertThat(await(operations.list(query("projects/p", 0, ""))).operations()).hasSize(50);
    assertThat(await(operations.list(query("projects/p", 1_000, ""))).operations()).hasSize(1_000);
    var most = await(operations.list(query("projects/p", Integer.MAX_VALUE, "")));
    assertThat(most.operations()).hasSize(1_000);
    assertThat(most.nextPageToken()).isNotEmpty();
  }

  @Test
  void a_page_stops_at_3_mebibytes_and_goes_on() {
    startMany("projects/p", 7, 1 << 20);

    var names = new ArrayList<String>();
    String token = "";
    do {
      var page = await(operations.list(query("projects/p", 0, token)));
      assertThat(page.operations().stream().mapToInt(Bytes::length).sum())
          .isLessThanOrEqualTo(Operations.PAGE_BYTES_MAX);
      names.addAll(names(page));
      token = page.nextPageToken();
    } while (!token.isEmpty());

    assertThat(names).hasSize(7).doesNotHaveDuplicates();
  }

  @Test
  void a_page_token_belongs_to_its_list() {
    startMany("projects/p", 2, 1);
    String token = await(operations.list(query("projects/p", 1, ""))).nextPageToken();

    assertFails(operations.list(query("projects/q", 1, token)), "INVALID_FIELD");
    var elsewhere = new Query("other", CollectionPattern.of("projects/p"), 1, token);
    assertFails(operations.list(elsewhere), "INVALID_FIELD");
    assertFails(operations.list(query("projects/p", 1, "x" + token)), "INVALID_FIELD");
  }

  @Test
  void some_filters_have_one_page_only() {
    var dialect = Dialect.named("cloud-functions-v1").orElseThrow();
    var sieve = new Sieve(dialect.parse("project:p,latest:true"), TestTypes.payloads());
    var pattern = CollectionPattern.of("projects/p");
    var latest = new Query("default", pattern, "project:p,latest:true", sieve, 0, "");

    assertThat(await(operations.list(latest)).nextPageToken()).isEmpty();
    var continued = new Query("default", pattern, latest.filter(), sieve, 0, "t");
    assertThat(operations.list(continued).cause())
        .hasMessage("page_token: got t, allowed none with this filter");
  }

  @Test
  void a_list_of_a_pattern_goes_on_over_its_collections_by_tokens_of_its_own() {
    for (int i = 0; i < 7; i++) {
      startMany("projects/p" + i, 1, 10);
      startMany("folders/f" + i, 1, 10);
    }

    var all = names(await(operations.list(query("projects/-", 7, ""))));
    var first = await(operations.list(query("projects/-", 4, "")));
    var second = await(operations.list(query("projects/-", 4, first.nextPageToken())));

    assertThat(all).hasSize(7).allMatch(name -> name.startsWith("projects/p"));
    assertThat(names(first)).isEqualTo(all.subList(0, 4));
    assertThat(names(second)).isEqualTo(all.subList(4, 7));
    assertThat(second.nextPageToken()).isEmpty();
    for (var other : List.of("projects/p1", "folders/-", "projects/-/x/-", "")) {
      assertFails(operations.list(query(other, 4, first.nextPageToken())), "INVALID_FIELD");
    }
  }

  @Test
  void a_page_of_a_pattern_looks_at_10000_operations_and_may_be_empty() {
    startMany("projects/p", 2, 10);
    fixture.clock.pass(Duration.ofSeconds(1));
    startMany("folders/f", Operations.PAGE_EXAMINED_MAX, 10);

    var first = await(operations.list(query("projects/-", 0, "")));
    var second = await(operations.list(query("projects/-", 0, first.nextPageToken())));

    assertThat(first.operations()).isEmpty();
    assertThat(names(second))
        .containsExactly("projects/p/operations/op-00001", "projects/p/operations/op-00000");
    assertThat(second.nextPageToken()).isEmpty();
    // In one collection what lies before it does not count.
    assertThat(await(operations.list(query("projects/p", 0, ""))).operations()).hasSize(2);
  }

  @Test
  void a_page_of_a_pattern_stops_at_3_mebibytes_and_goes_on() {
    for (int i = 0; i < 7; i++) {
      startMany("projects/p" + i, 1, 1 << 20);
    }

    var names = new ArrayList<String>();
    String token = "";
    do {
      var page = await(operations.list(query("projects/-", 0, token)));
      assertThat(page.operations()).hasSizeBetween(1, 2);
      names.addAll(names(page));
      token = page.nextPageToken();
    } while (!token.isEmpty());

    assertThat(names).hasSize(7).doesNotHaveDuplicates();
  }

  @Property(tries = 20)
  void thousands_of_collections_are_paged_each_once_while_operations_come_and_go(
      @ForAll @IntRange(min = 20, max = 400) int size, @ForAll long seed) {
    var fresh = new OperationsTest();
    var random = new Random(seed);
    var there = new HashSet<String>();
    for (int i = 0; i < 2_000; i++) {
      boolean matches = random.nextInt(10) > 0;
      // Several at one moment, too.
      fresh.fixture.clock.pass(Duration.ofMillis(random.nextInt(3)));
      fresh.startMany((matches ? "projects/p" : "folders/f") + i, 1, 10);
      if (matches) {
        there.add("projects/p" + i + "/operations/op-00000");
      }
    }

    var seen = new ArrayList<String>();
    String token = "";
    do {
      var page = await(fresh.operations.list(query("projects/-", size, token)));
      seen.addAll(names(page));
      token = page.nextPageToken();
      fresh.fixture.clock.pass(Duration.ofMillis(1));
      fresh.startMany("projects/new" + seen.size(), 1, 10);
      String gone = "projects/p" + random.nextInt(2_000) + "/operations/op-00000";
      await(fresh.fixture.store.apply(new Change.Delete(OperationKey.of(gone)), Patience.MOST));
      there.remove(gone);
    } while (!token.isEmpty());

    assertThat(seen).doesNotHaveDuplicates().containsAll(there);
    assertThat(seen).noneMatch(name -> name.startsWith("projects/new"));
  }

  @Test
  void a_page_token_survives_a_new_key() {
    startMany("projects/p", 2, 1);
    String token = await(operations.list(query("projects/p", 1, ""))).nextPageToken();

    var secret = Bytes.of("another secret 16".getBytes(StandardCharsets.US_ASCII));
    fixture.keys = new KeyRing(Map.of(1, Bytes.of(new byte[32]), 2, secret), 2);

    assertThat(await(operations.list(query("projects/p", 1, token))).operations()).hasSize(1);
  }

  @Test
  void one_list_reads_the_store_once() {
    startMany("projects/p", 60, 1);

    await(operations.list(query("projects/p", 0, "")));

    assertThat(fixture.switches().count(Call.LIST)).isEqualTo(1);
  }
}
