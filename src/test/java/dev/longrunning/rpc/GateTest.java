package dev.longrunning.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.longrunning.CancelOperationRequest;
import com.google.longrunning.GetOperationRequest;
import com.google.longrunning.ListOperationsRequest;
import com.google.protobuf.Message;
import dev.longrunning.auth.Credential;
import dev.longrunning.auth.Identity;
import dev.longrunning.auth.Policies;
import dev.longrunning.auth.Policy;
import dev.longrunning.auth.Ticket;
import dev.longrunning.operation.CallerProblems;
import dev.longrunning.operation.OperationKey;
import dev.longrunning.operation.Problem;
import dev.longrunning.operation.Visibility;
import dev.longrunning.profile.Services;
import dev.longrunning.profile.TestProfiles;
import dev.longrunning.v1.StartOperationRequest;
import dev.longrunning.v1.WatchOperationsRequest;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class GateTest {
  private static final Identity ALICE = Policies.caller("token:alice");
  private static final Identity ROOT = Policies.caller("token:root");
  private static final String INSIGHTS = "contact-center-insights-v1";
  private static final Services SERVICES =
      TestProfiles.of("default", "storage-transfer-v1", INSIGHTS);
  private static final String POLICY =
      """
      roles:
        both: [contactcenterinsights.authorizedOperations.get, contactcenterinsights.operations.get]
        half: [contactcenterinsights.operations.get]
      bindings:
      - {role: operator, members: ['token:alice'], resources: [default/projects/a, storage-transfer-v1/projects/a]}
      - {role: producer, members: ['token:alice'], resources: [default/projects/a, storage-transfer-v1/projects/a]}
      - {role: both, members: ['token:alice'], resources: [contact-center-insights-v1/projects/a]}
      - {role: half, members: ['token:alice'], resources: [contact-center-insights-v1/projects/h]}
      - {role: administrator, members: ['token:root'], resources: ['*']}
      """;

  private Policy policy = policy(POLICY);
  private Instant now = Instant.EPOCH;

  /** Where operations with flat names are. */
  private final Map<String, String> collections = new HashMap<>();

  private int lookups;
  private final Gate gate = new Gate(() -> policy, this::whereabouts, () -> now);

  private static Policy policy(String yaml) {
    return Policies.of(yaml, Set.of("default", "storage-transfer-v1", INSIGHTS));
  }

  private Future<Optional<String>> whereabouts(OperationKey key) {
    lookups++;
    return Future.succeededFuture(Optional.ofNullable(collections.get(key.name())));
  }

  private static Row<?, ?> row(String name) {
    return MethodsDocs.methods().stream().filter(r -> r.name().equals(name)).findFirst().get();
  }

  private static Call call(Identity who) {
    return new Call(SERVICES.all(), "127.0.0.1", Optional.empty(), false, Call.Transport.GRPC)
        .by(new CallBegin(Instant.EPOCH, who));
  }

  @SuppressWarnings("unchecked")
  private <Q extends Message> Future<Gate.Pass> enter(
      Identity who, String method, Message request) {
    return gate.enter((Row<Q, ?>) row(method), call(who), (Q) request);
  }

  private String outcome(Identity who, String method, Message request) {
    var entered = enter(who, method, request);
    assertThat(entered.isComplete()).isTrue();
    return entered.succeeded() ? "in" : ((Problem) entered.cause()).reason();
  }

  private static Message get(String name) {
    return GetOperationRequest.newBuilder().setName(name).build();
  }

  private static Message cancel(String name) {
    return CancelOperationRequest.newBuilder().setName(name).build();
  }

  private static Message list(String name) {
    return ListOperationsRequest.newBuilder().setName(name).build();
  }

  private static Identity with(Identity who, Set<String> scopes) {
    return new Identity(who.principal(), who.groups(), Optional.of(scopes), who.credential());
  }

  private static Identity bearer(Identity who, Ticket ticket) {
    return new Identity(
        who.principal(), who.groups(), who.scopes(), who.credential(), Optional.of(ticket));
  }

  @Test
  void scope_comes_before_the_name_and_the_name_before_the_permission() {
    var limited = with(ALICE, Set.of("other"));

    assertThat(outcome(limited, "GetOperation", get("transferOperations/a:b")))
        .isEqualTo("ACCESS_TOKEN_SCOPE_INSUFFICIENT");
    assertThat(outcome(ALICE, "GetOperation", get("transferOperations/a:b")))
        .isEqualTo("INVALID_FIELD");
    assertThat(outcome(ALICE, "GetOperation", get("transferOperations/a")))
        .isEqualTo("IAM_PERMISSION_DENIED");
  }

  @Test
  void who_is_not_asked_passes_no_gate() {
    var anybody =
        new Call(SERVICES.all(), "127.0.0.1", Optional.empty(), false, Call.Transport.GRPC);

    assertThat(Gate.asks(row("GetOperation"), anybody)).isFalse();
    assertThat(Gate.asks(row("GetOperation"), call(ALICE))).isTrue();
    assertThat(Gate.asks(row("Check"), call(ALICE))).isFalse();
  }

  @Test
  void of_a_flat_name_the_operation_says_where_it_is_and_nothing_is_read_of_others() {
    collections.put("transferOperations/mine", "projects/a");
    collections.put("transferOperations/theirs", "projects/b");

    assertThat(outcome(ALICE, "GetOperation", get("transferOperations/mine"))).isEqualTo("in");
    assertThat(outcome(ALICE, "GetOperation", get("transferOperations/theirs")))
        .isEqualTo("IAM_PERMISSION_DENIED");
    assertThat(outcome(ALICE, "GetOperation", get("transferOperations/none")))
        .isEqualTo("IAM_PERMISSION_DENIED");
    assertThat(lookups).isEqualTo(3);
    assertThat(outcome(ROOT, "GetOperation", get("transferOperations/none"))).isEqualTo("in");
    assertThat(outcome(ALICE, "GetOperation", get("projects/a/operations/1"))).isEqualTo("in");
    assertThat(outcome(ALICE, "GetOperation", get("projects/b/operations/1")))
        .isEqualTo("IAM_PERMISSION_DENIED");
    assertThat(lookups).isEqualTo(3);
  }

  @Test
  void a_refusal_says_the_same_of_what_there_is_and_of_what_there_is_not() {
    collections.put("transferOperations/theirs", "projects/b");

    var there = (Problem) enter(ALICE, "GetOperation", get("transferOperations/theirs")).cause();
    var absent = (Problem) enter(ALICE, "GetOperation", get("transferOperations/absent")).cause();

    assertThat(there.message())
        .isEqualTo(
            "permission storagetransfer.operations.get denied on"
                + " storage-transfer-v1/transferOperations/theirs (or it may not exist)");
    assertThat(absent.message()).isEqualTo(there.message().replace("theirs", "absent"));
  }

  @Test
  void the_permissions_that_a_service_asks_for_are_as_good_as_those_of_this_server() {
    assertThat(outcome(ALICE, "GetOperation", get("projects/a/locations/eu/operations/1")))
        .isEqualTo("in");
    var half = enter(ALICE, "GetOperation", get("projects/h/locations/eu/operations/1"));
    assertThat(((Problem) half.cause()).facts())
        .containsEntry(
            "permission",
            "contactcenterinsights.authorizedOperations.get and contactcenterinsights.operations.get");
  }

  @Test
  void which_of_a_methods_paths_is_called_is_seen_by_the_form_of_the_name() {
    var bindings = TestProfiles.profile(INSIGHTS).bindings();
    String method = "google.longrunning.Operations/GetOperation";
    String view = "/authorizedViewSets/s/authorizedViews/v/operations/1";

    assertThat(bindings.path(method, "projects/a/locations/eu/operations/1")).hasValue(0);
    assertThat(bindings.path(method, "projects/a/locations/eu" + view)).hasValue(1);
    assertThat(bindings.path(method, "operations/1")).isEmpty();
    String list = "google.longrunning.Operations/ListOperations";
    assertThat(bindings.path(list, "projects/a/locations/eu")).hasValue(0);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "CancelOperation",
        "DeleteOperation",
        "WaitOperation",
        "UpdateOperation",
        "CompleteOperation",
        "AdoptOperation",
        "MintWatchToken",
        "StartOperation"
      })
  void a_ticket_is_no_good_for_anything_but_watching_and_getting(String method) {
    var ticket = new Ticket("default", "projects/a/operations/1", false);
    var request = row(method).request().newBuilderForType();
    request.setField(
        request.getDescriptorForType().findFieldByName("name"), "projects/a/operations/1");

    assertThat(outcome(bearer(ROOT, ticket), method, request.build()))
        .isEqualTo("IAM_PERMISSION_DENIED");
    assertThat(outcome(ROOT, method, request.build())).isEqualTo("in");
  }

  @Test
  void a_ticket_is_for_what_it_names_and_only_as_long_as_its_giver_may() {
    var one = bearer(ALICE, new Ticket("default", "projects/a/operations/1", false));
    var all = bearer(ALICE, new Ticket("default", "projects/a", true));
    var foreign = bearer(ALICE, new Ticket("default", "projects/b/operations/1", false));
    var watchA = WatchOperationsRequest.newBuilder().setName("projects/a").build();
    var watchB = WatchOperationsRequest.newBuilder().setName("projects/b").build();

    assertThat(outcome(one, "GetOperation", get("projects/a/operations/1"))).isEqualTo("in");
    assertThat(outcome(one, "GetOperation", get("projects/a/operations/2"))).isNotEqualTo("in");
    assertThat(outcome(one, "WatchOperations", watchA)).isNotEqualTo("in");
    assertThat(outcome(one, "ListOperations", list("projects/a"))).isNotEqualTo("in");
    assertThat(outcome(all, "GetOperation", get("projects/a/operations/2"))).isEqualTo("in");
    assertThat(outcome(all, "WatchOperations", watchA)).isEqualTo("in");
    assertThat(outcome(all, "WatchOperations", watchB)).isNotEqualTo("in");
    assertThat(outcome(all, "GetOperation", get("projects/b/operations/1"))).isNotEqualTo("in");
    assertThat(outcome(foreign, "GetOperation", get("projects/b/operations/1"))).isNotEqualTo("in");
    assertThat(gate.enter(row("ReportOperations"), call(bearer(ROOT, one.ticket().get()))).failed())
        .isTrue();
  }

  @Test
  void of_many_collections_the_pass_says_what_may_be_seen() {
    assertThat(enter(ALICE, "ListOperations", list("projects/-")).result().view())
        .isEqualTo(Visibility.of(Set.of("projects/a")));
    assertThat(enter(ROOT, "ListOperations", list("projects/-")).result().view())
        .isEqualTo(Visibility.ALL);
    assertThat(outcome(ALICE, "ListOperations", list("folders/-")))
        .isEqualTo("IAM_PERMISSION_DENIED");
  }

  @Test
  void the_filter_says_what_is_listed_where_it_does() {
    var own =
        ListOperationsRequest.newBuilder()
            .setName("transferOperations")
            .setFilter("{\"project_id\": \"a\"}");
    var foreign = own.clone().setFilter("{\"project_id\": \"b\"}").build();
    var wrong = own.clone().setFilter("{").build();

    assertThat(outcome(ALICE, "ListOperations", own.build())).isEqualTo("in");
    assertThat(outcome(ALICE, "ListOperations", foreign)).isEqualTo("IAM_PERMISSION_DENIED");
    assertThat(outcome(ALICE, "ListOperations", wrong)).isEqualTo("INVALID_FIELD");
  }

  @Test
  void an_operation_starts_where_it_will_belong_or_nowhere_but_in_the_whole_service() {
    var start = StartOperationRequest.newBuilder().setName("transferOperations/new");

    assertThat(outcome(ALICE, "StartOperation", start.clone().putLabels("project_id", "a").build()))
        .isEqualTo("in");
    assertThat(outcome(ALICE, "StartOperation", start.clone().putLabels("project_id", "b").build()))
        .isEqualTo("IAM_PERMISSION_DENIED");
    assertThat(outcome(ALICE, "StartOperation", start.build())).isEqualTo("IAM_PERMISSION_DENIED");
    assertThat(outcome(ROOT, "StartOperation", start.build())).isEqualTo("in");
    var parent = StartOperationRequest.newBuilder().setParent("projects/a").build();
    assertThat(outcome(ALICE, "StartOperation", parent)).isEqualTo("in");
    var flat =
        StartOperationRequest.newBuilder()
            .setParent("transferOperations")
            .setService("storage-transfer-v1");
    assertThat(outcome(ALICE, "StartOperation", flat.clone().putLabels("project_id", "a").build()))
        .isEqualTo("in");
    var pathOnly =
        policy(
            "bindings: [{role: producer, members: ['token:alice'], resources: [storage-transfer-v1/transferOperations]}]");
    policy = pathOnly;
    assertThat(outcome(ALICE, "StartOperation", flat.clone().putLabels("project_id", "b").build()))
        .isEqualTo("IAM_PERMISSION_DENIED");
  }

  @Test
  void another_policy_is_in_force_at_once_and_passes_are_judged_by_it() {
    var pass = enter(ALICE, "CancelOperation", cancel("projects/a/operations/1")).result();
    var many = enter(ALICE, "ListOperations", list("projects/-")).result();
    assertThat(gate.fault(pass)).isEmpty();

    policy = Policies.of("token:alice", "viewer", "default/projects");

    assertThat(gate.fault(pass).orElseThrow().reason()).isEqualTo("IAM_PERMISSION_DENIED");
    assertThat(gate.fault(many).orElseThrow().reason()).isEqualTo("PERMISSIONS_CHANGED");
    assertThat(outcome(ALICE, "GetOperation", get("projects/b/operations/1"))).isEqualTo("in");
    policy = Policy.NONE;
    assertThat(gate.fault(many).orElseThrow().reason()).isEqualTo("IAM_PERMISSION_DENIED");
  }

  @Test
  void a_pass_ends_with_its_callers_credential() {
    Credential short1 =
        at ->
            at.isBefore(Instant.ofEpochSecond(10))
                ? Optional.empty()
                : Optional.of(CallerProblems.credentialsExpired());
    var caller = new Identity("token:alice", Set.of(), Optional.empty(), short1);
    var pass = enter(caller, "GetOperation", get("projects/a/operations/1")).result();

    now = Instant.ofEpochSecond(9);
    assertThat(gate.fault(pass)).isEmpty();
    now = Instant.ofEpochSecond(10);

    assertThat(gate.fault(pass).orElseThrow().reason()).isEqualTo("ACCESS_TOKEN_EXPIRED");
  }

  @Test
  void what_is_far_too_long_is_refused_without_being_looked_through() {
    var name = get("a/".repeat(1_000_000));
    var filter =
        ListOperationsRequest.newBuilder()
            .setName("projects/a")
            .setFilter("(".repeat(2_000_000))
            .build();

    assertThat(outcome(ALICE, "GetOperation", name)).isEqualTo("INVALID_FIELD");
    assertThat(outcome(ALICE, "ListOperations", filter)).isEqualTo("in");
  }

  @Test
  void a_lookup_that_fails_lets_nobody_in() {
    Promise<Optional<String>> lookup = Promise.promise();
    var waiting = new Gate(() -> policy, key -> lookup.future(), () -> now);

    @SuppressWarnings("unchecked")
    var entered =
        waiting.enter(
            (Row<GetOperationRequest, ?>) row("GetOperation"),
            call(ALICE),
            (GetOperationRequest) get("transferOperations/x"));
    assertThat(entered.isComplete()).isFalse();
    lookup.fail(Problem.databaseUnavailable());

    assertThat(((Problem) entered.cause()).reason()).isEqualTo("DATABASE_UNAVAILABLE");
  }
}
