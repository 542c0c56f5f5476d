package dev.longrunning.observe;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

final class AccessLineTest {
  private static AccessLine line(String operation, String agent) {
    return new AccessLine(
        Instant.parse("2026-01-02T03:04:05.000600Z"),
        "r-1",
        "192.0.2.1",
        "grpc+h2",
        "google.longrunning.Operations/GetOperation",
        operation,
        "OK",
        "",
        200,
        12,
        345,
        1_234_567,
        agent);
  }

  @Test
  void a_line_of_text_has_every_fact_in_its_place() {
    assertThat(line("operations/a", "grpc-java/1.2 (x)").text())
        .isEqualTo(
            "2026-01-02T03:04:05.000Z call id=r-1 caller=192.0.2.1 transport=grpc+h2"
                + " method=google.longrunning.Operations/GetOperation operation=operations/a"
                + " code=OK reason=\"\" status=200 bytes_in=12 bytes_out=345 took_us=1234"
                + " agent=\"grpc-java/1.2 (x)\"\n");
  }

  @Test
  void a_line_of_json_has_the_same() {
    assertThat(line("operations/a", "x").json())
        .isEqualTo(
            "{\"time\":\"2026-01-02T03:04:05.000Z\",\"id\":\"r-1\",\"caller\":\"192.0.2.1\","
                + "\"transport\":\"grpc+h2\","
                + "\"method\":\"google.longrunning.Operations/GetOperation\","
                + "\"operation\":\"operations/a\",\"code\":\"OK\",\"reason\":\"\",\"status\":200,"
                + "\"bytes_in\":12,\"bytes_out\":345,\"took_us\":1234,\"agent\":\"x\"}\n");
  }

  @Test
  void what_a_caller_sends_cannot_begin_another_line_or_another_fact() {
    var hostile = line("a\nb code=OK", "\"}\r\u001b[31m\u2028é");

    assertThat(hostile.text())
        .contains(
            "operation=\"a\\u000ab code=OK\"", "agent=\"\\\"}\\u000d\\u001b[31m\\u2028\\u00e9\"")
        .containsOnlyOnce("\n")
        .isASCII();
    assertThat(hostile.json()).containsOnlyOnce("\n").isASCII();
  }
}
