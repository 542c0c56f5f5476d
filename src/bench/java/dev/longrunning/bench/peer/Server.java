package dev.longrunning.bench.peer;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** This server from its jar, on a database that is there. */
public final class Server implements AutoCloseable {
  private static final Pattern LISTENS =
      Pattern.compile("listens on http://127\\.0\\.0\\.1:([0-9]+)");
  private static final Duration START_MAX = Duration.ofSeconds(60);

  private final Program program;
  private final int port;

  private Server(Program program, int port) {
    this.program = program;
    this.port = port;
  }

  /** The jar as a program, with options of its JVM. */
  public static List<String> jar(Path jar, List<String> options) {
    return Program.java(options, "-jar", jar.toString());
  }

  /**
   * Starts a replica.
   *
   * @param longrunning the program: {@link #jar}, or its start script
   * @param settings beside its database, as in the environment: {@code WATCH_HEARTBEAT}
   */
  public static Server start(
      Path work, List<String> longrunning, Postgres.Database database, Map<String, String> settings)
      throws IOException, InterruptedException {
    var environment = new HashMap<String, String>();
    environment.put("JAVA_HOME", System.getProperty("java.home"));
    environment.put("LONGRUNNING_DATABASE", database.url());
    environment.put("PGPASSWORD", database.password());
    environment.put("LONGRUNNING_LOG_LEVEL", "warn");
    settings.forEach((name, value) -> environment.put("LONGRUNNING_" + name, value));
    var command = new ArrayList<>(longrunning);
    command.addAll(List.of("serve", "--listen", "127.0.0.1:0"));
    var program = Program.start(work, "longrunning", environment, command);
    return new Server(program, program.awaitPort(LISTENS, START_MAX));
  }

  public int port() {
    return port;
  }

  public Program program() {
    return program;
  }

  @Override
  public void close() {
    program.close();
  }
}
