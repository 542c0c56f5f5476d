package dev.longrunning.app;

import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The batteries against the real transports with scripted handlers behind them. */
final class BatteryTest extends BatteryContract {
  private final TestServer server = new TestServer();

  BatteryTest() {
    server.methods.echo();
    server.methods.watch.send(TestWatch.changed(GrpcBattery.NAME, "t1"));
  }

  @TestFactory
  Stream<DynamicTest> streams() {
    return httpTests(StreamBattery.cases());
  }

  @Override
  int port() {
    return server.port;
  }

  @AfterAll
  void stopServer() {
    server.close();
  }
}
