package dev.longrunning.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.rpc.Code;
import com.google.rpc.ErrorInfo;
import dev.longrunning.testing.Frames;
import dev.longrunning.testing.HonestCaller;
import dev.longrunning.testing.RawHttp1;
import dev.longrunning.testing.RawHttp2;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;

/**
 * Every row of the batteries against one server, while an honest caller is served as if nobody else
 * were there.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class BatteryContract {
  private static final int LATER = 1_001;

  private HonestCaller honest;

  /** Where a server listens that has {@link GrpcBattery#NAME}. */
  abstract int port();

  @BeforeAll
  void beHonest() {
    honest = HonestCaller.open(port(), GrpcBattery.NAME);
  }

  @AfterAll
  void stop() {
    honest.close();
  }

  @TestFactory
  Stream<DynamicTest> grpc() {
    return tests(GrpcBattery.cases());
  }

  final Stream<DynamicTest> tests(List<GrpcBattery.Case> rows) {
    return rows.stream().map(row -> DynamicTest.dynamicTest(row.name(), () -> run(row)));
  }

  @TestFactory
  Stream<DynamicTest> http() {
    return httpTests(HttpBattery.cases());
  }

  final Stream<DynamicTest> httpTests(List<HttpBattery.Case> rows) {
    return rows.stream().map(row -> DynamicTest.dynamicTest(row.name(), () -> run(row)));
  }

  private void run(GrpcBattery.Case row) throws Exception {
    try (var connection = RawHttp2.open(port())) {
      connection.offer(row.sent().getBytes());
      check(row.expected(), connection);
    }
    honest.check();
  }

  private void check(GrpcBattery.Expected expected, RawHttp2 connection) throws Exception {
    if (expected instanceof GrpcBattery.Status status) {
      check(status, connection.answer(1));
      assertServes(connection);
    } else if (expected instanceof GrpcBattery.Http http) {
      var answer = connection.answer(1);
      assertThat(answer.header(":status")).isEqualTo("" + http.status());
      if (!http.part().isEmpty()) {
        checkError(http.status(), new String(answer.body(), StandardCharsets.UTF_8), http.part());
      }
      assertServes(connection);
    } else if (expected instanceof GrpcBattery.Reset reset) {
      if (!reset.codes().isEmpty()) {
        assertThat(reset.codes().stream().map(Long::valueOf))
            .contains(connection.answer(1).reset().orElseThrow());
      }
      assertServes(connection);
    } else if (expected instanceof GrpcBattery.Closed closed) {
      assertCode(closed.codes(), connection.awaitClose());
    } else {
      var answer = connection.answer(1);
      assertThat(answer.header("grpc-status")).isNotEqualTo("0");
      if (answer.reset().isEmpty()) {
        connection.awaitClose();
      }
    }
  }

  private static void check(GrpcBattery.Status expected, RawHttp2.Answer answer) throws Exception {
    assertThat(answer.ended()).isTrue();
    assertThat(answer.header("grpc-status")).isEqualTo("" + expected.code().getNumber());
    assertThat(answer.header(":status")).isEqualTo("" + expected.http());
    assertThat(answer.header("content-type")).isEqualTo("application/grpc");
    if (expected.code() == Code.OK) {
      assertThat(new String(answer.body(), StandardCharsets.UTF_8)).contains(GrpcBattery.NAME);
      return;
    }
    assertThat(answer.body()).isEmpty();
    assertThat(answer.header("grpc-message")).startsWith(expected.message());
    assertThat(answer.header("grpc-accept-encoding")).isEqualTo("gzip");
    var details =
        com.google.rpc.Status.parseFrom(
            Base64.getDecoder().decode(answer.header("grpc-status-details-bin")));
    assertThat(details.getCode()).isEqualTo(expected.code().getNumber());
    assertThat(details.getDetailsList().stream().filter(any -> any.is(ErrorInfo.class))).hasSize(1);
    int bytes = 0;
    for (var header : answer.headers().entrySet()) {
      bytes += header.getKey().length() + header.getValue().length() + 32;
    }
    assertThat(bytes).isLessThan(8_192);
    assertNoInsides(answer.headers().toString() + details);
  }

  /** The codes that may be; none came if the connection was reset before it could be read. */
  private static void assertCode(List<Integer> codes, OptionalLong came) {
    came.ifPresent(code -> assertThat(codes.stream().map(Long::valueOf)).contains(code));
  }

  private static void assertServes(RawHttp2 connection) {
    connection
        .send(Frames.headers(LATER, false, GrpcBattery.head()))
        .send(Frames.data(LATER, true, GrpcBattery.GET));
    assertThat(connection.answer(LATER).header("grpc-status")).isEqualTo("0");
  }

  private void run(HttpBattery.Case row) {
    try (var connection = RawHttp1.open(port())) {
      connection.offer(row.sent().getBytes());
      for (var expected : row.answers()) {
        check(expected, connection.answer(expected.head()));
      }
      if (row.kept()) {
        connection.send("GET /v1/" + GrpcBattery.NAME + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
        var later = connection.answer();
        assertThat(later.status()).isEqualTo(200);
        assertThat(later.body()).contains(GrpcBattery.NAME);
      } else {
        assertThat(connection.rest()).isEmpty();
      }
    }
    honest.check();
  }

  private static void check(HttpBattery.Expected expected, RawHttp1.Answer answer) {
    assertThat(answer.status()).as(answer.toString()).isEqualTo(expected.status());
    expected.headers().forEach((name, value) -> assertThat(answer.header(name)).contains(value));
    boolean json = expected.headers().containsKey("content-type") && expected.status() >= 400;
    if (json && !expected.head()) {
      checkError(expected.status(), answer.body(), expected.part());
    } else {
      assertThat(answer.body()).contains(expected.part());
    }
  }

  /** In the form of AIP-193. */
  private static void checkError(int status, String body, String part) {
    var error = new JsonObject(body).getJsonObject("error");
    assertThat(error.getInteger("code")).isEqualTo(status);
    assertThat(Code.valueOf(error.getString("status"))).isNotEqualTo(Code.OK);
    assertThat(error.getString("message")).contains(part);
    assertThat(
            error.getJsonArray("details").stream().map(d -> ((JsonObject) d).getString("reason")))
        .anyMatch(reason -> reason != null);
    assertNoInsides(body);
  }

  private static void assertNoInsides(String text) {
    assertThat(text).doesNotContain("Exception", "io.netty", "io.vertx", "java.", "\tat ");
  }
}
