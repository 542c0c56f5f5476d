package dev.longrunning.app;

import dev.longrunning.profile.Profile;
import dev.longrunning.profile.ServiceFile;
import dev.longrunning.profile.Services;
import dev.longrunning.store.pg.StartFault;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.MalformedInputException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Where the configurations of services are: in a directory, and in the program itself.
 *
 * <p><b>Threads.</b> Reads files: on a plain thread only.
 */
final class ServiceFiles {
  private static final String ENDING = ".yaml";
  private static final String SHIPPED = "/services/";

  private ServiceFiles() {}

  /** The services that are active; fails with what is wrong with any of them, a line each. */
  static Services load(ServiceSettings settings) throws StartFault {
    var faults = new ArrayList<String>();
    var profiles = new ArrayList<Profile>();
    for (String id : settings.active()) {
      var read = read(settings.directory(), id);
      faults.addAll(read.faults());
      read.profile().ifPresent(profiles::add);
    }
    if (settings.active().isEmpty()) {
      faults.add("services.active: got nothing, allowed at least one");
    }
    faults.addAll(Services.faults(profiles));
    if (!faults.isEmpty()) {
      throw new StartFault(String.join(System.lineSeparator(), faults));
    }
    return Services.of(profiles);
  }

  private static ServiceFile.Read read(Path directory, String id) {
    var file = directory.resolve(id + ENDING);
    if (Files.exists(file)) {
      return read(file);
    }
    return shipped(id)
        .map(text -> ServiceFile.read(id, "shipped " + id + ENDING, text))
        .orElseGet(
            () ->
                fault(
                    "services.active: got "
                        + id
                        + ", allowed what is in "
                        + directory
                        + " or shipped: "
                        + id
                        + ENDING
                        + " is in neither"));
  }

  /** What the program brings along. */
  private static Optional<String> shipped(String id) {
    try (var in = ServiceFiles.class.getResourceAsStream(SHIPPED + id + ENDING)) {
      return in == null
          ? Optional.empty()
          : Optional.of(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Reads one file; the service is called as the file is. */
  static ServiceFile.Read read(Path file) {
    var name = file.getFileName();
    String id = name == null ? "" : name.toString().replaceFirst("\\.ya?ml$", "");
    try {
      return ServiceFile.read(id, file.toString(), Files.readString(file));
    } catch (NoSuchFileException e) {
      return fault(file + ": no such file");
    } catch (MalformedInputException e) {
      return fault(file + ": not in UTF-8");
    } catch (IOException e) {
      return fault(file + ": cannot be read");
    }
  }

  private static ServiceFile.Read fault(String line) {
    return new ServiceFile.Read(Optional.empty(), List.of(line));
  }
}
