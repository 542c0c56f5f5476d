package dev.longrunning.store.pg;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;

/**
 * PostgreSQL's programs, unpacked from the class path into the data directory once a version.
 *
 * <p><b>Promise.</b> They are there whole and on disk, or not at all, whenever the machine stops.
 */
record PostgresBinaries(Path home, String version) {
  private static final String PREFIX = "binaries-";
  private static final int COPY_BYTES = 1 << 16;

  /** Finds the programs in the data directory, or unpacks them there. */
  static PostgresBinaries in(DataDirectory data, String version, Consumer<String> progress)
      throws IOException, StartFault {
    String platform = platform();
    Path home = data.path().resolve(PREFIX + version + '-' + platform);
    if (!Files.exists(home)) {
      progress.accept("Unpacking PostgreSQL " + version + " into " + home);
      unpack(data, home, "/postgres-" + platform + ".txz");
    }
    return new PostgresBinaries(home, version);
  }

  private static String platform() throws StartFault {
    String os = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
    String arch = System.getProperty("os.arch", "");
    String family = os.startsWith("linux") ? "linux" : os.startsWith("mac") ? "darwin" : "";
    String machine =
        switch (arch) {
          case "amd64", "x86_64" -> "x86_64";
          case "aarch64" -> "arm_64";
          default -> "";
        };
    if (family.isEmpty() || machine.isEmpty()) {
      throw none(os + ' ' + arch);
    }
    return family + '-' + machine;
  }

  private static StartFault none(String platform) {
    return new StartFault(
        "database: this build brings no PostgreSQL for "
            + platform
            + "; allowed"
            + " postgres://user@host/database");
  }

  private static void unpack(DataDirectory data, Path home, String archive)
      throws IOException, StartFault {
    Path partial = data.partial(home);
    try (InputStream resource = PostgresBinaries.class.getResourceAsStream(archive)) {
      if (resource == null) {
        throw none(platform());
      }
      Files.createDirectory(partial);
      var tar =
          new TarArchiveInputStream(
              new XZCompressorInputStream(new BufferedInputStream(resource, COPY_BYTES)));
      for (var entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        unpack(tar, entry, partial);
      }
    }
    data.publish(partial, home);
  }

  private static void unpack(TarArchiveInputStream tar, TarArchiveEntry entry, Path root)
      throws IOException {
    Path target = root.resolve(entry.getName()).normalize();
    if (!target.startsWith(root)) {
      throw new IOException("the archive leaves its directory: " + entry.getName());
    }
    // Static libraries are half of what is not needed to run.
    if (entry.isDirectory() || entry.getName().endsWith(".a")) {
      return;
    }
    Files.createDirectories(target.resolveSibling("."));
    if (entry.isSymbolicLink()) {
      Files.createSymbolicLink(target, Path.of(entry.getLinkName()));
      return;
    }
    if (entry.isLink()) {
      Files.createLink(target, root.resolve(entry.getLinkName()));
      return;
    }
    write(tar, target);
    boolean executable = (entry.getMode() & 0100) != 0;
    Files.setPosixFilePermissions(
        target, PosixFilePermissions.fromString(executable ? "rwxr-xr-x" : "rw-r--r--"));
  }

  private static void write(InputStream in, Path target) throws IOException {
    try (var out =
        FileChannel.open(target, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      in.transferTo(java.nio.channels.Channels.newOutputStream(out));
      // Before the rename, so that a machine that stops does not leave a name with empty files.
      out.force(false);
    }
  }

  /** Deletes the programs of other versions; nothing runs from them any more. */
  void deleteOthers(DataDirectory data) throws IOException {
    try (Stream<Path> entries = Files.list(data.path())) {
      entries
          .filter(entry -> String.valueOf(entry.getFileName()).startsWith(PREFIX))
          .filter(entry -> !entry.equals(home))
          .forEach(DataDirectory::delete);
    }
  }

  Path program(String name) {
    return home.resolve("bin").resolve(name);
  }

  /** Such as {@code 18}: a database of one major version is not opened by another. */
  String major() {
    return version.substring(0, version.indexOf('.'));
  }
}
