package dev.longrunning.rpc;

import static dev.longrunning.store.Await.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.longrunning.CancelOperationRequest;
import com.google.longrunning.DeleteOperationRequest;
import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.FieldMask;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.Durations;
import com.google.rpc.BadRequest;
import com.google.rpc.Code;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import com.google.rpc.Status;
import dev.longrunning.operation.OperationKey;
import dev.longrunning.operation.Problem;
import dev.longrunning.store.Switches.Call;
import dev.longrunning.v1.CompleteOperationRequest;
import dev.longrunning.v1.Progress;
import dev.longrunning.v1.ReportOperationsRequest;
import dev.longrunning.v1.ReportOperationsResponse;
import dev.longrunning.v1.ReportOperationsResponse.EventCase;
import dev.longrunning.v1.ReportResult;
import dev.longrunning.v1.StartOperationRequest;
import dev.longrunning.v1.UpdateOperationRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class ReportStreamTest {
  private static final int MEBI = 1 << 20;
  private static final Any SMALL = any(10);

  private final Rows rows = new Rows();
  private final ScriptedPeer peer = ScriptedPeer.open(rows, "192.0.2.1");

  private static Any any(int bytes) {
    return Any.newBuilder()
        .setTypeUrl("a/b")
        .setValue(ByteString.copyFrom(new byte[bytes - 9]))
        .build();
  }

  private static String name(int number) {
    return "operations/o" + number;
  }

  private static StartOperationRequest.Builder start(int number) {
    return StartOperationRequest.newBuilder().setName(name(number));
  }

  private static UpdateOperationRequest.Builder update(int number) {
    return UpdateOperationRequest.newBuilder().setName(name(number));
  }

  private static UpdateOperationRequest.Builder progress(int number, long done) {
    return update(number).setProgress(Progress.newBuilder().setDoneUnits(done));
  }

  private static CompleteOperationRequest.Builder complete(int number) {
    return CompleteOperationRequest.newBuilder().setName(name(number)).setResponse(SMALL);
  }

  private static ReportOperationsRequest.Builder report(StartOperationRequest.Builder start) {
    return ReportOperationsRequest.newBuilder().setStart(start);
  }

  private static ReportOperationsRequest.Builder report(UpdateOperationRequest.Builder update) {
    return ReportOperationsRequest.newBuilder().setUpdate(update);
  }

  private static ReportOperationsRequest.Builder report(CompleteOperationRequest.Builder end) {
    return ReportOperationsRequest.newBuilder().setComplete(end);
  }

  private static ReportOperationsRequest.Builder report(Message request) {
    var report = ReportOperationsRequest.newBuilder();
    if (request instanceof StartOperationRequest start) {
      return report.setStart(start);
    }
    return request instanceof UpdateOperationRequest update
        ? report.setUpdate(update)
        : report.setComplete((CompleteOperationRequest) request);
  }

  private ReportResult result(long sequence) {
    var result = peer.bySequence().get(sequence);
    assertThat(result).as("result of %s among %s", sequence, peer.received).isNotNull();
    return result;
  }

  private static ErrorInfo info(Status error) {
    try {
      return error.getDetails(0).unpack(ErrorInfo.class);
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  private void pass(long millis) {
    rows.fixture.clock.pass(Duration.ofMillis(millis));
  }

  private void call(Message request) {
    await(rows.send(Rows.GRPC, request));
  }

  private void cancel(int number) {
    call(CancelOperationRequest.newBuilder().setName(name(number)).build());
  }

  private void hear(int number) {
    rows.fixture.states.hear(OperationKey.of(name(number)));
  }

  private void hold() {
    rows.fixture.switches().holdRequests(Call.APPLY);
  }

  private void release() {
    rows.fixture.switches().release(Call.APPLY);
  }

  @Test
  void every_report_has_its_result_with_state_and_lease() {
    var lease = Durations.fromSeconds(60);
    peer.send(
        -7, report(start(1).setMetadata(SMALL).setLeaseDuration(lease).setService("default")));
    var token = result(-7).getLease().getToken();
    peer.send(8, report(progress(1, 3).setLeaseToken(token)));
    peer.send(9, report(complete(1).setLeaseToken(token)));
    peer.send(10, report(StartOperationRequest.newBuilder().setParent("projects/p")));

    assertThat(peer.results()).extracting(ReportResult::hasError).containsOnly(false);
    var started = result(-7).getSnapshot();
    assertThat(started.getOperation().getName()).isEqualTo(name(1));
    assertThat(started.getOperation().getMetadata()).isEqualTo(SMALL);
    assertThat(token).hasSize(36);
    var updated = result(8);
    assertThat(updated.getSnapshot().getProgress().getDoneUnits()).isEqualTo(3);
    assertThat(updated.getSnapshot().getVersion()).isGreaterThan(started.getVersion());
    assertThat(updated.getLease().getToken()).isEqualTo(token);
    var done = result(9);
    assertThat(done.getSnapshot().getOperation().getResponse()).isEqualTo(SMALL);
    assertThat(done.hasLease()).isFalse();
    assertThat(result(10).getSnapshot().getOperation().getName())
        .matches("projects/p/operations/[a-z2-7]{53}");
    assertThat(peer.events()).isEmpty();
  }

  @Test
  void results_come_as_they_are_known() {
    hold();
    peer.send(1, report(start(1)));
    peer.send(2, report(progress(1, 1)));
    peer.send(3, ReportOperationsRequest.newBuilder());
    peer.send(4, report(start(2)));
    release();

    assertThat(peer.results())
        .extracting(ReportResult::getSequence)
        .containsExactly(3L, 1L, 2L, 4L);
  }

  @Test
  void an_error_is_what_a_call_would_be_answered_and_leaves_the_stream_open() {
    call(start(1).build());
    call(start(2).setLeaseDuration(Durations.fromSeconds(60)).build());
    var refused =
        List.<Message>of(
            start(1).build(),
            start(3).setOperationId("both").build(),
            start(3).setParent("projects/p").build(),
            start(3).setAdoptionWindow(Durations.fromSeconds(1)).build(),
            start(3).setService("other").build(),
            start(3).setRequestId("x").putLabels("A", "").build(),
            update(9).build(),
            update(1).setLeaseDuration(Durations.fromSeconds(9)).build(),
            update(1).setVersion(99).build(),
            update(1).setVersion(-1).setName("x").build(),
            update(1).setUpdateMask(FieldMask.newBuilder().addPaths("done")).build(),
            update(1).setService("other").build(),
            update(2).build(),
            update(2).setLeaseToken("x").build(),
            complete(1).clearResponse().build(),
            complete(1).setError(Status.newBuilder().setCode(17)).build(),
            complete(2).build(),
            complete(1).setMetadata(any(MEBI + 1)).build());
    for (int i = 0; i < refused.size(); i++) {
      peer.send(i, report(refused.get(i)));
      var answer = rows.send(Rows.GRPC, refused.get(i));
      var problem = catchThrowableOfType(Problem.class, () -> await(answer));

      assertThat(result(i).getError()).isEqualTo(ErrorStatus.of(problem));
      assertThat(result(i).hasSnapshot()).isFalse();
    }
    peer.send(99, report(progress(1, 1)));
    assertThat(result(99).hasError()).isFalse();
    assertThat(peer.end).isEmpty();
  }

  @Test
  void a_report_without_content_is_an_invalid_argument() throws Exception {
    peer.send(5, ReportOperationsRequest.newBuilder());

    var error = result(5).getError();
    assertThat(error.getCode()).isEqualTo(Code.INVALID_ARGUMENT_VALUE);
    assertThat(error.getMessage()).isEqualTo("report: got '', allowed start, update or complete");
    assertThat(error.getDetails(1).unpack(BadRequest.class).getFieldViolations(0).getField())
        .isEqualTo("report");
    assertThat(peer.end).isEmpty();
  }

  @Test
  void a_sequence_that_is_under_way_is_refused_and_may_come_again_later() {
    hold();
    peer.send(5, report(start(1)));
    peer.send(5, report(start(2)));
    peer.send(6, report(start(3)));

    assertThat(peer.results()).hasSize(1);
    assertThat(result(5).getError().getMessage())
        .isEqualTo("sequence: got 5, allowed one that is not under way");
    peer.received.clear();
    peer.send(5, report(start(4)));
    assertThat(result(5).getError().getCode()).isEqualTo(Code.INVALID_ARGUMENT_VALUE);
    peer.received.clear();
    release();
    assertThat(result(5).getSnapshot().getOperation().getName()).isEqualTo(name(1));
    assertThat(result(6).hasError()).isFalse();
    peer.received.clear();
    peer.send(5, report(start(5)));
    assertThat(result(5).hasError()).isFalse();
  }

  @Test
  void what_was_not_foreseen_is_internal_and_leaves_the_stream_open() {
    rows.fixture.switches().fail(Call.APPLY, new IllegalStateException("secret"));
    peer.send(1, report(start(1)));
    release();
    peer.send(2, report(start(1)));

    assertThat(result(1).getError().getCode()).isEqualTo(Code.INTERNAL_VALUE);
    assertThat(result(1).toString()).contains("id-7").doesNotContain("secret");
    assertThat(result(2).hasError()).isFalse();
  }

  @Test
  void so_many_reports_are_under_way_and_no_more_are_read() {
    hold();
    int all = ReportStream.REPORTS_MAX + 100;
    for (int i = 0; i < all; i++) {
      peer.send(i, report(start(i)));
    }
    pass(1_000);
    assertThat(peer.unread()).isEqualTo(100);

    release();
    pass(1_000);

    assertThat(peer.unread()).isZero();
    assertThat(peer.bySequence()).hasSize(all);
    assertThat(peer.results()).noneMatch(ReportResult::hasError);
  }

  @Test
  void the_loop_looks_at_its_other_connections_in_between() {
    for (int i = 0; i < 1_000; i++) {
      peer.send(i, report(start(i)));
    }

    assertThat(peer.results()).hasSizeBetween(20, ReportTurns.STEPS_MAX);
    pass(1);
    assertThat(peer.results()).hasSizeBetween(40, 2 * ReportTurns.STEPS_MAX);
    pass(1_000);
    assertThat(peer.results()).hasSize(1_000);
  }

  @Test
  void while_the_caller_does_not_read_results_no_more_reports_are_read() {
    hold();
    for (int i = 0; i < 10; i++) {
      peer.send(i, report(start(i)));
    }
    peer.read(false);
    for (int i = 10; i < 20; i++) {
      peer.send(i, report(start(i)));
    }
    release();
    pass(1_000);
    // One was asked for before.
    assertThat(peer.unread()).isEqualTo(9);
    assertThat(peer.received).isEmpty();

    peer.read(true);

    assertThat(peer.bySequence()).hasSize(20);
  }

  @Test
  void once_the_caller_has_no_more_all_results_are_sent_and_the_stream_ends_well() {
    hold();
    peer.send(1, report(start(1)));
    peer.send(2, report(progress(1, 1)));
    peer.halfClose();
    assertThat(peer.end).isEmpty();
    peer.read(false);
    release();
    assertThat(peer.end).isEmpty();

    peer.read(true);

    assertThat(peer.bySequence()).hasSize(2);
    assertThat(peer.end).contains(Code.OK);
    var silent = ScriptedPeer.open(rows, "192.0.2.2");
    silent.halfClose();
    assertThat(silent.end).contains(Code.OK);
  }

  @Test
  void merged_reports_have_a_result_each() {
    call(start(1).build());
    hold();
    for (int i = 1; i <= 4; i++) {
      peer.send(i, report(progress(1, i)));
    }
    var before = rows.fixture.switches().count(Call.APPLY);
    release();

    assertThat(rows.fixture.switches().count(Call.APPLY) - before).isOne();
    assertThat(peer.bySequence()).hasSize(4);
    assertThat(result(1).getSnapshot().getProgress().getDoneUnits()).isOne();
    assertThat(result(2)).isEqualTo(result(4).toBuilder().setSequence(2).build());
    assertThat(result(3).getSnapshot().getProgress().getDoneUnits()).isEqualTo(4);
  }

  @Test
  void a_caller_with_much_under_way_is_slowed_down_and_its_share_is_its_own() {
    hold();
    for (int i = 0; i < 40; i++) {
      peer.send(i, report(start(i).setMetadata(any(MEBI))));
    }
    pass(1_000);
    // A quarter of 64 MiB.
    assertThat(peer.unread()).isEqualTo(24);
    var same = ScriptedPeer.open(rows, "192.0.2.1");
    same.send(1, report(start(101)));
    var other = ScriptedPeer.open(rows, "192.0.2.2");
    other.send(1, report(start(102)));
    release();
    assertThat(other.bySequence()).hasSize(1);
    assertThat(same.unread()).isOne();

    pass(ReportTurns.LATER_MILLIS);

    assertThat(same.bySequence()).hasSize(1);
    assertThat(peer.bySequence()).hasSize(40);
  }

  @Test
  void what_finds_no_room_at_all_is_refused_as_overloaded() throws Exception {
    hold();
    var peers = new ArrayList<ScriptedPeer>();
    for (int i = 0; i < 40; i++) {
      // All of them have asked for one more before anything came.
      peers.add(ScriptedPeer.open(rows, "192.0.2.1"));
    }
    for (int i = 0; i < 40; i++) {
      peers.get(i).send(1, report(start(i).setMetadata(any(MEBI))));
    }

    var refused = peers.stream().filter(each -> !each.results().isEmpty()).toList();
    assertThat(refused).hasSize(9);
    for (var each : refused) {
      var error = each.bySequence().get(1L).getError();
      assertThat(info(error).getReason()).isEqualTo("OVERLOADED");
      assertThat(error.getDetails(1).is(RetryInfo.class)).isTrue();
      assertThat(each.end).isEmpty();
    }
    release();
    pass(100);
    peers.get(39).send(2, report(start(50).setMetadata(any(MEBI))));
    assertThat(peers.get(39).bySequence().get(2L).hasError()).isFalse();
  }

  @Test
  void results_that_wait_hold_so_much_and_the_states_of_others_are_read_again() {
    for (int i = 0; i < 40; i++) {
      call(start(i).setMetadata(any(MEBI)).build());
    }
    hold();
    for (int i = 0; i < 40; i++) {
      peer.send(i, report(progress(i, 7)));
    }
    peer.read(false);
    release();
    // One whose state was let go is gone by the time that it is sent.
    call(DeleteOperationRequest.newBuilder().setName(name(39)).build());
    hear(39);
    var other = ScriptedPeer.open(rows, "192.0.2.2");
    other.send(1, report(progress(1, 8)));
    assertThat(other.bySequence()).hasSize(1);
    int reads = rows.fixture.states.reads();

    peer.read(true);
    pass(100);

    assertThat(rows.fixture.states.reads() - reads).isEqualTo(9);
    assertThat(peer.bySequence()).hasSize(40);
    for (int i = 0; i < 39; i++) {
      assertThat(result(i).getSnapshot().getProgress().getDoneUnits()).isEqualTo(7);
      assertThat(result(i).getSnapshot().getOperation().hasMetadata()).isTrue();
    }
    assertThat(result(39)).isEqualTo(ReportResult.newBuilder().setSequence(39).build());
  }

  @Test
  void cancellations_are_told_beside_the_results() {
    var lease = Durations.fromSeconds(60);
    call(start(1).setLeaseDuration(lease).build());
    peer.send(1, report(start(2).setLeaseDuration(lease)));
    peer.send(2, report(start(3)));
    var token = result(1).getLease().getToken();
    assertThat(peer.events()).isEmpty();

    cancel(2);
    hear(2);
    cancel(3);
    hear(3);

    assertThat(peer.events())
        .extracting(event -> event.getCancelRequested().getName())
        .containsExactly(name(2), name(3));
    peer.send(3, report(update(2).setLeaseToken(token)));
    assertThat(result(3).getSnapshot().getCancelRequestTime())
        .isEqualTo(peer.events().get(0).getCancelRequested().getCancelRequestTime());
    assertThat(peer.events()).hasSize(2);
    // Not one of a stranger's.
    cancel(1);
    hear(1);
    peer.send(4, report(update(1)));
    assertThat(info(result(4).getError()).getReason()).isEqualTo("LEASE_LOST");
    assertThat(peer.events()).hasSize(2);
  }

  @Test
  void one_requested_before_the_first_report_is_told_and_waits_for_the_caller_to_read() {
    call(start(1).setLeaseDuration(Durations.fromSeconds(60)).build());
    var adopted = ScriptedPeer.open(rows, "192.0.2.2");
    adopted.send(1, report(start(2).setLeaseDuration(Durations.fromSeconds(60))));
    var token = adopted.bySequence().get(1L).getLease().getToken();
    cancel(2);
    hear(2);
    peer.send(1, report(start(3)));
    peer.read(false);
    peer.send(2, report(update(2).setLeaseToken(token)));
    assertThat(peer.events()).isEmpty();

    peer.read(true);

    assertThat(peer.events())
        .extracting(event -> event.getCancelRequested().getName())
        .containsExactly(name(2));
    assertThat(result(2).getSnapshot().hasCancelRequestTime()).isTrue();
  }

  private void signal(int number, String verb) {
    var key = OperationKey.of(name(number));
    await(rows.fixture.operations.signal(key, verb, Optional.empty()));
    hear(number);
  }

  @Test
  void signals_are_told_and_of_those_that_wait_for_the_caller_to_read_the_newest_of_each_verb() {
    var lease = Durations.fromSeconds(60);
    peer.send(1, report(start(1).setLeaseDuration(lease)));
    peer.send(2, report(start(2).setLeaseDuration(lease)));
    signal(1, "pause");
    assertThat(signals()).containsExactly(name(1) + " pause");

    peer.read(false);
    for (int i = 0; i < 1_000; i++) {
      signal(1, "resume");
      signal(2, "pause");
      signal(1, "pause");
    }
    peer.read(true);
    pass(1);

    assertThat(signals())
        .containsExactly(
            name(1) + " pause", name(1) + " resume", name(2) + " pause", name(1) + " pause");
    var token = result(1).getLease().getToken();
    peer.send(3, report(update(1).setLeaseToken(token)));
    assertThat(result(3).getSnapshot().getSignals(1))
        .isEqualTo(peer.events().get(3).getSignal().getSignal());
  }

  @Test
  void signals_hold_up_neither_results_nor_the_reports_after_them() {
    for (int i = 1; i <= 3; i++) {
      peer.send(i, report(start(i).setLeaseDuration(Durations.fromSeconds(60))));
    }
    var tokens = List.of(1L, 2L, 3L).stream().map(i -> result(i).getLease().getToken()).toList();
    peer.received.clear();
    hold();
    peer.send(4, report(progress(1, 1).setLeaseToken(tokens.get(0))));
    peer.send(5, report(progress(2, 1).setLeaseToken(tokens.get(1))));
    peer.read(false);
    release();
    for (int i = 1; i <= 3; i++) {
      signal(i, "pause");
    }

    peer.read(true);
    pass(1);

    assertThat(peer.received)
        .extracting(ReportOperationsResponse::getEventCase)
        .containsExactly(
            EventCase.SIGNAL,
            EventCase.RESULT,
            EventCase.SIGNAL,
            EventCase.RESULT,
            EventCase.SIGNAL);
    peer.read(false);
    signal(1, "resume");
    peer.read(true);
    peer.send(6, report(progress(3, 1).setLeaseToken(tokens.get(2))));
    pass(1);
    assertThat(result(6).getSnapshot().getProgress().getDoneUnits()).isOne();
  }

  private List<String> signals() {
    return peer.events().stream()
        .map(event -> event.getSignal().getName() + ' ' + event.getSignal().getSignal().getVerb())
        .toList();
  }

  @Test
  void a_stop_is_told_first_and_what_is_at_the_store_is_finished() {
    hold();
    peer.send(1, report(start(1)));
    peer.send(2, report(progress(1, 1)));
    peer.stop();
    assertThat(peer.received).hasSize(1);
    assertThat(peer.received.get(0).getEventCase()).isEqualTo(EventCase.GO_AWAY);
    peer.send(3, report(start(3)));
    assertThat(info(result(3).getError()).getReason()).isEqualTo("STOPPING");

    pass(ReportStream.GO_AWAY_MILLIS - 1);
    assertThat(peer.results()).hasSize(1);
    pass(1);
    assertThat(info(result(2).getError()).getReason()).isEqualTo("STOPPING");
    assertThat(peer.end).isEmpty();
    peer.send(4, report(start(4)));
    assertThat(info(result(4).getError()).getReason()).isEqualTo("STOPPING");
    release();

    assertThat(result(1).hasError()).isFalse();
    assertThat(peer.bySequence()).hasSize(4);
    assertThat(peer.end).contains(Code.UNAVAILABLE);
    assertThat(rows.fixture.switches().count(Call.APPLY)).isOne();
  }

  @Test
  void what_was_read_before_a_stop_goes_on_for_a_moment() {
    hold();
    peer.send(1, report(start(1)));
    peer.send(2, report(progress(1, 1)));
    peer.stop();
    release();

    assertThat(peer.bySequence()).hasSize(2);
    assertThat(peer.results()).noneMatch(ReportResult::hasError);
    assertThat(peer.end).isEmpty();
    pass(ReportStream.GO_AWAY_MILLIS);
    assertThat(peer.end).contains(Code.UNAVAILABLE);
  }

  @Test
  void a_caller_that_has_no_more_after_a_stop_ends_well() {
    hold();
    peer.send(1, report(start(1)));
    peer.stop();
    peer.halfClose();
    pass(ReportStream.GO_AWAY_MILLIS);
    release();

    assertThat(result(1).hasError()).isFalse();
    assertThat(peer.end).contains(Code.OK);
  }

  @Test
  void a_caller_that_does_not_heed_a_stop_does_not_keep_the_stream() {
    peer.stop();
    for (int i = 0; i < 60_000; i++) {
      peer.send(i, report(start(i)));
    }
    pass(ReportStream.GO_AWAY_MILLIS);

    assertThat(peer.end).contains(Code.UNAVAILABLE);
    // It would go on for ever.
    assertThat(peer.unread()).isPositive();
    assertThat(rows.fixture.switches().count(Call.APPLY)).isZero();
  }

  @Test
  void a_stop_is_told_as_soon_as_the_caller_reads() {
    hold();
    peer.send(1, report(start(1)));
    peer.read(false);
    release();
    peer.stop();
    pass(10_000);
    assertThat(peer.received).isEmpty();
    assertThat(peer.end).isEmpty();

    peer.read(true);

    assertThat(peer.received).hasSize(2);
    assertThat(peer.received.get(0).hasGoAway()).isTrue();
    assertThat(peer.end).contains(Code.UNAVAILABLE);
  }

  @Test
  void a_caller_that_leaves_gives_back_what_it_held() {
    hold();
    for (int i = 0; i < 16; i++) {
      peer.send(i, report(start(i).setMetadata(any(MEBI))));
      peer.send(100 + i, report(progress(i, 1)));
    }
    assertThat(rows.fixture.states.watches()).isPositive();
    int given = rows.fixture.switches().count(Call.APPLY);

    peer.leave();

    assertThat(rows.fixture.states.watches()).isZero();
    release();
    assertThat(rows.fixture.switches().count(Call.APPLY)).isEqualTo(given);
    assertThat(peer.received).isEmpty();
    var same = ScriptedPeer.open(rows, "192.0.2.1");
    for (int i = 20; i < 36; i++) {
      same.send(i, report(start(i).setMetadata(any(MEBI))));
    }
    assertThat(same.results()).hasSize(16);
  }
}
