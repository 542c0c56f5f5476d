package dev.longrunning.types;

import com.google.protobuf.Descriptors.FileDescriptor;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Where types come from: what is built in, what is shipped, and a directory of descriptor sets.
 *
 * <p><b>Promise.</b> A set in the directory takes the place of a shipped one of the same name.
 *
 * <p><b>Threads.</b> Its methods read files and block: plain ones.
 *
 * <p><b>Bounds.</b> {@value #SETS_MAX} sets of {@value #SET_BYTES_MAX} bytes, {@value #BYTES_MAX}
 * together; and those of {@link Linker}.
 */
public final class TypeSources {
  /** The setting that names the directory. */
  static final String SETTING = "types.directory";

  static final int SETS_MAX = 256;

  /** All of the public interfaces of Google's, with comments, are some 40 MiB; without, 9. */
  static final int SET_BYTES_MAX = 16 << 20;

  static final int BYTES_MAX = 64 << 20;

  /** Lines about one directory; what is wrong with the rest shows when these are mended. */
  static final int FAULTS_MAX = 16;

  private static final Pattern SET = Pattern.compile("[^.].*\\.(binpb|pb|desc|protoset)");

  private final Path directory;
  private final boolean optional;
  private final List<FileDescriptor> builtIn;

  /**
   * Names the sources; reads nothing.
   *
   * @param optional whether a directory that is not there counts as an empty one
   * @param own files of the program whose types are known besides the usual ones
   */
  public TypeSources(Path directory, boolean optional, List<FileDescriptor> own) {
    this.directory = directory;
    this.optional = optional;
    this.builtIn = new ArrayList<>(BuiltInTypes.FILES);
    builtIn.addAll(own);
  }

  /**
   * What a directory looks like from outside: two that are equal hold the same, unless somebody
   * takes care to hide it.
   */
  public record Look(Map<Path, Object> files) {
    public Look {
      files = Map.copyOf(files);
    }
  }

  /** Lists the directory; fails if that cannot be done. */
  public Look look() throws TypesFault {
    var seen = new TreeMap<Path, Object>();
    for (Path file : files()) {
      try {
        var known = Files.readAttributes(file, BasicFileAttributes.class);
        seen.put(
            file,
            List.of(known.size(), known.lastModifiedTime(), Optional.ofNullable(known.fileKey())));
      } catch (IOException e) {
        seen.put(file, "gone");
      }
    }
    return new Look(seen);
  }

  private List<Path> files() throws TypesFault {
    if (!Files.isDirectory(directory)) {
      if (optional && Files.notExists(directory)) {
        return List.of();
      }
      throw TypesFault.of(directory, "", "a directory that exists and can be read");
    }
    var found = new ArrayList<Path>();
    try (var entries = Files.newDirectoryStream(directory, TypeSources::isSet)) {
      for (Path file : entries) {
        found.add(file);
        if (found.size() > SETS_MAX) {
          throw TypesFault.of(directory, " with more", "at most " + SETS_MAX + " descriptor sets");
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      throw TypesFault.of(directory, "", "a directory that exists and can be read");
    }
    found.sort(null);
    return found;
  }

  private static boolean isSet(Path file) {
    return SET.matcher(file.getFileName().toString()).matches() && !Files.isDirectory(file);
  }

  /** Reads and links everything; fails with all faults that were found. */
  public Types read() throws TypesFault {
    var faults = new ArrayList<String>();
    var shipped = ShippedTypes.read();
    var own = new LinkedHashMap<String, TypeSet>();
    long bytes = 0;
    for (Path file : files()) {
      try {
        byte[] content = bytes(file);
        bytes += content.length;
        if (bytes > BYTES_MAX) {
          throw TypesFault.of(file, ", too much", "at most " + BYTES_MAX + " bytes in all sets");
        }
        String name = file.getFileName().toString();
        boolean known = Arrays.equals(content, shipped.get(name));
        own.put(
            name,
            known
                ? TypeSet.slim(file.toString(), content)
                : TypeSet.parse(file.toString(), content));
      } catch (TypesFault fault) {
        faults.addAll(fault.lines());
      }
    }
    if (!faults.isEmpty()) {
      throw new TypesFault(faults.subList(0, Math.min(faults.size(), FAULTS_MAX)));
    }
    return new Linker(builtIn).link(sets(shipped, own));
  }

  /** Those shipped come first, and are not even parsed where the directory has others. */
  private static List<TypeSet> sets(Map<String, byte[]> shipped, Map<String, TypeSet> own)
      throws TypesFault {
    var sets = new LinkedHashMap<String, TypeSet>();
    for (var set : shipped.entrySet()) {
      var known = own.get(set.getKey());
      sets.put(
          set.getKey(),
          known == null ? TypeSet.slim("shipped " + set.getKey(), set.getValue()) : known);
    }
    sets.putAll(own);
    return List.copyOf(sets.values());
  }

  private static byte[] bytes(Path file) throws TypesFault {
    try (var in = Files.newInputStream(file)) {
      byte[] content = in.readNBytes(SET_BYTES_MAX + 1);
      if (content.length > SET_BYTES_MAX) {
        throw TypesFault.of(file, ", longer", "at most " + SET_BYTES_MAX + " bytes");
      }
      return content;
    } catch (IOException e) {
      throw TypesFault.of(file, "", "a file that can be read");
    }
  }
}
