package dev.longrunning.bench.peer;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** The limit of the framing: {@link BareServer} in a JVM of its own. */
public final class Bare implements AutoCloseable {
  private static final Pattern LISTENS = Pattern.compile("listens on ([0-9]+)");
  private static final Duration START_MAX = Duration.ofSeconds(30);

  private final Program program;
  private final int port;

  private Bare(Program program, int port) {
    this.program = program;
    this.port = port;
  }

  public static Bare start(Path work, List<String> options)
      throws IOException, InterruptedException {
    var command =
        Program.java(
            options, "-cp", System.getProperty("java.class.path"), BareServer.class.getName());
    var program = Program.start(work, "bare", Map.of(), command);
    return new Bare(program, program.awaitPort(LISTENS, START_MAX));
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
