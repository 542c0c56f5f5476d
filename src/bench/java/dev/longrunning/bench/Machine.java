package dev.longrunning.bench;

import dev.longrunning.bench.peer.Program;
import dev.longrunning.observe.Build;
import io.netty.util.Version;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** What the figures were got on and with. */
final class Machine {
  private Machine() {}

  static Map<String, String> read(Path jar) throws IOException, InterruptedException {
    var facts = new LinkedHashMap<String, String>();
    facts.put("processors", "" + Runtime.getRuntime().availableProcessors());
    facts.put("processor", line(Path.of("/proc/cpuinfo"), "model name"));
    facts.put("memory", line(Path.of("/proc/meminfo"), "MemTotal"));
    facts.put("kernel", System.getProperty("os.name") + " " + System.getProperty("os.version"));
    facts.put("java", Runtime.version().toString());
    facts.put(
        "longrunning",
        jar.getFileName() + " " + first("java", "-jar", jar.toString(), "--version"));
    facts.put(
        "vert.x and netty",
        io.vertx.core.internal.VertxInternal.version()
            + ", "
            + Version.identify().get("netty-common").artifactVersion());
    facts.put("postgresql", Build.load().postgres() + ", fsync and synchronous_commit on");
    facts.put("etcd", first("etcd", "--version") + ", one member, fsync on");
    facts.put("pgbench", first("pgbench", "--version"));
    facts.put("h2load", first("h2load", "--version"));
    return facts;
  }

  static Optional<Path> find(String command) {
    return Stream.of(System.getenv("PATH").split(":"))
        .map(each -> Path.of(each, command))
        .filter(Files::isExecutable)
        .findFirst();
  }

  private static String first(String... command) throws IOException, InterruptedException {
    var words =
        List.of(command).get(0).equals("java")
            ? Program.java(List.of(), java.util.Arrays.copyOfRange(command, 1, command.length))
            : List.of(command);
    var text =
        Program.run(Path.of(System.getProperty("java.io.tmpdir")), "version", Map.of(), words);
    return text.lines().findFirst().orElse("");
  }

  private static String line(Path file, String key) throws IOException {
    if (!Files.isReadable(file)) {
      return "unknown";
    }
    return Files.readAllLines(file).stream()
        .filter(line -> line.startsWith(key))
        .findFirst()
        .map(line -> line.substring(line.indexOf(':') + 1).strip())
        .orElse("unknown");
  }
}
