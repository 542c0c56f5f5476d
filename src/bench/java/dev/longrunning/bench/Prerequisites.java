package dev.longrunning.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What has to be installed, and how it gets there. */
final class Prerequisites {
  private static final Map<String, String> PACKAGES =
      new TreeMap<>(
          Map.of(
              "etcd",
              "etcd-server",
              "h2load",
              "nghttp2-client",
              "pgbench",
              "postgresql-contrib or postgresql-15"));

  private Prerequisites() {}

  static void check(Path jar, List<Stage> stages) throws IOException {
    if (!Files.isRegularFile(jar)) {
      throw new IOException(jar + " is missing: mvn -q package -DskipTests makes it");
    }
    var missing =
        PACKAGES.entrySet().stream().filter(each -> Machine.find(each.getKey()).isEmpty()).toList();
    if (!missing.isEmpty()) {
      var text = new StringBuilder("to be installed (Debian's packages):");
      missing.forEach(
          each ->
              text.append("\n  ")
                  .append(each.getKey())
                  .append(": apt-get install ")
                  .append(each.getValue()));
      throw new IOException(text.toString());
    }
  }
}
