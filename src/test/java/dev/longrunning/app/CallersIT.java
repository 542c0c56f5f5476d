package dev.longrunning.app;

import static dev.longrunning.testing.Calls.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.longrunning.CancelOperationRequest;
import com.google.longrunning.DeleteOperationRequest;
import com.google.longrunning.GetOperationRequest;
import com.google.longrunning.ListOperationsRequest;
import com.google.longrunning.ListOperationsResponse;
import com.google.longrunning.WaitOperationRequest;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.Durations;
import com.google.rpc.Code;
import dev.longrunning.app.CallerClient.Outcome;
import dev.longrunning.profile.Profile;
import dev.longrunning.profile.StandardMethod;
import dev.longrunning.profile.TestProfiles;
import dev.longrunning.rpc.Guard;
import dev.longrunning.rpc.MethodsDocs;
import dev.longrunning.rpc.Row;
import dev.longrunning.v1.AdoptOperationRequest;
import dev.longrunning.v1.CompleteOperationRequest;
import dev.longrunning.v1.MintWatchTokenRequest;
import dev.longrunning.v1.ReportOperationsRequest;
import dev.longrunning.v1.ReportOperationsResponse;
import dev.longrunning.v1.StartOperationRequest;
import dev.longrunning.v1.UpdateOperationRequest;
import dev.longrunning.v1.WatchOperationRequest;
import dev.longrunning.v1.WatchOperationsRequest;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthListRequest;
import io.vertx.core.Future;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every method, over both transports, by every kind of caller; and two tenants side by side. */
@Timeout(180)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class CallersIT {
  private static final int SECONDS = 30;
  private static final String DEFAULT = "default";
  private static final String INSIGHTS = "contact-center-insights-v1";

  @TempDir static Path temp;
  private Tenants tenants;

  /** Callers by what they show; the right one is of tenant a. */
  private final Map<String, Map<String, String>> callers = new HashMap<>();

  /**
   * One method of one service, asked about something of tenant a.
   *
   * @param message of a request; its names are of that tenant
   */
  record Asked(Profile service, Row<?, ?> row, Message message) {
    String host() {
      return service.hosts().stream().findFirst().orElse("127.0.0.1");
    }

    boolean isGuarded() {
      return row.guard().who() == Guard.Who.SUBJECT;
    }

    boolean hasScopes() {
      var like = row.guard().like().map(StandardMethod::fullName);
      return service
          .access(like.orElse(row.fullName()))
          .filter(access -> !access.scopes().isEmpty())
          .isPresent();
    }

    @Override
    public String toString() {
      return row.name() + " of " + service.id();
    }
  }

  /** A name of a service that tenants of every name have. */
  private static String name(String service, String tenant, String id) {
    return switch (service) {
      case Tenants.TRANSFER -> "transferOperations/" + tenant + '-' + id;
      case INSIGHTS -> "projects/" + tenant + "/locations/eu/operations/" + id;
      default -> "projects/" + tenant + "/operations/" + id;
    };
  }

  private static Message collection(String service, String tenant, boolean watch) {
    String name =
        switch (service) {
          case Tenants.TRANSFER -> "transferOperations";
          case INSIGHTS -> "projects/" + tenant + "/locations/eu";
          default -> "projects/" + tenant;
        };
    String filter = service.equals(Tenants.TRANSFER) ? "{\"project_id\": \"" + tenant + "\"}" : "";
    return watch
        ? WatchOperationsRequest.newBuilder()
            .setName(name)
            .setFilter(filter)
            .setService(service)
            .build()
        : ListOperationsRequest.newBuilder().setName(name).setFilter(filter).build();
  }

  private static StartOperationRequest start(String service, String tenant, String id) {
    var start = StartOperationRequest.newBuilder().setService(service);
    return service.equals(Tenants.TRANSFER)
        ? start.setName(name(service, tenant, id)).putLabels("project_id", tenant).build()
        : start.setName(name(service, tenant, id)).build();
  }

  /** A request of each method about an operation of a tenant. */
  private static Optional<Message> request(
      Row<?, ?> row, String service, String tenant, String id) {
    String name = name(service, tenant, id);
    return Optional.ofNullable(
        switch (row.name()) {
          case "GetOperation", "PauseTransferOperation", "ResumeTransferOperation" ->
              GetOperationRequest.newBuilder().setName(name).build();
          case "ListOperations" -> collection(service, tenant, false);
          case "CancelOperation" -> CancelOperationRequest.newBuilder().setName(name).build();
          case "DeleteOperation" -> DeleteOperationRequest.newBuilder().setName(name).build();
          case "WaitOperation" ->
              WaitOperationRequest.newBuilder()
                  .setName(name)
                  .setTimeout(Durations.fromMillis(1))
                  .build();
          case "StartOperation" -> start(service, tenant, id);
          case "UpdateOperation" ->
              UpdateOperationRequest.newBuilder().setName(name).setService(service).build();
          case "CompleteOperation" ->
              CompleteOperationRequest.newBuilder().setName(name).setService(service).build();
          case "AdoptOperation" ->
              AdoptOperationRequest.newBuilder()
                  .setName(name)
                  .setService(service)
                  .setLeaseDuration(Durations.fromSeconds(60))
                  .setForce(true)
                  .build();
          case "ReportOperations" ->
              ReportOperationsRequest.newBuilder()
                  .setSequence(1)
                  .setUpdate(UpdateOperationRequest.newBuilder().setName(name).setService(service))
                  .build();
          case "WatchOperation" ->
              WatchOperationRequest.newBuilder().setName(name).setService(service).build();
          case "WatchOperations" -> collection(service, tenant, true);
          case "MintWatchToken" ->
              MintWatchTokenRequest.newBuilder().setName(name).setService(service).build();
          case "Check", "Watch" -> HealthCheckRequest.getDefaultInstance();
          case "List" -> HealthListRequest.getDefaultInstance();
          case "ServerReflectionInfo" -> row.request();
          default -> null;
        });
  }

  static List<Asked> asked() {
    var all = new ArrayList<Asked>();
    for (String id : List.of(DEFAULT, Tenants.TRANSFER, INSIGHTS)) {
      var service = TestProfiles.profile(id);
      var rows = new ArrayList<Row<?, ?>>(MethodsDocs.methods());
      rows.addAll(MethodsDocs.signals(TestProfiles.of(id)));
      for (var row : rows) {
        var method = StandardMethod.ofFullName(row.fullName());
        if (method.isEmpty() || service.methods().containsKey(method.get())) {
          all.add(new Asked(service, row, request(row, id, "a", "1").orElseThrow()));
        }
      }
    }
    return all;
  }

  @BeforeAll
  void begin() throws Exception {
    tenants = Tenants.start(temp);
    for (String service : List.of(DEFAULT, Tenants.TRANSFER, INSIGHTS)) {
      for (String tenant : List.of("a", "b")) {
        assertThat(
                call("StartOperation", start(service, tenant, "1"), Tenants.token(tenant)).code())
            .isEqualTo(Code.OK);
      }
    }
    callers.put("nobody", Map.of());
    callers.put("another scheme", Map.of("authorization", "Basic YTpi"));
    callers.put("no token", Map.of("authorization", "Bearer"));
    callers.put("an unknown token", Map.of("authorization", "Bearer secret-of-somebody"));
    callers.put("a token that is none", Map.of("authorization", "Bearer a.b.c"));
    callers.put("an expired token", tenants.jwt("a", draft -> draft.claim("exp", 1_000)));
    callers.put("another audience", tenants.jwt("a", draft -> draft.claim("aud", "other")));
    callers.put("another issuer", tenants.jwt("a", draft -> draft.claim("iss", "https://x")));
    callers.put("a right one", tenants.jwt("a", draft -> draft));
    callers.put("no scope", tenants.jwt("a", draft -> draft.without("scope")));
    callers.put("another scope", tenants.jwt("a", draft -> draft.claim("scope", "email")));
    callers.put("another tenant", tenants.jwt("b", draft -> draft));
    callers.put("a stranger", Tenants.token("nobody"));
  }

  @AfterAll
  void end() throws Exception {
    tenants.close();
  }

  private Outcome call(String method, Message request, Map<String, String> headers) {
    var row = MethodsDocs.methods().stream().filter(r -> r.name().equals(method)).findFirst().get();
    return outcome(tenants.client.grpc(row, "127.0.0.1", request, headers));
  }

  private static Outcome outcome(Future<Outcome> call) {
    try {
      return await(call, SECONDS);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  /** The same call over each transport that it has. */
  private List<Outcome> call(Asked asked, Message message, Map<String, String> headers) {
    var calls = new ArrayList<Future<Outcome>>();
    calls.add(tenants.client.grpc(asked.row(), asked.host(), message, headers));
    var rules = asked.service().bindings().of(asked.row().fullName());
    if (!rules.isEmpty()) {
      var rule = rules.get(rules.size() > 1 && asked.service().id().equals(DEFAULT) ? 1 : 0);
      calls.add(tenants.client.rest(asked.row(), rule, asked.host(), message, headers));
    }
    return calls.stream().map(CallersIT::outcome).toList();
  }

  private List<Outcome> call(Asked asked, String caller) {
    return call(asked, asked.message(), callers.get(caller));
  }

  @ParameterizedTest
  @MethodSource("asked")
  void who_is_not_known_is_unauthenticated(Asked asked) {
    boolean open = asked.row().guard().who() == Guard.Who.ANYBODY;
    var reasons =
        Map.of(
            "nobody", "CREDENTIALS_MISSING",
            "another scheme", "CREDENTIALS_INVALID",
            "no token", "CREDENTIALS_INVALID",
            "an unknown token", "CREDENTIALS_INVALID",
            "a token that is none", "CREDENTIALS_INVALID",
            "an expired token", "ACCESS_TOKEN_EXPIRED",
            "another audience", "CREDENTIALS_INVALID",
            "another issuer", "CREDENTIALS_INVALID");

    reasons.forEach(
        (caller, reason) -> {
          for (var outcome : call(asked, caller)) {
            if (open) {
              assertThat(outcome.code()).as(caller).isEqualTo(Code.OK);
              continue;
            }
            assertThat(outcome.code()).as(caller).isEqualTo(Code.UNAUTHENTICATED);
            assertThat(outcome.reason()).as(caller).isEqualTo(reason);
            if (outcome.http() != 200) {
              assertThat(outcome.http()).isEqualTo(401);
              assertThat(outcome.headers().get("www-authenticate")).startsWith("Bearer realm=");
            }
          }
        });
  }

  @ParameterizedTest
  @MethodSource("asked")
  void a_token_without_the_scope_is_refused_where_the_service_asks_for_one(Asked asked) {
    for (String caller : List.of("no scope", "another scope")) {
      for (var outcome : call(asked, caller)) {
        if (asked.hasScopes()) {
          assertThat(outcome.code()).isEqualTo(Code.PERMISSION_DENIED);
          assertThat(outcome.reason()).isEqualTo("ACCESS_TOKEN_SCOPE_INSUFFICIENT");
        } else {
          assertThat(outcome.reason()).isNotEqualTo("ACCESS_TOKEN_SCOPE_INSUFFICIENT");
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("asked")
  void who_has_no_right_is_denied_and_told_what_is_missing(Asked asked) {
    for (String caller : List.of("another tenant", "a stranger")) {
      for (var outcome : call(asked, caller)) {
        if (asked.isGuarded()) {
          assertThat(outcome.code()).as(caller).isEqualTo(Code.PERMISSION_DENIED);
          assertThat(outcome.reason()).isEqualTo("IAM_PERMISSION_DENIED");
          assertThat(outcome.message()).startsWith("permission ").contains(" denied on ");
          assertThat(outcome.http() == 200 || outcome.http() == 403).isTrue();
        } else if (asked.row().name().equals("ReportOperations")) {
          assertReportDenied(caller, outcome);
        } else {
          assertThat(outcome.code()).isEqualTo(Code.OK);
        }
      }
    }
  }

  /** A producer of another tenant has its stream, and each of its reports is denied. */
  private static void assertReportDenied(String caller, Outcome outcome) {
    if (caller.equals("a stranger")) {
      assertThat(outcome.code()).isEqualTo(Code.PERMISSION_DENIED);
      return;
    }
    assertThat(outcome.code()).isEqualTo(Code.OK);
    try {
      var result = ReportOperationsResponse.parseFrom(outcome.body().getBytes());
      assertThat(result.getResult().getError().getCode()).isEqualTo(Code.PERMISSION_DENIED_VALUE);
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  @ParameterizedTest
  @MethodSource("asked")
  void who_has_the_right_gets_past(Asked asked) {
    // Deleted or done by one transport, it is not there for the other: that is past the door.
    for (var outcome : call(asked, "a right one")) {
      assertThat(outcome.passed()).as(outcome.message()).isTrue();
    }
    call("StartOperation", start(asked.service().id(), "a", "1"), Tenants.token("a"));
  }

  @ParameterizedTest
  @MethodSource("asked")
  void of_another_tenant_nobody_can_tell_what_exists(Asked asked) {
    if (!asked.isGuarded()) {
      return;
    }
    String service = asked.service().id();
    var there = request(asked.row(), service, "b", "1").orElseThrow();
    var absent = request(asked.row(), service, "b", "9").orElseThrow();

    var found = call(asked, there, callers.get("a right one"));
    var missed = call(asked, absent, callers.get("a right one"));

    for (int i = 0; i < found.size(); i++) {
      var one = found.get(i);
      var other = missed.get(i);
      assertThat(one.code()).isEqualTo(Code.PERMISSION_DENIED);
      assertThat(other.message().replace("b-9", "b-1").replace("operations/9", "operations/1"))
          .isEqualTo(one.message());
      assertThat(other.reason()).isEqualTo(one.reason());
    }
  }

  private static Message get(String service) {
    return GetOperationRequest.newBuilder().setName(name(service, "b", "1")).build();
  }

  @Test
  void nothing_of_another_tenant_was_changed_by_all_that() {
    for (String service : List.of(DEFAULT, Tenants.TRANSFER, INSIGHTS)) {
      var asked = new Asked(TestProfiles.profile(service), row("GetOperation"), get(service));
      for (var outcome : call(asked, asked.message(), Tenants.token("b"))) {
        assertThat(outcome.code()).isEqualTo(Code.OK);
        assertThat(outcome.text()).doesNotContain("\"done\"");
      }
    }
  }

  private static Message message(String tenant) {
    return CancelOperationRequest.newBuilder().setName(name(INSIGHTS, tenant, "1")).build();
  }

  private static Row<?, ?> row(String name) {
    return MethodsDocs.methods().stream().filter(r -> r.name().equals(name)).findFirst().get();
  }

  @Test
  void a_flat_name_that_nobody_has_is_told_only_to_who_has_a_right_on_the_whole_service() {
    var unknown = GetOperationRequest.newBuilder().setName("transferOperations/none").build();
    var asked = new Asked(TestProfiles.profile(Tenants.TRANSFER), row("GetOperation"), unknown);

    assertThat(call(asked, unknown, Tenants.token("a")))
        .extracting(Outcome::code)
        .containsOnly(Code.PERMISSION_DENIED);
    assertThat(call(asked, unknown, Tenants.token("root")))
        .extracting(Outcome::code)
        .containsOnly(Code.NOT_FOUND);
  }

  @Test
  void who_is_refused_hears_of_the_first_reason_in_one_order_whatever_else_is_wrong() {
    var bad = ListOperationsRequest.newBuilder().setPageSize(-1);
    var listed = new Asked(TestProfiles.profile(INSIGHTS), row("ListOperations"), bad.build());
    var named = bad.clone().setName("projects/-/-").build();
    var denied = bad.clone().setName("projects/b/locations/eu").build();
    var valid = bad.clone().setName("projects/a/locations/eu").build();

    assertThat(reason(listed, named, "nobody")).isEqualTo("CREDENTIALS_MISSING");
    assertThat(reason(listed, named, "no scope")).isEqualTo("ACCESS_TOKEN_SCOPE_INSUFFICIENT");
    assertThat(reason(listed, named, "a right one")).isEqualTo("INVALID_FIELD");
    assertThat(reason(listed, denied, "no scope")).isEqualTo("ACCESS_TOKEN_SCOPE_INSUFFICIENT");
    assertThat(reason(listed, denied, "a right one")).isEqualTo("IAM_PERMISSION_DENIED");
    assertThat(reason(listed, valid, "a right one")).isEqualTo("INVALID_FIELD");
  }

  /** Over gRPC: over HTTP a name that is none has no path. */
  private String reason(Asked asked, Message message, String caller) {
    return call(asked, message, callers.get(caller)).get(0).reason();
  }

  @Test
  void a_body_that_cannot_be_read_is_judged_by_its_path_first() {
    var cancel = new Asked(TestProfiles.profile(INSIGHTS), row("CancelOperation"), message("b"));
    var rest = call(cancel, cancel.message(), callers.get("a right one")).get(1);
    var own = call(cancel, message("a"), callers.get("a right one")).get(1);

    assertThat(rest.reason()).isEqualTo("IAM_PERMISSION_DENIED");
    assertThat(own.reason()).isEqualTo("INVALID_FIELD");
    assertThat(own.message()).contains("this method has no body");
  }

  @Test
  void a_list_of_all_projects_shows_those_that_the_caller_may_see() throws Exception {
    var all = ListOperationsRequest.newBuilder().setName("projects/-").build();

    for (String tenant : List.of("a", "b")) {
      var outcome = call("ListOperations", all, Tenants.token(tenant));
      assertThat(ListOperationsResponse.parseFrom(outcome.body().getBytes()).getOperationsList())
          .extracting(com.google.longrunning.Operation::getName)
          .isNotEmpty()
          .allMatch(name -> name.startsWith("projects/" + tenant + '/'));
    }
    var everything = call("ListOperations", all, Tenants.token("root"));
    assertThat(ListOperationsResponse.parseFrom(everything.body().getBytes()).getOperationsList())
        .extracting(com.google.longrunning.Operation::getName)
        .contains("projects/b/operations/1");
    assertThat(call("ListOperations", all, Tenants.token("nobody")).reason())
        .isEqualTo("IAM_PERMISSION_DENIED");
  }

  @Test
  void a_lease_token_is_no_permission() {
    var foreign =
        UpdateOperationRequest.newBuilder()
            .setName("projects/b/operations/1")
            .setLeaseToken("00000000-0000-0000-0000-000000000000")
            .build();

    assertThat(call("UpdateOperation", foreign, Tenants.token("a")).reason())
        .isEqualTo("IAM_PERMISSION_DENIED");
  }
}
