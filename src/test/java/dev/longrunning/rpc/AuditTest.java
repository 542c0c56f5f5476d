package dev.longrunning.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longrunning.observe.LineLog;
import dev.longrunning.observe.Metrics;
import dev.longrunning.operation.CallerProblems;
import dev.longrunning.operation.Problem;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

final class AuditTest {
  private static final Optional<Problem> NONE = Optional.empty();

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  private static Row<?, ?> row(String name) {
    return MethodsDocs.methods().stream().filter(r -> r.name().equals(name)).findFirst().get();
  }

  private LineLog log(OutputStream to) {
    return new LineLog("audit", LineLog.Format.TEXT, to, new Metrics(System::nanoTime));
  }

  @Test
  void calls_that_change_what_others_see_have_a_line_and_others_only_if_refused() throws Exception {
    var log = log(out);
    var audit = new Audit(log, () -> Instant.EPOCH);

    audit.ended(row("CancelOperation"), Rows.GRPC, "operations/a", NONE);
    audit.ended(row("GetOperation"), Rows.GRPC, "operations/b", NONE);
    audit.ended(row("GetOperation"), Rows.GRPC, "", Optional.of(Problem.notFound("operations/c")));
    audit.ended(
        row("GetOperation"),
        Rows.GRPC,
        "",
        Optional.of(CallerProblems.permissionDenied("x.get", "default/operations/d")));
    log.close();

    assertThat(out.toString(StandardCharsets.UTF_8).lines())
        .containsExactly(
            "1970-01-01T00:00:00.000Z audit principal=\"\" address=\"\" transport=grpc"
                + " method=google.longrunning.Operations/CancelOperation resource=operations/a"
                + " code=OK reason=\"\" permission=\"\"",
            "1970-01-01T00:00:00.000Z audit principal=\"\" address=\"\" transport=grpc"
                + " method=google.longrunning.Operations/GetOperation"
                + " resource=default/operations/d code=PERMISSION_DENIED"
                + " reason=IAM_PERMISSION_DENIED permission=x.get");
  }

  @Test
  void a_call_that_needs_a_line_does_not_begin_without_room_for_it() throws Exception {
    var entered = new CountDownLatch(1);
    var freed = new CountDownLatch(1);
    var stuck =
        new OutputStream() {
          @Override
          public void write(int one) {
            throw new AssertionError("lines come whole");
          }

          @Override
          public void write(byte[] bytes, int from, int length) throws IOException {
            entered.countDown();
            try {
              freed.await();
            } catch (InterruptedException e) {
              throw new IOException(e);
            }
          }
        };
    var log = log(stuck);
    var audit = new Audit(log, () -> Instant.EPOCH);
    audit.ended(row("CancelOperation"), Rows.GRPC, "operations/a", NONE);
    entered.await();
    int lines = 0;
    while (log.hasRoom()) {
      audit.ended(row("CancelOperation"), Rows.GRPC, "operations/" + lines++, NONE);
    }

    assertThat(audit.refusal(row("CancelOperation")).orElseThrow().reason())
        .isEqualTo("OVERLOADED");
    assertThat(audit.refusal(row("GetOperation"))).isEmpty();
    freed.countDown();
    log.close();
    assertThat(Audit.NONE.refusal(row("CancelOperation"))).isEmpty();
  }
}
