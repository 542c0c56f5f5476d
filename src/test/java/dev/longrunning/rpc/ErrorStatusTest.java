package dev.longrunning.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.BadRequest;
import com.google.rpc.Code;
import com.google.rpc.ErrorInfo;
import com.google.rpc.PreconditionFailure;
import com.google.rpc.ResourceInfo;
import dev.longrunning.operation.CallerProblems;
import dev.longrunning.operation.Problem;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class ErrorStatusTest {
  @Test
  void a_status_stays_small_whatever_the_input() throws InvalidProtocolBufferException {
    var violations =
        IntStream.range(0, 1_000)
            .mapToObj(i -> new Problem.Violation("€".repeat(1_000), "𝄞".repeat(1_000)))
            .toList();

    var status = ErrorStatus.of(Problem.invalid(violations));

    assertThat(status.getSerializedSize()).isLessThanOrEqualTo(ErrorStatus.STATUS_BYTES_MAX);
    assertThat(status.getMessage().getBytes(StandardCharsets.UTF_8))
        .hasSizeBetween(ErrorStatus.MESSAGE_BYTES_MAX - 3, ErrorStatus.MESSAGE_BYTES_MAX);
    assertThat(status.getMessage()).endsWith("€…");
    assertThat(status.getDetails(0).unpack(ErrorInfo.class).getReason()).isEqualTo("INVALID_FIELD");
    assertThat(status.getDetails(1).unpack(BadRequest.class).getFieldViolationsCount())
        .isPositive();
  }

  @Test
  void a_resource_that_is_at_fault_is_named_whole() throws InvalidProtocolBufferException {
    String name = "projects/" + "p".repeat(400) + "/operations/1";

    var missing = details(Problem.notFound(name)).get(1).unpack(ResourceInfo.class);
    var denied =
        details(CallerProblems.permissionDenied("longrunning.operations.get", "default/" + name))
            .get(1)
            .unpack(ResourceInfo.class);
    var done = details(Problem.done(name)).get(1).unpack(PreconditionFailure.class);

    assertThat(missing.getResourceName()).isEqualTo(name);
    assertThat(denied.getResourceName()).isEqualTo("default/" + name);
    assertThat(done.getViolations(0).getSubject()).isEqualTo(name);
    assertThat(done.getViolations(0).getType()).isEqualTo("OPERATION_DONE");
    assertThat(details(Problem.deadline())).hasSize(1);
  }

  private static List<Any> details(Problem problem) {
    return ErrorStatus.of(problem).getDetailsList();
  }

  @Test
  void each_kind_has_a_code_of_its_own_and_an_http_status() {
    var codes = new HashSet<Code>();
    for (var kind : EnumSet.allOf(Problem.Kind.class)) {
      assertThat(codes.add(StatusTable.code(kind))).as(kind.name()).isTrue();
      assertThat(StatusTable.http(kind)).isBetween(400, 504);
    }
  }
}
