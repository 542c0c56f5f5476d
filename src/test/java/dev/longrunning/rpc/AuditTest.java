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

    assertThat(audit.begins(row("CancelOperation"))).isEmpty();
    audit.ended(row("CancelOperation"), Rows.GRPC, "operations/a", NONE);
    audit.endedUnwatched(row("GetOperation"), Rows.GRPC, "operations/b", NONE);
    audit.endedUnwatched(
        row("GetOperation"), Rows.GRPC, "", Optional.of(Problem.notFound("operations/c")));
    audit.endedUnwatched(
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
    var taken = new ByteArrayOutputStream();
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
            taken.write(bytes, from, length);
          }
        };
    var log = log(stuck);
    var audit = new Audit(log, () -> Instant.EPOCH);
    assertThat(audit.begins(row("CancelOperation"))).isEmpty();
    audit.ended(row("CancelOperation"), Rows.GRPC, "operations/first", NONE);
    entered.await();
    assertThat(audit.begins(row("CancelOperation"))).isEmpty();
    var refused = Optional.of(CallerProblems.credentialsMissing("a token"));
    for (int i = 0; i < 20_000; i++) {
      audit.endedUnwatched(row("GetOperation"), Rows.GRPC, "", refused);
    }
    int begun = 1;
    while (audit.begins(row("CancelOperation")).isEmpty()) {
      begun++;
    }

    assertThat(audit.begins(row("CancelOperation")).orElseThrow().reason()).isEqualTo("OVERLOADED");
    assertThat(audit.begins(row("GetOperation"))).isEmpty();
    for (int i = 0; i < begun; i++) {
      audit.ended(row("CancelOperation"), Rows.GRPC, "operations/begun", NONE);
    }
    freed.countDown();
    log.close();
    assertThat(taken.toString(StandardCharsets.UTF_8).lines())
        .filteredOn(line -> line.contains("operations/begun"))
        .hasSize(begun);
    assertThat(Audit.NONE.begins(row("CancelOperation"))).isEmpty();
  }
}
