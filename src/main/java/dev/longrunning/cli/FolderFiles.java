package dev.longrunning.cli;

import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * The regular files of a folder, by path, and the folders within that cannot be listed. Symbolic
 * links are not followed and do not count.
 *
 * <p><b>Bounds.</b> {@value #FILES_MAX} files; beyond it the scan fails.
 */
record FolderFiles(List<Path> files, long bytes, List<Path> unreadable) {
  private static final int FILES_MAX = 5_000_000;

  private static final Set<FileVisitOption> NO_LINKS = EnumSet.noneOf(FileVisitOption.class);

  /** Lists the files of {@code folder}; relative to it, sorted as {@code LC_ALL=C sort} does. */
  static FolderFiles scan(Path folder, boolean recursive) throws IOException {
    var files = new ArrayList<Path>();
    var unreadable = new ArrayList<Path>();
    long[] bytes = {0};
    Files.walkFileTree(
        folder,
        NO_LINKS,
        recursive ? Integer.MAX_VALUE : 1,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            if (attributes.isRegularFile()) {
              files.add(folder.relativize(file));
              bytes[0] += attributes.size();
            }
            if (files.size() > FILES_MAX) {
              throw new IOException("more than " + FILES_MAX + " files");
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException e) {
            unreadable.add(folder.relativize(file));
            return FileVisitResult.CONTINUE;
          }
        });
    // The platform's order of paths is that of their bytes.
    files.sort(null);
    return new FolderFiles(files, bytes[0], unreadable);
  }
}
