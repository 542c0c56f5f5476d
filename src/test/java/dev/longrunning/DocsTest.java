package dev.longrunning;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longrunning.app.SettingsDocs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The documentation says what is there, and nothing else. */
final class DocsTest {
  private static final Path DOCS = Path.of("docs");
  private static final Pattern EVENT =
      Pattern.compile("\\.log\\(\\s*\"([a-z_]+\\.[a-z_]+)\"\\s*\\)");
  private static final Pattern ROW = Pattern.compile("(?m)^\\| `([^`]+)` \\|");

  @Test
  void every_setting_is_documented_as_it_is() throws IOException {
    var rows =
        Files.readString(DOCS.resolve("settings.md"))
            .lines()
            .filter(line -> line.startsWith("| `"))
            .map(line -> line.substring(0, line.lastIndexOf("| ", line.length() - 2) + 1))
            .toList();

    assertThat(rows).containsExactlyElementsOf(SettingsDocs.rows());
  }

  @Test
  void every_log_event_is_documented() throws IOException {
    var logged = new TreeSet<String>();
    try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
      for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
        EVENT.matcher(Files.readString(file)).results().forEach(hit -> logged.add(hit.group(1)));
      }
    }

    var documented =
        ROW.matcher(Files.readString(DOCS.resolve("events.md")))
            .results()
            .map(hit -> hit.group(1))
            .collect(Collectors.toCollection(TreeSet::new));

    assertThat(documented).isEqualTo(logged);
  }

  @Test
  void every_decision_says_its_status() throws IOException {
    try (Stream<Path> files = Files.list(DOCS.resolve("decisions"))) {
      for (Path file : (Iterable<Path>) files::iterator) {
        assertThat(Files.readAllLines(file))
            .as(file.toString())
            .hasSizeLessThanOrEqualTo(60)
            .anyMatch(line -> line.startsWith("Status: "));
      }
    }
  }
}
