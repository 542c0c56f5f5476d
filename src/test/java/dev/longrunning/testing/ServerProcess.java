package dev.longrunning.testing;

import dev.longrunning.Main;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;

/** The compiled program in a JVM of its own, with no settings from the environment. */
public final class ServerProcess implements AutoCloseable {
  /**
   * An option that has it say no more than the tests do; without it, it says what it always does.
   */
  public static final String QUIET = "-Dlogback.configurationFile=logback-test.xml";

  private static final Pattern READY =
      Pattern.compile("Longrunning listens on http://127\\.0\\.0\\.1:([0-9]+) \\(gRPC and REST\\)");
  private static final Pattern HISTOGRAM_TOTAL = Pattern.compile("(?m)^Total\\s+\\d+\\s+(\\d+)");
  private static final int STOP_SECONDS = 60;

  private final Process process;
  private final BufferedReader output;
  private final Path errors;

  private ServerProcess(Process process, Path errors) {
    this.process = process;
    this.errors = errors;
    this.output =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
  }

  /** Runs a quiet {@code longrunning} with these arguments; its standard error is kept. */
  public static ServerProcess run(Path errors, String... arguments) throws IOException {
    return run(List.of(QUIET), Main.class, errors, arguments);
  }

  /** Runs another main class, with options for its JVM. */
  public static ServerProcess run(
      List<String> options, Class<?> main, Path errors, String... arguments) throws IOException {
    var program = new ArrayList<>(options);
    program.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    return start(program, errors, arguments);
  }

  /** Runs {@code longrunning} as it is shipped. */
  public static ServerProcess jar(Path jar, Path errors, String... arguments) throws IOException {
    return start(List.of("-jar", jar.toString()), errors, arguments);
  }

  /** Runs a script that becomes {@code longrunning}, with the JVM of the tests. */
  public static ServerProcess script(Path script, String options, Path errors, String... arguments)
      throws IOException {
    var environment =
        Map.of("JAVA_HOME", System.getProperty("java.home"), "JDK_JAVA_OPTIONS", options);
    return start(List.of(script.toString()), environment, errors, arguments);
  }

  private static ServerProcess start(List<String> program, Path errors, String... arguments)
      throws IOException {
    var command = new ArrayList<>(program);
    command.add(0, tool("java"));
    return start(command, Map.of(), errors, arguments);
  }

  private static ServerProcess start(
      List<String> program, Map<String, String> environment, Path errors, String... arguments)
      throws IOException {
    var command = new ArrayList<>(interruptible());
    command.addAll(program);
    command.addAll(List.of(arguments));
    var builder =
        new ProcessBuilder(command)
            .redirectError(ProcessBuilder.Redirect.appendTo(errors.toFile()));
    builder.environment().keySet().removeIf(name -> name.startsWith("LONGRUNNING_"));
    builder.environment().remove("JAVA_TOOL_OPTIONS");
    builder.environment().putAll(environment);
    return new ServerProcess(builder.start(), errors);
  }

  /**
   * A build that a script runs in the background ignores SIGINT, its children inherit that, and a
   * JVM leaves an ignored signal alone. Where {@code env} can undo it, it does, and becomes the
   * JVM.
   */
  private static List<String> interruptible() throws IOException {
    var prefix = List.of("env", "--default-signal=INT");
    var probe = new ArrayList<>(prefix);
    probe.add("true");
    try {
      return new ProcessBuilder(probe).start().waitFor() == 0 ? prefix : List.of();
    } catch (InterruptedException e) {
      throw new IOException("interrupted", e);
    }
  }

  private static String tool(String name) {
    return Path.of(System.getProperty("java.home"), "bin", name).toString();
  }

  /** Waits for the line that says where it listens; answers the port. */
  public int awaitReady(Duration limit) throws IOException, InterruptedException {
    try {
      String line =
          CompletableFuture.supplyAsync(this::line).get(limit.toMillis(), TimeUnit.MILLISECONDS);
      var ready = READY.matcher(String.valueOf(line));
      if (!ready.matches()) {
        throw new AssertionError("not ready but: " + line + "\n" + errors());
      }
      return Integer.parseInt(ready.group(1));
    } catch (ExecutionException | TimeoutException e) {
      throw new AssertionError("not ready within " + limit + ": " + errors(), e);
    }
  }

  /** The next line of its output; null at the end. */
  public String line() {
    try {
      return output.readLine();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Sends a line to its input. */
  public void say(String line) throws IOException {
    process.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
    process.getOutputStream().flush();
  }

  /** All that it has said on standard error. */
  public String errors() throws IOException {
    return Files.readString(errors);
  }

  public long pid() {
    return process.pid();
  }

  /** Ends it as a machine's fault would, at once. */
  public void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /** Sends a signal and waits for the end; answers the exit status. */
  public int stop(String signal) throws IOException, InterruptedException {
    signal(signal);
    return awaitEnd();
  }

  /** Sends a signal. */
  public void signal(String signal) throws IOException, InterruptedException {
    // Process.destroy would close its output, too.
    new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid())).start().waitFor();
  }

  /** Waits until it has said that on standard error. */
  public void awaitErrors(String text) throws IOException, InterruptedException {
    for (int i = 0; i < STOP_SECONDS * 20; i++) {
      if (errors().contains(text)) {
        return;
      }
      Thread.sleep(50);
    }
    throw new AssertionError("not said: " + text + "\n" + errors());
  }

  /** Waits for its end; answers the exit status. */
  public int awaitEnd() throws InterruptedException {
    if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
      throw new AssertionError("still running after " + STOP_SECONDS + " s");
    }
    return process.exitValue();
  }

  /** The bytes of all reachable objects, after a full collection. */
  public long liveHeapBytes() throws IOException, InterruptedException {
    var jcmd =
        new ProcessBuilder(tool("jcmd"), Long.toString(process.pid()), "GC.class_histogram")
            .redirectErrorStream(true)
            .start();
    String histogram = new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    jcmd.waitFor();
    var total = HISTOGRAM_TOTAL.matcher(histogram);
    if (!total.find()) {
      throw new AssertionError("no histogram: " + histogram.lines().limit(3).toList());
    }
    return Long.parseLong(total.group(1));
  }

  @Override
  public void close() throws IOException, InterruptedException {
    if (process.isAlive()) {
      stop("TERM");
    }
  }
}
