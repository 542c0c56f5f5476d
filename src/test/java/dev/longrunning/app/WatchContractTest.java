package dev.longrunning.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.FieldMask;
import com.google.protobuf.Message;
import com.google.rpc.Code;
import dev.longrunning.app.StreamClient.Form;
import dev.longrunning.feed.Feed;
import dev.longrunning.feed.FeedSettings;
import dev.longrunning.feed.VertxLoop;
import dev.longrunning.feed.VertxTimers;
import dev.longrunning.observe.Metrics;
import dev.longrunning.operation.Bytes;
import dev.longrunning.operation.Change;
import dev.longrunning.operation.Change.Guard;
import dev.longrunning.operation.Contents;
import dev.longrunning.operation.KeyRing;
import dev.longrunning.operation.OperationKey;
import dev.longrunning.operation.Outcome;
import dev.longrunning.operation.Problem;
import dev.longrunning.rpc.Row;
import dev.longrunning.rpc.WatcherMethods;
import dev.longrunning.service.OperationWire;
import dev.longrunning.store.MemoryStore;
import dev.longrunning.store.Samples;
import dev.longrunning.types.TestTypes;
import dev.longrunning.v1.Gone;
import dev.longrunning.v1.OperationSnapshot;
import dev.longrunning.v1.WatchEvent;
import dev.longrunning.v1.WatchOperationRequest;
import dev.longrunning.v1.WatchOperationsRequest;
import dev.longrunning.watch.Hub;
import dev.longrunning.watch.HubSettings;
import dev.longrunning.watch.StoredPages;
import io.vertx.core.Context;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Watching, over every form that a stream may come in. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class WatchContractTest {
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private final MemoryStore store = new MemoryStore(InstantSource.system());
  private final TestServer server = TestServer.of(this::rows);

  private List<Row<?, ?>> rows(Context context) {
    var vertx = context.owner();
    var loop = VertxLoop.current(vertx);
    var timers = new VertxTimers(vertx);
    var feed =
        new Feed(
            loop,
            store,
            FeedSettings.DEFAULT,
            timers,
            OperationWire::operation,
            new Metrics(System::nanoTime));
    feed.start();
    var view = feed.view(loop, store);
    var keys = new KeyRing(Map.of(1, Bytes.of(new byte[32])), 1);
    var pages = new StoredPages(store, 10);
    return WatcherMethods.of(
        new Hub(
            new Hub.Parts(
                view.states(),
                view.changes(),
                pages,
                () -> keys,
                timers,
                new Random(7),
                new Metrics(System::nanoTime)),
            HubSettings.DEFAULT),
        TestTypes.filters());
  }

  @AfterEach
  void nothing_is_left_open() {
    server.awaitStreams(0);
  }

  @AfterAll
  void stop() {
    server.close();
  }

  private long apply(Change change) {
    return TestServer.await(store.apply(change, PATIENCE)).version();
  }

  /** Without metadata: the samples of other tests are no messages. */
  private static Change started(OperationKey key) {
    return Samples.startWith(key, Contents.NONE);
  }

  private StreamClient watch(Form form, WatchOperationRequest request) {
    var query = query(request.getResumeToken(), request.getReadMask(), false);
    return open(form, "WatchOperation", request, "/v1/" + request.getName() + ":watch" + query);
  }

  private StreamClient watch(Form form, WatchOperationsRequest request) {
    var query =
        query(request.getResumeToken(), request.getReadMask(), request.getChangesOnly())
            + "&filter="
            + URLEncoder.encode(request.getFilter(), StandardCharsets.UTF_8);
    String path = "/v1/" + request.getName() + "/operations:watch" + query;
    return open(form, "WatchOperations", request, path);
  }

  private static String query(String token, FieldMask mask, boolean changesOnly) {
    return "?resumeToken="
        + URLEncoder.encode(token, StandardCharsets.UTF_8)
        + (mask.getPathsCount() == 0 ? "" : "&readMask=" + String.join(",", mask.getPathsList()))
        + (changesOnly ? "&changesOnly=true" : "");
  }

  private StreamClient open(Form form, String method, Message request, String path) {
    if (form.isRest()) {
      return StreamClient.get(server, form, path, Map.of("accept", form.contentType));
    }
    var client = StreamClient.call(server, form, WatcherMethods.SERVICE + '/' + method, Map.of());
    client.send(StreamClient.frame(request));
    client.halfClose();
    return client;
  }

  private static WatchOperationRequest operation(OperationKey key, String token) {
    return WatchOperationRequest.newBuilder().setName(key.name()).setResumeToken(token).build();
  }

  private static WatchOperationsRequest collection(String parent, String token) {
    return WatchOperationsRequest.newBuilder().setName(parent).setResumeToken(token).build();
  }

  private static WatchEvent next(StreamClient client) {
    return client.reply(WatchEvent.getDefaultInstance());
  }

  /** The next event that is no bookmark in between. */
  private static WatchEvent change(StreamClient client) {
    var event = next(client);
    return event.hasBookmark() && !event.getBookmark().getSynced() ? change(client) : event;
  }

  private static String parent(OperationKey key) {
    return key.name().substring(0, key.name().indexOf("/operations/"));
  }

  private static boolean isArray(Form form) {
    return form == Form.JSON_HTTP1 || form == Form.JSON_HTTP2;
  }

  private static void expectSynced(StreamClient client) {
    assertThat(next(client).getBookmark().getSynced()).isTrue();
  }

  /** On a JSON array a bookmark follows, so that the change is seen. */
  private static void expectBurstEnds(Form form, StreamClient client) {
    if (isArray(form)) {
      assertThat(next(client).hasBookmark()).isTrue();
    }
  }

  @ParameterizedTest
  @EnumSource(Form.class)
  void an_operation_is_told_until_it_is_done(Form form) {
    var key = Samples.freshKey();
    long first = apply(started(key));
    var client = watch(form, operation(key, ""));
    assertThat(next(client).getChanged().getVersion()).isEqualTo(first);
    expectBurstEnds(form, client);

    long second = apply(Samples.update(key, Guard.NONE, Samples.labels(Map.of("a", "b"))));
    var changed = next(client).getChanged();
    assertThat(changed.getVersion()).isEqualTo(second);
    assertThat(changed.getLabelsMap()).containsEntry("a", "b");
    assertThat(changed.getOperation().getName()).isEqualTo(key.name());
    expectBurstEnds(form, client);

    var error = com.google.rpc.Status.newBuilder().setCode(5).build();
    apply(
        new Change.Complete(
            key, Guard.NONE, Outcome.ERROR, Bytes.of(error.toByteArray()), Contents.NONE));
    var done = next(client);
    assertThat(done.getChanged().getOperation().getError().getCode()).isEqualTo(5);
    assertThat(client.code()).isEqualTo(Code.OK);

    // The stream had ended: who resumes it hears so at once.
    var again = watch(form, operation(key, done.getResumeToken()));
    assertThat(again.code()).isEqualTo(Code.OK);
    assertThat(again.unread()).isZero();
    if (form == Form.EVENTS_HTTP1 || form == Form.EVENTS_HTTP2) {
      assertThat(again.head().statusCode()).isEqualTo(204);
    }
  }

  private static WatchOperationsRequest filtered(String parent, String token, String filter) {
    return collection(parent, token).toBuilder().setFilter(filter).build();
  }

  private static Change labelled(OperationKey key, String env) {
    return Samples.update(key, Guard.NONE, Samples.labels(Map.of("env", env)));
  }

  @ParameterizedTest
  @EnumSource(Form.class)
  void what_no_longer_matches_a_filter_is_gone_and_what_matches_again_comes_again(Form form) {
    var key = Samples.freshKey();
    apply(started(key));
    var other = OperationKey.of(parent(key) + "/operations/other");
    apply(started(other));
    long matching = apply(labelled(key, "prod"));
    var client = watch(form, filtered(parent(key), "", "labels.env = prod"));
    assertThat(next(client).getChanged().getVersion()).isEqualTo(matching);
    expectSynced(client);

    apply(labelled(other, "test"));
    long left = apply(labelled(key, "test"));
    var gone = change(client).getGone();
    assertThat(gone.getName()).isEqualTo(key.name());
    assertThat(gone.getReason()).isEqualTo(Gone.Reason.FILTERED);
    assertThat(gone.getVersion()).isEqualTo(left);
    expectBurstEnds(form, client);

    apply(labelled(key, "none"));
    long again = apply(labelled(key, "prod"));
    assertThat(change(client).getChanged().getVersion()).isEqualTo(again);
    client.request.reset(8);
    server.awaitStreams(0);
  }

  @ParameterizedTest
  @EnumSource(Form.class)
  void a_token_of_a_watch_belongs_to_its_filter(Form form) {
    var key = Samples.freshKey();
    apply(started(key));
    var client = watch(form, filtered(parent(key), "", "done = false"));
    assertThat(next(client).hasChanged()).isTrue();
    String token = next(client).getResumeToken();
    client.request.reset(8);
    server.awaitStreams(0);
    long newer = apply(labelled(key, "prod"));

    for (String filter : List.of("", "done=false", "labels.env = prod")) {
      var refused = watch(form, filtered(parent(key), token, filter));
      assertThat(refused.code()).as(filter).isEqualTo(Code.INVALID_ARGUMENT);
    }
    var resumed = watch(form, filtered(parent(key), token, "done = false"));
    assertThat(change(resumed).getChanged().getVersion()).isEqualTo(newer);
    resumed.request.reset(8);
    server.awaitStreams(0);
  }

  @ParameterizedTest
  @EnumSource(Form.class)
  void a_filter_at_fault_is_refused_before_anything_is_sent(Form form) {
    var client = watch(form, filtered("projects/p", "", "owner = me"));

    assertThat(client.code()).isEqualTo(Code.INVALID_ARGUMENT);
    assertThat(client.unread()).isZero();
  }

  @ParameterizedTest
  @EnumSource(Form.class)
  void a_resumed_watch_of_an_operation_hears_what_is_newer(Form form) {
    var key = Samples.freshKey();
    apply(started(key));
    var client = watch(form, operation(key, ""));
    var token = next(client).getResumeToken();
    client.request.reset(8);
    server.awaitStreams(0);
    long newer = apply(Samples.update(key, Guard.NONE, Samples.labels(Map.of("n", "1"))));

    var resumed = watch(form, operation(key, token));
    assertThat(next(resumed).getChanged().getVersion()).isEqualTo(newer);
    expectBurstEnds(form, resumed);
    apply(new Change.Delete(key));

    var gone = next(resumed).getGone();
    assertThat(gone.getReason()).isEqualTo(Gone.Reason.DELETED);
    assertThat(gone.getVersion()).isGreaterThan(newer);
    assertThat(resumed.code()).isEqualTo(Code.OK);
  }

  @ParameterizedTest
  @EnumSource(Form.class)
  void what_is_not_there_is_told_as_missing_or_gone(Form form) {
    var never = watch(form, operation(Samples.freshKey(), ""));
    assertThat(never.code()).isEqualTo(Code.NOT_FOUND);
    var key = Samples.freshKey();
    apply(started(key));
    apply(new Change.Delete(key));

    var remembered = watch(form, operation(key, ""));
    assertThat(next(remembered).getGone().getReason()).isEqualTo(Gone.Reason.DELETED);
    assertThat(remembered.code()).isEqualTo(Code.OK);
  }

  @ParameterizedTest
  @EnumSource(Form.class)
  void a_collection_is_told_whole_then_as_it_changes(Form form) {
    var first = Samples.freshKey();
    String parent = parent(first);
    var second = OperationKey.of(parent + "/operations/second");
    long started = apply(started(first));
    apply(started(Samples.freshKey()));
    var client = watch(form, collection(parent, ""));
    assertThat(change(client).getChanged().getVersion()).isEqualTo(started);
    expectSynced(client);

    long created = apply(started(second));
    assertThat(next(client).getChanged().getVersion()).isEqualTo(created);
    expectBurstEnds(form, client);
    apply(new Change.Delete(first));
    var gone = next(client);
    assertThat(gone.getGone().getName()).isEqualTo(first.name());
    client.request.reset(8);
    server.awaitStreams(0);

    long missed = apply(Samples.update(second, Guard.NONE, Samples.labels(Map.of("a", "b"))));
    var resumed = watch(form, collection(parent, gone.getResumeToken()));
    assertThat(change(resumed).getChanged().getVersion()).isEqualTo(missed);
    expectSynced(resumed);
    resumed.request.reset(8);
  }

  @ParameterizedTest
  @EnumSource(Form.class)
  void tokens_and_fields_that_do_not_fit_are_refused(Form form) {
    var key = Samples.freshKey();
    apply(started(key));
    var client = watch(form, operation(key, ""));
    String token = next(client).getResumeToken();
    client.request.reset(8);
    var other = Samples.freshKey();
    apply(started(other));

    for (var wrong :
        List.of(
            watch(form, operation(other, token)),
            watch(form, operation(key, token.substring(1))),
            watch(form, collection(parent(key), token)),
            watch(form, collection("projects/p/-", "")),
            watch(
                form,
                operation(key, "").toBuilder()
                    .setReadMask(FieldMask.newBuilder().addPaths("nonsense"))
                    .build()),
            watch(form, collection(parent(key), "x").toBuilder().setChangesOnly(true).build()))) {
      assertThat(wrong.code()).isEqualTo(Code.INVALID_ARGUMENT);
    }
  }

  @ParameterizedTest
  @EnumSource(Form.class)
  void a_read_mask_leaves_out_everything_else(Form form) {
    var key = Samples.freshKey();
    long version = apply(started(key));
    var mask = FieldMask.newBuilder().addPaths("create_time");
    var client = watch(form, collection(parent(key), "").toBuilder().setReadMask(mask).build());

    OperationSnapshot changed = change(client).getChanged();
    client.request.reset(8);

    var expected = OperationSnapshot.newBuilder().setVersion(version);
    expected.getOperationBuilder().setName(key.name());
    expected.setCreateTime(changed.getCreateTime());
    assertThat(changed).isEqualTo(expected.build());
    assertThat(changed.hasCreateTime()).isTrue();
  }

  @ParameterizedTest
  @EnumSource(Form.class)
  void changes_only_skips_what_is_there(Form form) {
    var key = Samples.freshKey();
    apply(started(key));
    var client = watch(form, collection(parent(key), "").toBuilder().setChangesOnly(true).build());
    expectSynced(client);

    long version = apply(Samples.update(key, Guard.NONE, Samples.labels(Map.of("a", "b"))));

    assertThat(next(client).getChanged().getVersion()).isEqualTo(version);
    client.request.reset(8);
  }

  @Test
  void a_pattern_is_told_of_many_collections() {
    String project = "folders/" + Samples.freshParent().substring("projects/".length());
    var keys =
        IntStream.range(0, 25)
            .mapToObj(i -> OperationKey.of(project + "/areas/a" + i + "/operations/o"))
            .toList();
    keys.forEach(key -> apply(started(key)));
    var client = watch(Form.GRPC, collection(project + "/areas/-", ""));
    var seen = new java.util.HashSet<String>();
    for (var event = next(client); !event.hasBookmark(); event = next(client)) {
      seen.add(event.getChanged().getOperation().getName());
    }
    assertThat(seen)
        .containsExactlyInAnyOrderElementsOf(keys.stream().map(OperationKey::name).toList());

    var late = OperationKey.of(project + "/areas/late/operations/o");
    apply(started(late));

    assertThat(next(client).getChanged().getOperation().getName()).isEqualTo(late.name());
    client.request.reset(8);
  }

  @Test
  void a_server_that_stops_gives_the_newest_token_and_says_why() {
    var key = Samples.freshKey();
    apply(started(key));
    var ending = TestServer.of(this::rows);
    var client =
        StreamClient.call(ending, Form.GRPC, WatcherMethods.SERVICE + "/WatchOperations", Map.of());
    client.send(StreamClient.frame(collection(parent(key), "")));
    client.halfClose();
    next(client);
    expectSynced(client);

    ending.onLoop(
        () -> {
          ending.pipeline.streams().refuse(Problem.stopping());
          ending.pipeline.streams().stopOldest();
          return true;
        });

    assertThat(next(client).getBookmark().getSynced()).isTrue();
    assertThat(client.code()).isEqualTo(Code.UNAVAILABLE);
    ending.close();
  }
}
