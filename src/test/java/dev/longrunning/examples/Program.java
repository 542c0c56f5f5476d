package dev.longrunning.examples;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** An example that runs by itself, until it ends or is closed. */
final class Program implements AutoCloseable {
  static final Path EXAMPLES = Path.of("examples", "watching");

  /** How each of them is run, as its first lines say. */
  private static final Map<String, List<String>> COMMANDS =
      new TreeMap<>(
          Map.of(
              "watch.sh", List.of("bash"),
              "watch.py", List.of("python3"),
              "watch.go", List.of("go", "run"),
              "Watch.java", List.of(java(), "-cp", "target/longrunning.jar")));

  private final Process process;
  private final Transcript transcript;
  private final Path errors;
  private final Thread reader = new Thread(this::read, "output");

  private Program(Process process, Transcript transcript, Path errors) {
    this.process = process;
    this.transcript = transcript;
    this.errors = errors;
  }

  private static String java() {
    return Path.of(System.getProperty("java.home"), "bin", "java").toString();
  }

  static List<String> names() {
    return List.copyOf(COMMANDS.keySet());
  }

  /** Runs an example with this address; what it says on standard error goes to a file. */
  static Program run(Path file, String url, Transcript transcript, Path errors) throws IOException {
    String name = file.getFileName().toString();
    var command = new ArrayList<>(COMMANDS.get(name));
    command.addAll(List.of(file.toString(), url));
    var builder = new ProcessBuilder(command).redirectError(errors.toFile());
    builder.environment().remove("JAVA_TOOL_OPTIONS");
    var program = new Program(builder.start(), transcript, errors);
    program.reader.setDaemon(true);
    program.reader.start();
    return program;
  }

  private void read() {
    try (var output = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        transcript.add(line);
      }
    } catch (IOException e) {
      if (process.isAlive()) {
        throw new UncheckedIOException(e);
      }
    }
  }

  Transcript transcript() {
    return transcript;
  }

  /** Waits for its end; answers the exit status. */
  int awaitEnd() throws IOException, InterruptedException {
    if (!process.waitFor(Transcript.PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      throw new AssertionError("still running: " + transcript + "\n" + errors());
    }
    reader.join();
    return process.exitValue();
  }

  String errors() throws IOException {
    return Files.readString(errors);
  }

  @Override
  public void close() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }
}
