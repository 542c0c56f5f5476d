package dev.longrunning.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longrunning.testing.Frames;
import dev.longrunning.testing.RawHttp1;
import dev.longrunning.testing.RawHttp2;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** HTTP/2 that begins as HTTP/1.1. */
final class UpgradeTest {
  private static final String UPGRADE =
      "Host: localhost\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n";
  private static final String SETTINGS = "HTTP2-Settings: AAMAAABkAAQAAP__\r\n";

  private final TestServer server = new TestServer();

  UpgradeTest() {
    server.methods.echo();
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private static String text(RawHttp2.Answer answer) {
    return new String(answer.body(), StandardCharsets.UTF_8);
  }

  @Test
  void a_get_is_answered_over_http_2_and_what_follows_too() {
    String get = "GET /v1/operations/a HTTP/1.1\r\n" + UPGRADE + SETTINGS + "\r\n";
    try (var connection = RawHttp2.upgrade(server.port, get)) {
      assertThat(connection.answer(1).header(":status")).isEqualTo("200");
      assertThat(text(connection.answer(1))).contains("operations/a");

      connection.send(Frames.headers(3, false, GrpcBattery.head()));
      connection.send(Frames.data(3, true, GrpcBattery.GET));

      assertThat(connection.answer(3).header("grpc-status")).isEqualTo("0");
    }
  }

  @Test
  void a_bad_one_is_refused_over_http_2() {
    String get = "GET /v1/operations/%zz HTTP/1.1\r\n" + UPGRADE + SETTINGS + "\r\n";
    try (var connection = RawHttp2.upgrade(server.port, get)) {
      assertThat(connection.answer(1).header(":status")).isEqualTo("400");
      assertThat(text(connection.answer(1))).contains("path: got %zz");
    }
  }

  @Test
  void a_body_comes_along() {
    String post = "POST /v1/operations/a:wait HTTP/1.1\r\nContent-Length: 2\r\n";
    try (var connection = RawHttp2.upgrade(server.port, post + UPGRADE + SETTINGS + "\r\n{}")) {
      assertThat(connection.answer(1).header(":status")).isEqualTo("200");
      assertThat(text(connection.answer(1))).contains("operations/a");
    }
  }

  /** The one answer that the library gives by itself, and without a body. */
  @Test
  void one_without_settings_is_refused() {
    String get = "GET /v1/operations/a HTTP/1.1\r\n" + UPGRADE + "\r\n";
    try (var connection = RawHttp1.open(server.port)) {
      var answer = connection.send(get).answer();

      assertThat(answer.status()).isEqualTo(400);
      assertThat(answer.header("connection")).isEqualTo("close");
    }
  }
}
