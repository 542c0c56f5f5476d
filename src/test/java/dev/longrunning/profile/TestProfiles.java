package dev.longrunning.profile;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The services that are shipped. */
public final class TestProfiles {
  /** Where they are. */
  public static final Path DIRECTORY = Path.of("conf", "services");

  /** What answers out of the box. */
  public static final Services DEFAULT = of("default");

  private TestProfiles() {}

  /** Services by the names of their files. */
  public static Services of(String... ids) {
    return Services.of(Stream.of(ids).map(TestProfiles::profile).toList());
  }

  /** One of them. */
  public static Profile profile(String id) {
    return as(id, id);
  }

  /** One of them under another name. */
  public static Profile as(String id, String shipped) {
    var file = DIRECTORY.resolve(shipped + ".yaml");
    try {
      var read = ServiceFile.read(id, file.toString(), Files.readString(file));
      return read.profile().orElseThrow(() -> new AssertionError(String.join("\n", read.faults())));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The names of all that are shipped. */
  public static List<String> ids() {
    try (var files = Files.list(DIRECTORY)) {
      return files
          .map(file -> file.getFileName().toString().replace(".yaml", ""))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
