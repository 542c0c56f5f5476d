package dev.longrunning.rpc;

import static dev.longrunning.store.Await.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.google.longrunning.CancelOperationRequest;
import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.Empty;
import com.google.protobuf.FieldMask;
import com.google.protobuf.Message;
import com.google.protobuf.util.Durations;
import com.google.protobuf.util.Timestamps;
import com.google.rpc.Status;
import dev.longrunning.operation.OperationKey;
import dev.longrunning.operation.Problem;
import dev.longrunning.v1.AdoptOperationRequest;
import dev.longrunning.v1.AdoptOperationResponse;
import dev.longrunning.v1.CompleteOperationRequest;
import dev.longrunning.v1.CompleteOperationResponse;
import dev.longrunning.v1.OperationSnapshot;
import dev.longrunning.v1.Progress;
import dev.longrunning.v1.StartOperationRequest;
import dev.longrunning.v1.StartOperationResponse;
import dev.longrunning.v1.UpdateOperationRequest;
import dev.longrunning.v1.UpdateOperationResponse;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class ProducerMethodsTest {
  private static final String NAME = "projects/p/operations/mine";
  private static final String REQUEST = "6f1c3f0e-7a55-4f5c-9c5e-0d6a2f6b8f10";
  private static final Any METADATA =
      Any.newBuilder().setTypeUrl("a/b").setValue(ByteString.copyFromUtf8("m")).build();
  private static final Progress PROGRESS =
      Progress.newBuilder()
          .setDoneUnits(1)
          .setTotalUnits(2)
          .setUnit("files")
          .setMessage("half")
          .setEstimatedEndTime(Timestamps.fromSeconds(2_000_000_000))
          .build();

  private final Rows rows = new Rows();

  private static StartOperationRequest.Builder starting() {
    return StartOperationRequest.newBuilder().setParent("projects/p").setOperationId("mine");
  }

  private static UpdateOperationRequest.Builder updating() {
    return UpdateOperationRequest.newBuilder().setName(NAME);
  }

  private static CompleteOperationRequest.Builder completing() {
    return CompleteOperationRequest.newBuilder().setName(NAME);
  }

  private StartOperationResponse start(StartOperationRequest.Builder request) {
    return rows.answer(request.build(), StartOperationResponse.getDefaultInstance());
  }

  private UpdateOperationResponse update(UpdateOperationRequest.Builder request) {
    return rows.answer(request.build(), UpdateOperationResponse.getDefaultInstance());
  }

  private OperationSnapshot complete(CompleteOperationRequest.Builder request) {
    return rows.answer(request.build(), CompleteOperationResponse.getDefaultInstance())
        .getSnapshot();
  }

  private void assertFails(Message.Builder request, String message) {
    assertThatExceptionOfType(Problem.class)
        .isThrownBy(() -> await(rows.send(Rows.GRPC, request.build())))
        .withMessage(message);
  }

  @Test
  void a_start_keeps_everything_that_it_is_given() {
    var started =
        start(
            starting()
                .setMetadata(METADATA)
                .setProgress(PROGRESS)
                .putAllLabels(Map.of("k", "v"))
                .setRequestId(REQUEST.toUpperCase(Locale.ROOT))
                .setLeaseDuration(Durations.fromSeconds(60))
                .setAdoptionWindow(Durations.fromSeconds(5))
                .setRetention(Durations.fromSeconds(10))
                .setService("default"));

    var snapshot = started.getSnapshot();
    assertThat(snapshot.getOperation().getName()).isEqualTo(NAME);
    assertThat(snapshot.getOperation().getMetadata()).isEqualTo(METADATA);
    assertThat(snapshot.getProgress()).isEqualTo(PROGRESS);
    assertThat(snapshot.getLabelsMap()).isEqualTo(Map.of("k", "v"));
    assertThat(snapshot.getVersion()).isPositive();
    assertThat(started.getLease().getToken()).hasSize(36);
    assertThat(start(starting().setRequestId(REQUEST)).getLease()).isEqualTo(started.getLease());
    var token = started.getLease().getToken();
    var done = complete(completing().setLeaseToken(token).setResponse(METADATA));
    assertThat(done.getExpireTime())
        .isEqualTo(Timestamps.add(done.getEndTime(), Durations.fromSeconds(10)));
  }

  @Test
  void a_start_is_named_by_parent_and_id_by_name_or_by_the_server() {
    var flat = start(StartOperationRequest.newBuilder().setOperationId("mine"));
    assertThat(flat.getSnapshot().getOperation().getName()).isEqualTo("operations/mine");
    var byPath =
        start(StartOperationRequest.newBuilder().setParent("operations").setOperationId("path"));
    assertThat(byPath.getSnapshot().getOperation().getName()).isEqualTo("operations/path");
    var named = start(StartOperationRequest.newBuilder().setName("a/operations/X_1"));
    assertThat(named.getSnapshot().getOperation().getName()).isEqualTo("a/operations/X_1");
    var both = start(StartOperationRequest.newBuilder().setParent("a").setName("a/operations/X_2"));
    assertThat(both.getSnapshot().getOperation().getName()).isEqualTo("a/operations/X_2");
    var chosen = start(StartOperationRequest.newBuilder().setParent("p".repeat(437)));
    assertThat(chosen.getSnapshot().getOperation().getName()).matches("p+/operations/[a-z2-7]{53}");
  }

  @Test
  void a_start_that_contradicts_itself_is_refused() {
    assertFails(
        StartOperationRequest.newBuilder().setName("operations/x").setOperationId("mine"),
        "name: got operations/x, allowed only without operation_id");
    assertFails(
        StartOperationRequest.newBuilder().setName("operations/x").setParent("projects/p"),
        "name: got operations/x, allowed only names below parent, or no parent");
    assertFails(
        starting().setAdoptionWindow(Durations.fromSeconds(5)),
        "adoption_window: got PT5S, allowed only with lease_duration");
    assertFails(starting().setService("other"), "service: got other, allowed default or nothing");
  }

  @Test
  void an_update_without_mask_replaces_what_is_set() {
    start(starting().setMetadata(METADATA).putLabels("k", "v"));

    var snapshot = update(updating().setProgress(PROGRESS)).getSnapshot();

    assertThat(snapshot.getOperation().getMetadata()).isEqualTo(METADATA);
    assertThat(snapshot.getProgress()).isEqualTo(PROGRESS);
    assertThat(snapshot.getLabelsMap()).isEqualTo(Map.of("k", "v"));
  }

  @Test
  void an_update_replaces_or_clears_what_its_mask_names() {
    start(starting().setMetadata(METADATA).setProgress(PROGRESS).putLabels("k", "v"));
    var mask = FieldMask.newBuilder().addPaths("progress").addPaths("labels");

    var snapshot =
        update(
                updating()
                    .setUpdateMask(mask)
                    .setMetadata(Any.pack(Empty.getDefaultInstance()))
                    .putLabels("x", "y"))
            .getSnapshot();

    assertThat(snapshot.getOperation().getMetadata()).isEqualTo(METADATA);
    assertThat(snapshot.hasProgress()).isFalse();
    assertThat(snapshot.getLabelsMap()).isEqualTo(Map.of("x", "y"));
    var all = FieldMask.newBuilder().addPaths("metadata").addPaths("labels");
    var cleared = update(updating().setUpdateMask(all)).getSnapshot();
    assertThat(cleared.getOperation().hasMetadata()).isFalse();
    assertThat(cleared.getLabelsMap()).isEmpty();
  }

  @Test
  void an_unknown_path_is_refused() {
    assertFails(
        updating().setUpdateMask(FieldMask.newBuilder().addPaths("metadata").addPaths("done")),
        "update_mask: got done, allowed any of labels, metadata, progress");
  }

  @Test
  void a_bare_renewal_changes_no_version_and_tells_of_a_cancellation() {
    var started = start(starting().setLeaseDuration(Durations.fromSeconds(60)));
    String token = started.getLease().getToken();

    var first = update(updating().setLeaseToken(token));
    await(rows.send(Rows.GRPC, CancelOperationRequest.newBuilder().setName(NAME).build()));
    rows.fixture.states.hear(OperationKey.of(NAME));
    var second = update(updating().setLeaseToken(token));

    assertThat(first.getSnapshot()).isEqualTo(started.getSnapshot());
    assertThat(first.getCancelRequested()).isFalse();
    assertThat(first.getLease().getToken()).isEqualTo(token);
    assertThat(second.getCancelRequested()).isTrue();
  }

  @Test
  void a_token_that_is_none_of_ours_is_a_lost_lease() {
    start(starting().setLeaseDuration(Durations.fromSeconds(60)));
    for (var token : new String[] {"", "x", "1-1-1-1-1", "00000000-0000-0000-0000-000000000000"}) {
      assertFails(
          updating().setLeaseToken(token), "lease_token: missing, wrong, or taken over: " + NAME);
    }
  }

  private static AdoptOperationRequest.Builder adopting() {
    return AdoptOperationRequest.newBuilder()
        .setName(NAME)
        .setLeaseDuration(Durations.fromSeconds(30));
  }

  private AdoptOperationResponse adopt(AdoptOperationRequest.Builder request) {
    return rows.answer(request.build(), AdoptOperationResponse.getDefaultInstance());
  }

  @Test
  void an_adoption_answers_with_state_lease_and_cancellation() {
    var started = start(starting().setMetadata(METADATA)).getSnapshot();

    var first = adopt(adopting().setRequestId(REQUEST));

    assertThat(first.getSnapshot()).isEqualTo(started);
    assertThat(first.getLease().getToken()).hasSize(36);
    assertThat(first.getLease().hasExpireTime()).isTrue();
    assertThat(first.getCancelRequested()).isFalse();
    assertThat(adopt(adopting().setRequestId(REQUEST))).isEqualTo(first);
    await(rows.send(Rows.GRPC, CancelOperationRequest.newBuilder().setName(NAME).build()));
    rows.fixture.states.hear(OperationKey.of(NAME));
    assertFails(adopting(), "force: not set, and the lease is alive: " + NAME);
    var second = adopt(adopting().setForce(true));
    assertThat(second.getCancelRequested()).isTrue();
    assertThat(second.getLease().getToken()).isNotEqualTo(first.getLease().getToken());
  }

  @Test
  void an_adoption_needs_a_lease_duration_and_this_service() {
    start(starting());

    assertFails(
        adopting().clearLeaseDuration(),
        "lease_duration: got '', allowed 1s to 86400s: an adoption needs one");
    assertFails(adopting().setService("other"), "service: got other, allowed default or nothing");
  }

  @Test
  void a_completion_keeps_response_or_error_and_contents() {
    start(starting());
    var error = Status.newBuilder().setCode(5).setMessage("no\nsuch file").addDetails(METADATA);

    var snapshot =
        complete(completing().setError(error).setProgress(PROGRESS).setMetadata(METADATA));

    assertThat(snapshot.getOperation().getDone()).isTrue();
    assertThat(snapshot.getOperation().getError()).isEqualTo(error.build());
    assertThat(snapshot.getOperation().getMetadata()).isEqualTo(METADATA);
    assertThat(snapshot.getProgress()).isEqualTo(PROGRESS);
    assertThat(complete(completing().setError(error))).isEqualTo(snapshot);
    assertFails(
        completing().setResponse(METADATA), "name: the operation is done, which is final: " + NAME);
  }

  @Test
  void a_completion_without_result_is_refused() {
    assertFails(completing(), "result: got '', allowed response or error");
  }

  @Test
  void the_rows_are_the_methods_of_the_service() {
    var service =
        StartOperationRequest.getDescriptor().getFile().findServiceByName("OperationProducer");
    var all = rows.withStreams();
    for (var row : all) {
      if (row.service().equals(ProducerMethods.SERVICE)) {
        var declared = service.findMethodByName(row.name());
        assertThat(row.request().getDescriptorForType()).isEqualTo(declared.getInputType());
        assertThat(row.response().getDescriptorForType()).isEqualTo(declared.getOutputType());
      }
    }
    assertThat(all.stream().filter(row -> row.service().equals(service.getFullName())))
        .extracting(Row::name)
        .containsExactlyInAnyOrderElementsOf(
            service.getMethods().stream().map(MethodDescriptor::getName).toList());
    assertThat(service.getFullName()).isEqualTo(ProducerMethods.SERVICE);
  }
}
