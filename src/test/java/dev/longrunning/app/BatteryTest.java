package dev.longrunning.app;

import org.junit.jupiter.api.AfterAll;

/** The batteries against the real transports with scripted handlers behind them. */
final class BatteryTest extends BatteryContract {
  private final TestServer server = new TestServer();

  BatteryTest() {
    server.methods.echo();
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
