package dev.longrunning.store.pg;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * What a program says, line by line, in a file that does not grow for ever.
 *
 * <p><b>Promise.</b> The newest {@value #BYTES_MAX} bytes at least are kept. A disk that is full
 * loses lines and never stops the program.
 *
 * <p><b>Threads.</b> {@link #copy} blocks its thread until the program ends; {@link #lastComplaint}
 * may be asked from any thread.
 *
 * <p><b>Bounds.</b> Two files of {@value #BYTES_MAX} bytes; a line is cut at {@value #LINE_MAX}
 * characters.
 */
final class BoundedLog {
  static final long BYTES_MAX = 8 << 20;
  static final int LINE_MAX = 4_096;

  private final Path file;
  private volatile String complaint = "";

  BoundedLog(Path file) {
    this.file = file;
  }

  /** Copies until the program's last descendant closes its output. */
  void copy(InputStream in) {
    try (var reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        append(line.length() > LINE_MAX ? line.substring(0, LINE_MAX) : line);
      }
    } catch (IOException e) {
      // The program is gone, and with it what it had left to say.
      return;
    }
  }

  private void append(String line) {
    if (line.contains("FATAL:") || line.contains("PANIC:") || line.contains("ERROR:")) {
      complaint = line;
    }
    try {
      if (Files.exists(file) && Files.size(file) > BYTES_MAX) {
        Files.move(
            file,
            file.resolveSibling(file.getFileName() + ".1"),
            StandardCopyOption.REPLACE_EXISTING);
      }
      Files.writeString(file, line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (IOException e) {
      // Nothing to say it with: the disk is full or gone, and PostgreSQL will tell its callers.
      return;
    }
  }

  /** The newest line that told of a failure. */
  Optional<String> lastComplaint() {
    return complaint.isEmpty() ? Optional.empty() : Optional.of(complaint);
  }
}
