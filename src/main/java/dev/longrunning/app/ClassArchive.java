package dev.longrunning.app;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import javax.management.JMException;
import javax.management.ObjectName;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The classes that this run has loaded, in a file with which the next one starts much faster.
 *
 * <p><b>Promise.</b> The file is there whole or not at all. {@code bin/longrunning} asks for it and
 * gives it to the JVM.
 *
 * <p><b>Threads.</b> A plain one: it blocks for a second or two, and so does the whole JVM.
 */
final class ClassArchive {
  /** The system property that names the file. */
  static final String PROPERTY = "longrunning.archive";

  private static final Logger log = LoggerFactory.getLogger(ClassArchive.class);

  private ClassArchive() {}

  /** Writes it, if that is asked for. */
  static void write() {
    Optional.ofNullable(System.getProperty(PROPERTY)).map(Path::of).ifPresent(ClassArchive::write);
  }

  private static void write(Path file) {
    // Of two servers that stop at once each writes its own.
    var partial = Path.of(file + ".partial-" + ProcessHandle.current().pid());
    try {
      dump(partial);
      Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE);
      log.atInfo().addKeyValue("file", file).log("archive.written");
    } catch (JMException | IOException e) {
      log.atWarn().addKeyValue("file", file).setCause(e).log("archive.not_written");
    } finally {
      partial.toFile().delete();
    }
  }

  /** What {@code jcmd PID VM.cds dynamic_dump FILE} does. */
  private static void dump(Path file) throws JMException {
    // It says so on standard output, which is not for that. Nothing else is written there any more.
    System.setOut(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8));
    ManagementFactory.getPlatformMBeanServer()
        .invoke(
            new ObjectName("com.sun.management:type=DiagnosticCommand"),
            "vmCds",
            new Object[] {new String[] {"dynamic_dump", file.toString()}},
            new String[] {String[].class.getName()});
  }
}
