package dev.longrunning.app;

import dev.longrunning.auth.Policy;
import dev.longrunning.auth.PolicyFile;
import dev.longrunning.store.pg.StartFault;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The policy that holds, read again when its file changes.
 *
 * <p><b>Promise.</b> A file with a fault changes nothing; each fault is logged once.
 *
 * <p><b>Threads.</b> Files are read on the thread of {@link Reloading}; {@link #get} is for any.
 */
final class LivePolicy implements Reloading.Files, Supplier<Policy> {
  private static final long BYTES_MAX = 1_048_576;
  private static final Logger log = LoggerFactory.getLogger(LivePolicy.class);

  private final Path file;
  private final Set<String> services;
  private String text;
  private volatile List<String> faults = List.of();
  private volatile Policy now;

  private LivePolicy(Path file, Set<String> services, String text, Policy now) {
    this.file = file;
    this.services = services;
    this.text = text;
    this.now = now;
  }

  /** Reads the file; fails with what is wrong with it, a line each. */
  static LivePolicy read(Path file, Set<String> services) throws StartFault {
    String text;
    try {
      text = text(file);
    } catch (IOException failure) {
      throw new StartFault(unreadable(file, failure), failure);
    }
    var read = PolicyFile.read(file.toString(), text, services);
    var policy =
        read.policy()
            .orElseThrow(() -> new StartFault(String.join(System.lineSeparator(), read.faults())));
    return new LivePolicy(file, services, text, policy);
  }

  private static String unreadable(Path file, IOException failure) {
    String why =
        failure instanceof NoSuchFileException
            ? "no such file"
            : failure instanceof MalformedInputException
                ? "not in UTF-8"
                : "cannot be read, or larger than 1 MiB";
    return "auth.policy-file: " + file + ": " + why;
  }

  @Override
  public Policy get() {
    return now;
  }

  @Override
  public void check(boolean asked) {
    if (asked) {
      faults = List.of();
    }
    try {
      take(text(file));
    } catch (IOException failure) {
      refuse(List.of(unreadable(file, failure)));
    }
  }

  private void take(String newest) {
    if (newest.equals(text)) {
      faults = List.of();
      return;
    }
    var read = PolicyFile.read(file.toString(), newest, services);
    Optional<Policy> policy = read.policy();
    if (policy.isEmpty()) {
      refuse(read.faults());
      return;
    }
    text = newest;
    faults = List.of();
    now = policy.get();
    log.atInfo().addKeyValue("file", file).log("policy.changed");
  }

  /** Whether the file is another than the one in force, and cannot be used. */
  boolean isRefused() {
    return !faults.isEmpty();
  }

  private static String text(Path file) throws IOException {
    if (Files.size(file) > BYTES_MAX) {
      throw new IOException("larger than " + BYTES_MAX + " bytes");
    }
    return Files.readString(file);
  }

  private void refuse(List<String> lines) {
    if (!lines.equals(faults)) {
      faults = lines;
      lines.forEach(line -> log.atWarn().addKeyValue("reason", line).log("policy.refused"));
    }
  }
}
