package dev.longrunning.app;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** A whole server in the JVM of a test, with a Vert.x of its own, on a free port. */
final class InProcessServer implements AutoCloseable {
  final int port;
  private final Server server;
  private final List<String> progress;

  private InProcessServer(Server server, int port, List<String> progress) {
    this.server = server;
    this.port = port;
    this.progress = progress;
  }

  /** Starts one on these settings, by key. */
  static InProcessServer start(Map<String, String> settings) throws Exception {
    var progress = new CopyOnWriteArrayList<String>();
    var server = new Server(settings(settings), progress::add);
    return new InProcessServer(server, server.start().port(), progress);
  }

  /** Settings as flags give them: listening on a free port unless they say otherwise. */
  static Settings settings(Map<String, String> flags) throws SettingsFault {
    var all = new HashMap<>(Map.of("listen", "127.0.0.1:0"));
    all.putAll(flags);
    return Settings.read(all, Map.of(), Optional.empty());
  }

  /** Where its management port is, such as {@code http://127.0.0.1:1234}. */
  String management() {
    String line =
        progress.stream().filter(each -> each.startsWith("Probes")).findFirst().orElseThrow();
    return line.substring(line.indexOf("http://"));
  }

  /** Has it read its files again, as a signal does. */
  void reload() {
    server.reload();
  }

  @Override
  public void close() {
    server.stop();
  }
}
