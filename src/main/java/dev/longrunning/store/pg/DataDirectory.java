package dev.longrunning.store.pg;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The directory that holds the embedded database, locked for as long as this object is open.
 *
 * <pre>
 *   longrunning.lock     held for life; names the process that holds it
 *   password             of the role longrunning, mode 0600
 *   postgresql/          the database
 *   postgresql.log, .1   what PostgreSQL has to say, bounded
 *   postgresql.local.conf  optional, PostgreSQL settings of your own
 *   binaries-…/          unpacked PostgreSQL
 *   *.partial-…          left by a start that was killed; deleted by the next
 * </pre>
 *
 * <p><b>Promise.</b> One server a directory. What is made here appears whole, by a rename, or not
 * at all.
 */
final class DataDirectory implements AutoCloseable {
  private static final String LOCK = "longrunning.lock";
  private static final String PARTIAL = ".partial-";

  /** What file systems and version control put into a directory of their own accord. */
  private static final List<String> HARMLESS = List.of("lost+found", ".gitkeep", ".snapshot");

  private final Path path;
  private final FileChannel lockFile;

  private DataDirectory(Path path, FileChannel lockFile) {
    this.path = path;
    this.lockFile = lockFile;
  }

  /** Creates the directory if it is missing, refuses one that is not ours, and locks it. */
  static DataDirectory open(Path wanted) throws StartFault {
    try {
      Path path = wanted.toAbsolutePath().normalize();
      Files.createDirectories(path);
      path = path.toRealPath();
      refuseForeign(path);
      var directory = new DataDirectory(path, lock(path));
      directory.deleteLeftovers();
      return directory;
    } catch (IOException e) {
      throw new StartFault(
          "data: cannot write to "
              + wanted
              + " ("
              + Reasons.of(e)
              + "); allowed a directory that"
              + " this user may write to",
          e);
    }
  }

  /**
   * Looks for the lock last: it is the first thing that a start makes here, so whatever another one
   * put here while this one was listing has it beside.
   */
  private static void refuseForeign(Path path) throws IOException, StartFault {
    var foreign = firstForeign(path);
    if (foreign.isPresent() && !Files.exists(path.resolve(LOCK))) {
      throw new StartFault(
          "data: "
              + path
              + " holds something else ("
              + foreign.get()
              + "); allowed an empty"
              + " directory, or one that Longrunning made");
    }
  }

  private static Optional<String> firstForeign(Path path) throws IOException {
    try (Stream<Path> entries = Files.list(path)) {
      return entries
          .map(entry -> String.valueOf(entry.getFileName()))
          .filter(name -> !HARMLESS.contains(name))
          .sorted()
          .findFirst();
    }
  }

  private static FileChannel lock(Path path) throws IOException, StartFault {
    Path file = path.resolve(LOCK);
    var channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    try {
      FileLock lock = channel.tryLock();
      if (lock == null) {
        String holder = Files.readString(file).strip();
        channel.close();
        throw inUse(path, holder.isEmpty() ? "another process" : "process " + holder);
      }
    } catch (OverlappingFileLockException e) {
      // Not closed on purpose: closing any channel of a file gives up all of this process's locks.
      throw inUse(path, "this process");
    }
    channel.truncate(0);
    byte[] pid = Long.toString(ProcessHandle.current().pid()).getBytes(StandardCharsets.US_ASCII);
    channel.write(ByteBuffer.wrap(pid), 0);
    return channel;
  }

  private static StartFault inUse(Path path, String holder) {
    return new StartFault(
        "data: "
            + path
            + " is in use by another Longrunning ("
            + holder
            + "); allowed one server"
            + " a directory");
  }

  private void deleteLeftovers() throws IOException {
    try (Stream<Path> entries = Files.list(path)) {
      entries.filter(entry -> entry.toString().contains(PARTIAL)).forEach(DataDirectory::delete);
    }
  }

  /**
   * Deletes a tree as far as possible. What stays is harmless and tried again at the next start: a
   * killed server's initdb may still be writing into it.
   */
  static void delete(Path tree) {
    try (Stream<Path> files = Files.walk(tree)) {
      files
          .sorted(Comparator.reverseOrder())
          .forEach(
              file -> {
                boolean ignored = file.toFile().delete();
              });
    } catch (IOException | java.io.UncheckedIOException e) {
      return;
    }
  }

  Path path() {
    return path;
  }

  /** The database's own directory; exists once the database was created. */
  Path cluster() {
    return path.resolve("postgresql");
  }

  Path log() {
    return path.resolve("postgresql.log");
  }

  Path passwordFile() {
    return path.resolve("password");
  }

  /** A name beside {@code target} that no other start uses. */
  Path partial(Path target) {
    return target.resolveSibling(
        target.getFileName() + PARTIAL + ProcessHandle.current().pid() + '-' + System.nanoTime());
  }

  /** Gives a finished partial its name, durably. */
  void publish(Path partial, Path target) throws IOException {
    Files.move(partial, target, java.nio.file.StandardCopyOption.ATOMIC_MOVE);
    sync(path);
  }

  static void sync(Path file) throws IOException {
    try (var channel = FileChannel.open(file, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  /** Reads the password, or makes one if there is no database yet that would know another. */
  String password() throws IOException, StartFault {
    Path file = passwordFile();
    if (Files.exists(file)) {
      return Files.readString(file).strip();
    }
    if (Files.exists(cluster())) {
      throw new StartFault(
          "data: " + file + " is missing, and the database beside it asks for it; put it back");
    }
    byte[] random = new byte[24];
    new SecureRandom().nextBytes(random);
    String password = HexFormat.of().formatHex(random);
    Path partial = partial(file);
    var mode = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    Files.createFile(partial, mode);
    Files.writeString(partial, password + "\n");
    sync(partial);
    publish(partial, file);
    return password;
  }

  /** Lets another server have the directory. */
  @Override
  public void close() {
    try {
      lockFile.close();
    } catch (IOException e) {
      // The process ends next, and with it the lock.
      return;
    }
  }
}
