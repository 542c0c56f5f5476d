package dev.longrunning.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** What has to be installed, and how it gets there. */
final class Prerequisites {
  private static final Map<String, String> PACKAGES =
      new TreeMap<>(
          Map.of("etcd", "etcd-server", "h2load", "nghttp2-client", "pgbench", "postgresql"));

  private Prerequisites() {}

  static void check(Path jar) throws IOException {
    if (!Files.isRegularFile(jar)) {
      throw new IOException(jar + " is missing: mvn -q package -DskipTests makes it");
    }
    if (!missing().isEmpty()) {
      throw new IOException(missing());
    }
  }

  /** Empty if nothing is. */
  static String missing() {
    return PACKAGES.entrySet().stream()
        .filter(each -> Machine.find(each.getKey()).isEmpty())
        .map(each -> each.getKey() + " is not installed: apt-get install " + each.getValue())
        .collect(Collectors.joining("; "));
  }
}
