package dev.longrunning.app;

import dev.longrunning.observe.Secret;
import dev.longrunning.store.pg.DatabaseUrl;
import dev.longrunning.store.pg.PasswordFile;
import dev.longrunning.store.pg.StartFault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Where the database is, and the password that it is opened with. */
final class DatabaseSettings {
  static final Setting<String> URL =
      new Setting<>("database", "embedded", "embedded, or postgres://…", Optional::of)
          .withSecretValues();

  private DatabaseSettings() {}

  /** Reads it; empty: the embedded one. */
  static Optional<DatabaseUrl> read(SettingSources sources, Map<String, String> environment) {
    String text = sources.get(URL);
    if (text.equals("embedded")) {
      return Optional.empty();
    }
    try {
      DatabaseUrl url = DatabaseUrl.parse(text);
      for (Path file : url.files()) {
        if (!Files.isReadable(file)) {
          sources.fault("database: got " + file + ", allowed a file that can be read");
        }
      }
      sources.shows(URL, shown(url));
      return Optional.of(withPassword(url, environment));
    } catch (StartFault fault) {
      sources.fault(fault.line());
    } catch (IOException e) {
      sources.fault("database: passfile: got one that cannot be read, allowed a text file");
    }
    return Optional.empty();
  }

  /** Where it is, for people: no user, no password, no parameters. */
  private static String shown(DatabaseUrl url) {
    return url.hosts().stream()
        .map(host -> host.name() + ':' + host.port())
        .collect(Collectors.joining(",", "postgres://***@", "/" + url.database()));
  }

  /** The URL's own, else that of the environment, else that of the password file. */
  private static DatabaseUrl withPassword(DatabaseUrl url, Map<String, String> environment)
      throws IOException {
    DatabaseUrl known = url;
    if (environment.containsKey("PGPASSWORD")) {
      known = known.withPassword(Secret.of(environment.get("PGPASSWORD")));
    }
    if (url.passwordFile().filter(Files::isReadable).isPresent()) {
      var lines = Files.readAllLines(url.passwordFile().get());
      known = PasswordFile.find(lines, known).map(known::withPassword).orElse(known);
    }
    return known;
  }
}
