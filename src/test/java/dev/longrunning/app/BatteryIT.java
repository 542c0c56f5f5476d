package dev.longrunning.app;

import dev.longrunning.testing.RawHttp1;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** The batteries against a whole server with a database behind it. */
final class BatteryIT extends BatteryContract {
  @TempDir static Path data;

  private InProcessServer server;

  @Override
  int port() {
    if (server == null) {
      start();
    }
    return server.port;
  }

  /** One operation that is done, so that a wait for it ends at once and nothing changes it. */
  private void start() {
    try {
      server =
          InProcessServer.start(
              Map.of("data", data.toString(), "cors.origins", TestServer.CONSOLE));
    } catch (Exception e) {
      throw new AssertionError(e);
    }
    post("/v1/operations:start", "{\"operationId\":\"battery\"}");
    post("/v1/operations/battery:complete", "{\"error\":{\"code\":5}}");
  }

  private void post(String path, String body) {
    try (var connection = RawHttp1.open(server.port)) {
      connection.send(
          "POST "
              + path
              + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: "
              + body.length()
              + "\r\n\r\n"
              + body);
      var answer = connection.answer();
      if (answer.status() != 200) {
        throw new AssertionError(answer);
      }
    }
  }

  @TestFactory
  Stream<DynamicTest> fields() {
    return tests(GrpcBattery.fieldCases());
  }

  @AfterAll
  void stopServer() {
    server.close();
  }
}
