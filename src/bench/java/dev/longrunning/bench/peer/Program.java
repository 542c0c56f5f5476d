package dev.longrunning.bench.peer;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;

/**
 * A process that was started to be measured or to measure; its output is kept in a file. It ends
 * when this is closed.
 */
public final class Program implements AutoCloseable {
  private static final Duration STOP_MAX = Duration.ofSeconds(30);
  private static final long POLL_MILLIS = 5;

  private final String name;
  private final Process process;
  private final Path output;

  private Program(String name, Process process, Path output) {
    this.name = name;
    this.process = process;
    this.output = output;
  }

  public static Program start(
      Path work, String name, Map<String, String> environment, List<String> command)
      throws IOException {
    Files.createDirectories(work);
    var output = Files.createTempFile(work, name + "-", ".out");
    var builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
    builder
        .environment()
        .keySet()
        .removeIf(key -> key.startsWith("LONGRUNNING_") || key.equals("JAVA_TOOL_OPTIONS"));
    builder.environment().putAll(environment);
    return new Program(name, builder.start(), output);
  }

  /** Runs it to its end and answers its output; fails if it fails. */
  public static String run(
      Path work, String name, Map<String, String> environment, List<String> command)
      throws IOException, InterruptedException {
    try (var program = start(work, name, environment, command)) {
      int code = program.process.waitFor();
      String text = Files.readString(program.output);
      Files.delete(program.output);
      if (code != 0) {
        throw new IOException(String.join(" ", command) + " ended with " + code + ":\n" + text);
      }
      return text;
    }
  }

  /** A command of the JVM that runs this, with options before what it runs. */
  public static List<String> java(List<String> options, String... rest) {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(options);
    command.addAll(List.of(rest));
    return command;
  }

  public static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** Waits until the output has this; answers its first group. */
  public String await(Pattern pattern, Duration max) throws IOException, InterruptedException {
    var found = new String[1];
    awaitTrue(
        pattern.pattern(),
        max,
        () -> {
          var matcher = pattern.matcher(output());
          found[0] = matcher.find() ? matcher.group(1) : "";
          return !found[0].isEmpty();
        });
    return found[0];
  }

  /** The port that it says it listens on; one that does not say it is ended. */
  int awaitPort(Pattern listens, Duration max) throws IOException, InterruptedException {
    try {
      return Integer.parseInt(await(listens, max));
    } catch (IOException | InterruptedException | RuntimeException e) {
      close();
      throw e;
    }
  }

  public void awaitTrue(String what, Duration max, BooleanSupplier holds)
      throws IOException, InterruptedException {
    long until = System.nanoTime() + max.toNanos();
    while (!holds.getAsBoolean()) {
      if (!process.isAlive() || System.nanoTime() > until) {
        throw new IOException(
            name + ": not seen within " + max + ": " + what + "; it said:\n" + output());
      }
      Thread.sleep(POLL_MILLIS);
    }
  }

  public String output() {
    try {
      return Files.readString(output);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /** Says something on its input. */
  public void say(String line) throws IOException {
    process
        .getOutputStream()
        .write((line + "\n").getBytes(java.nio.charset.StandardCharsets.UTF_8));
    process.getOutputStream().flush();
  }

  public long pid() {
    return process.pid();
  }

  /** Time of processors that it has used. */
  public Duration cpu() {
    return process.info().totalCpuDuration().orElse(Duration.ZERO);
  }

  /** What it has in memory. */
  public long residentBytes() throws IOException {
    return bytes("status", "VmRSS:");
  }

  /** The same, but what it has mapped several times counts once. */
  public long proportionalBytes() throws IOException {
    return bytes("smaps_rollup", "Pss:");
  }

  private long bytes(String file, String field) throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/" + pid() + "/" + file))) {
      if (line.startsWith(field)) {
        return Long.parseLong(line.replaceAll("[^0-9]", "")) * 1_024;
      }
    }
    throw new IOException(name + ": no " + field);
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(STOP_MAX.toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
