package dev.longrunning.store.pg;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What {@code postmaster.pid} says: which process runs, or ran, the database, and how far it is.
 *
 * @param pid of the postmaster
 * @param status such as {@code starting} or {@code ready}; empty as long as there is none
 */
record PostmasterFile(long pid, String status) {
  private static final int STATUS_LINE = 7;

  /** Reads the file; empty if there is none, or none that says anything yet. */
  static Optional<PostmasterFile> read(Path cluster) throws IOException {
    Path file = cluster.resolve("postmaster.pid");
    try {
      return parse(Files.readAllLines(file));
    } catch (java.nio.file.NoSuchFileException e) {
      return Optional.empty();
    }
  }

  static Optional<PostmasterFile> parse(List<String> lines) {
    String first = lines.isEmpty() ? "" : lines.get(0).strip();
    // A standalone backend writes its pid with a minus.
    if (!first.matches("-?[0-9]{1,18}")) {
      return Optional.empty();
    }
    String status = lines.size() > STATUS_LINE ? lines.get(STATUS_LINE).strip() : "";
    return Optional.of(new PostmasterFile(Math.abs(Long.parseLong(first)), status));
  }

  /**
   * Whether the process is a PostgreSQL on this database. Process numbers are used again, also by
   * the first processes of a restarted container: a stranger must not be stopped.
   */
  static boolean runs(long pid, Path cluster) {
    return ProcessHandle.of(pid).filter(ProcessHandle::isAlive).stream()
        .map(ProcessHandle::info)
        .filter(info -> info.command().filter(PostmasterFile::isPostgres).isPresent())
        .anyMatch(info -> isIn(pid, cluster) || isToldOf(info, cluster));
  }

  private static boolean isPostgres(String command) {
    return command.endsWith("/postgres") || command.endsWith("/postgres (deleted)");
  }

  private static boolean isIn(long pid, Path cluster) {
    try {
      return Path.of("/proc", Long.toString(pid), "cwd").toRealPath().equals(cluster);
    } catch (IOException e) {
      return false;
    }
  }

  private static boolean isToldOf(ProcessHandle.Info info, Path cluster) {
    return info.arguments().map(Arrays::asList).stream()
        .anyMatch(arguments -> arguments.contains(cluster.toString()));
  }
}
