package dev.longrunning.app;

import static dev.longrunning.testing.Calls.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.longrunning.CancelOperationRequest;
import com.google.longrunning.GetOperationRequest;
import com.google.longrunning.WaitOperationRequest;
import com.google.protobuf.Message;
import com.google.protobuf.util.Durations;
import com.google.rpc.Code;
import dev.longrunning.app.CallerClient.Outcome;
import dev.longrunning.app.CallerClient.Watching;
import dev.longrunning.profile.HttpRule;
import dev.longrunning.rpc.MethodsDocs;
import dev.longrunning.rpc.Row;
import dev.longrunning.v1.MintWatchTokenRequest;
import dev.longrunning.v1.MintWatchTokenResponse;
import dev.longrunning.v1.StartOperationRequest;
import dev.longrunning.v1.WatchEvent;
import dev.longrunning.v1.WatchOperationRequest;
import dev.longrunning.v1.WatchOperationsRequest;
import io.vertx.core.Future;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Streams whose callers may be known and allowed no longer, and tokens that are lent to pages. */
@Timeout(180)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class CallerStreamsIT {
  private static final int SECONDS = 30;
  private static final String OF_A = "projects/a/operations/1";
  private static final String OF_B = "projects/b/operations/1";

  @TempDir static Path temp;
  private Tenants tenants;

  @BeforeAll
  void begin() throws Exception {
    tenants = Tenants.start(temp);
    for (String name : List.of(OF_A, OF_B)) {
      var start = StartOperationRequest.newBuilder().setName(name).build();
      assertThat(call("StartOperation", start, Tenants.token("root")).code()).isEqualTo(Code.OK);
    }
  }

  @AfterAll
  void end() throws Exception {
    tenants.close();
  }

  /** Everybody may what they might before; the server has read it once a call is answered so. */
  @BeforeEach
  void allow() throws Exception {
    Files.writeString(tenants.policy, Tenants.policy("a", "b"));
    Files.writeString(tenants.tokens, Tenants.tokens("a", "b", "root", "nobody"));
    until(Tenants.token("b"), Code.OK);
  }

  private void until(Map<String, String> caller, Code code) {
    var get = GetOperationRequest.newBuilder().setName(OF_B).build();
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
    while (call("GetOperation", get, caller).code() != code) {
      assertThat(System.nanoTime()).as("it takes too long").isLessThan(deadline);
    }
  }

  private static Row<?, ?> row(String name) {
    return MethodsDocs.methods().stream().filter(r -> r.name().equals(name)).findFirst().get();
  }

  private static <T> T got(Future<T> future) {
    try {
      return await(future, SECONDS);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private Outcome call(String method, Message request, Map<String, String> headers) {
    return got(tenants.client.grpc(row(method), "127.0.0.1", request, headers));
  }

  private Watching watch(String name, Map<String, String> headers) throws Exception {
    var request = WatchOperationRequest.newBuilder().setName(name).build();
    var watching = tenants.client.watch(row("WatchOperation"), request, headers);
    assertThat(next(watching).getChanged().getOperation().getName()).isEqualTo(name);
    return watching;
  }

  private Watching watchAll(String resumeToken) {
    var request =
        WatchOperationsRequest.newBuilder()
            .setName("projects/-")
            .setResumeToken(resumeToken)
            .build();
    return tenants.client.watch(row("WatchOperations"), request, Tenants.token("b"));
  }

  private static WatchEvent next(Watching watching) throws Exception {
    var event = watching.events.poll(SECONDS, TimeUnit.SECONDS);
    assertThat(event).isNotNull();
    return event;
  }

  /** What comes up to a bookmark that says that this is all. */
  private static List<WatchEvent> untilSynced(Watching watching) throws Exception {
    var events = new ArrayList<WatchEvent>();
    do {
      events.add(next(watching));
    } while (!events.get(events.size() - 1).getBookmark().getSynced());
    return events;
  }

  private static List<String> names(List<WatchEvent> events) {
    return events.stream()
        .filter(WatchEvent::hasChanged)
        .map(event -> event.getChanged().getOperation().getName())
        .toList();
  }

  @Test
  void a_stream_ends_unauthenticated_once_its_callers_token_has_expired() throws Exception {
    var soon = tenants.jwt("b", d -> d.claim("exp", Instant.now().getEpochSecond() + 3));
    var watching = watch(OF_B, soon);

    var end = got(watching.end());

    assertThat(end.code()).isEqualTo(Code.UNAUTHENTICATED);
    assertThat(end.reason()).isEqualTo("ACCESS_TOKEN_EXPIRED");
  }

  @Test
  void streams_end_denied_once_the_policy_does_not_let_them_and_others_stay() throws Exception {
    var watching = watch(OF_B, Tenants.token("b"));
    var stays = watch(OF_A, Tenants.token("a"));
    var everything = watchAll("");
    untilSynced(everything);
    var waiting =
        tenants.client.grpc(
            row("WaitOperation"),
            "127.0.0.1",
            WaitOperationRequest.newBuilder()
                .setName(OF_B)
                .setTimeout(Durations.fromSeconds(20))
                .build(),
            Tenants.token("b"));

    Files.writeString(tenants.policy, Tenants.policy("a"));

    for (var ended : List.of(got(watching.end()), got(everything.end()), got(waiting))) {
      assertThat(ended.code()).isEqualTo(Code.PERMISSION_DENIED);
      assertThat(ended.reason()).isEqualTo("IAM_PERMISSION_DENIED");
    }
    assertThat(stays.end().isComplete()).isFalse();
  }

  @Test
  void a_stream_ends_unauthenticated_once_its_callers_token_is_taken_back() throws Exception {
    var watching = watch(OF_B, Tenants.token("b"));

    Files.writeString(tenants.tokens, Tenants.tokens("a", "root"));

    assertThat(got(watching.end()).code()).isEqualTo(Code.UNAUTHENTICATED);
    until(Tenants.token("b"), Code.UNAUTHENTICATED);
  }

  @Test
  void a_policy_with_a_fault_changes_nothing() throws Exception {
    var watching = watch(OF_B, Tenants.token("b"));
    Files.writeString(tenants.policy, "bindings: [{role: nonsense}]");
    // Another file that is read after it has been, so the policy has been looked at.
    Files.writeString(tenants.tokens, Tenants.tokens("a", "b", "root"));
    until(Tenants.token("nobody"), Code.UNAUTHENTICATED);
    Files.writeString(tenants.tokens, Tenants.tokens("a", "b", "root", "nobody"));
    until(Tenants.token("nobody"), Code.PERMISSION_DENIED);

    assertThat(watching.end().isComplete()).isFalse();
    assertThat(call("GetOperation", get(OF_B), Tenants.token("b")).code()).isEqualTo(Code.OK);
  }

  private static Message get(String name) {
    return GetOperationRequest.newBuilder().setName(name).build();
  }

  @Test
  void a_watch_of_all_projects_shows_those_that_may_be_seen_and_starts_over_with_others()
      throws Exception {
    var watching = watchAll("");
    var before = untilSynced(watching);
    assertThat(names(before)).contains(OF_B).allMatch(name -> name.startsWith("projects/b/"));

    var start = StartOperationRequest.newBuilder().setParent("projects/a").build();
    call("StartOperation", start, Tenants.token("a"));
    var own = StartOperationRequest.newBuilder().setParent("projects/b").build();
    call("StartOperation", own, Tenants.token("b"));
    var next = next(watching);
    assertThat(next.getChanged().getOperation().getName()).startsWith("projects/b/");

    String more = Tenants.policy("a", "b").replace("default/projects/b,", "default,");
    Files.writeString(tenants.policy, more);
    var end = got(watching.end());
    assertThat(end.code()).isEqualTo(Code.UNAVAILABLE);
    assertThat(end.reason()).isEqualTo("PERMISSIONS_CHANGED");

    var resumed = untilSynced(watchAll(next.getResumeToken()));
    assertThat(resumed.get(0).hasReset()).isTrue();
    assertThat(names(resumed)).contains(OF_A, OF_B);
  }

  private MintWatchTokenResponse minted(String name, Map<String, String> caller) throws Exception {
    var request = MintWatchTokenRequest.newBuilder().setName(name).build();
    var outcome = call("MintWatchToken", request, caller);
    assertThat(outcome.code()).as(outcome.message()).isEqualTo(Code.OK);
    return MintWatchTokenResponse.parseFrom(outcome.body().getBytes());
  }

  private static Map<String, String> bearer(String token) {
    return Map.of("authorization", "Bearer " + token);
  }

  @Test
  void a_minted_token_is_for_watching_and_getting_one_operation_and_nothing_else()
      throws Exception {
    var lent = bearer(minted(OF_B, Tenants.token("b")).getToken());
    var other = "projects/b/operations/other";
    call(
        "StartOperation",
        StartOperationRequest.newBuilder().setName(other).build(),
        Tenants.token("b"));

    watch(OF_B, lent);
    assertThat(call("GetOperation", get(OF_B), lent).code()).isEqualTo(Code.OK);
    assertThat(call("GetOperation", get(other), lent).code()).isEqualTo(Code.PERMISSION_DENIED);
    var cancel = CancelOperationRequest.newBuilder().setName(OF_B).build();
    assertThat(call("CancelOperation", cancel, lent).code()).isEqualTo(Code.PERMISSION_DENIED);
    var mint = MintWatchTokenRequest.newBuilder().setName(OF_B).build();
    assertThat(call("MintWatchToken", mint, lent).code()).isEqualTo(Code.PERMISSION_DENIED);
    var all = WatchOperationsRequest.newBuilder().setName("projects/b").build();
    assertThat(got(tenants.client.watch(row("WatchOperations"), all, lent).end()).code())
        .isEqualTo(Code.PERMISSION_DENIED);
  }

  @Test
  void one_of_a_collection_is_for_it_and_for_its_operations() throws Exception {
    var lent = bearer(minted("projects/b", Tenants.token("b")).getToken());

    var all = WatchOperationsRequest.newBuilder().setName("projects/b").build();
    assertThat(names(untilSynced(tenants.client.watch(row("WatchOperations"), all, lent))))
        .contains(OF_B);
    watch(OF_B, lent);
    assertThat(call("GetOperation", get(OF_B), lent).code()).isEqualTo(Code.OK);
    assertThat(call("GetOperation", get(OF_A), lent).code()).isEqualTo(Code.PERMISSION_DENIED);
  }

  @Test
  void who_may_not_watch_has_no_token_made() {
    var foreign = MintWatchTokenRequest.newBuilder().setName(OF_A).build();

    assertThat(call("MintWatchToken", foreign, Tenants.token("b")).reason())
        .isEqualTo("IAM_PERMISSION_DENIED");
  }

  @Test
  void a_minted_token_ends_with_the_right_of_who_had_it_made_and_with_their_credentials()
      throws Exception {
    long end = Instant.now().getEpochSecond() + 60;
    var short1 = tenants.jwt("b", draft -> draft.claim("exp", end));
    assertThat(minted(OF_B, short1).getExpireTime().getSeconds()).isEqualTo(end);
    var lent = bearer(minted(OF_B, Tenants.token("b")).getToken());
    var watching = watch(OF_B, lent);

    Files.writeString(tenants.policy, Tenants.policy("a"));

    assertThat(got(watching.end()).code()).isEqualTo(Code.PERMISSION_DENIED);
    assertThat(call("GetOperation", get(OF_B), lent).code()).isEqualTo(Code.PERMISSION_DENIED);
  }

  @Test
  void a_cookie_is_for_the_path_of_the_watch_alone_and_no_script_can_read_it() throws Exception {
    var request = MintWatchTokenRequest.newBuilder().setName(OF_B).setCookie(true).build();
    var rule = HttpRule.post("/v1/{name=**/operations/*}:mintWatchToken");
    var outcome =
        got(
            tenants.client.rest(
                row("MintWatchToken"), rule, "127.0.0.1", request, Tenants.token("b")));

    assertThat(outcome.code()).as(outcome.message()).isEqualTo(Code.OK);
    assertThat(outcome.text()).doesNotContain("\"token\"").contains("expireTime");
    String cookie = outcome.headers().get("set-cookie");
    assertThat(cookie)
        .matches(
            "longrunning-watch=[A-Za-z0-9_-]+; Path=/v1/projects/b/operations/1:watch;"
                + " Max-Age=[0-9]+; HttpOnly; SameSite=Strict");
    var sent = Map.of("cookie", cookie.substring(0, cookie.indexOf(';')));
    String path = "/v1/projects/b/operations/1";
    var events = Map.of("cookie", sent.get("cookie"), "accept", "text/event-stream");
    var watched = got(tenants.client.get(row("WatchOperation"), path + ":watch", events));
    assertThat(watched.text()).startsWith("event: changed");
    var read = got(tenants.client.get(row("GetOperation"), path, sent));
    assertThat(read.reason()).isEqualTo("CREDENTIALS_MISSING");
    var foreign = got(tenants.client.get(row("WatchOperation"), "/v1/" + OF_A + ":watch", sent));
    assertThat(foreign.code()).isEqualTo(Code.PERMISSION_DENIED);
  }

  @Test
  void a_token_in_a_url_is_not_looked_at() throws Exception {
    String token = minted(OF_B, Tenants.token("b")).getToken();
    String path = "/v1/" + OF_B + ":watch?access_token=" + token;

    var outcome = got(tenants.client.get(row("WatchOperation"), path, Map.of()));

    assertThat(outcome.code()).isEqualTo(Code.UNAUTHENTICATED);
    assertThat(outcome.text()).doesNotContain(token);
  }

  @Test
  void a_cookie_is_nothing_for_grpc_to_ask_for() {
    var request = MintWatchTokenRequest.newBuilder().setName(OF_B).setCookie(true).build();

    assertThat(call("MintWatchToken", request, Tenants.token("b")).code())
        .isEqualTo(Code.INVALID_ARGUMENT);
  }
}
