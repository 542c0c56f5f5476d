package dev.longrunning.app;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** A whole server in the JVM of a test, with a Vert.x of its own, on a free port. */
final class InProcessServer implements AutoCloseable {
  final int port;
  private final Server server;

  private InProcessServer(Server server, int port) {
    this.server = server;
    this.port = port;
  }

  /** Starts one on these settings, by key. */
  static InProcessServer start(Map<String, String> settings) throws Exception {
    var server = new Server(settings(settings), progress -> {});
    return new InProcessServer(server, server.start().port());
  }

  /** Settings as flags give them: listening on a free port unless they say otherwise. */
  static Settings settings(Map<String, String> flags) throws SettingsFault {
    var all = new HashMap<>(Map.of("listen", "127.0.0.1:0"));
    all.putAll(flags);
    return Settings.read(all, Map.of(), Optional.empty(), Path.of("no-such-file"));
  }

  @Override
  public void close() {
    server.stop();
  }
}
