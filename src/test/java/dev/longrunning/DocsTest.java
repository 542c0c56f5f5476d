package dev.longrunning;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longrunning.app.SettingsDocs;
import dev.longrunning.filter.FilterDocs;
import dev.longrunning.operation.CallerProblems;
import dev.longrunning.operation.Problem;
import dev.longrunning.profile.ServiceDocs;
import dev.longrunning.profile.TestProfiles;
import dev.longrunning.rpc.MethodsDocs;
import dev.longrunning.rpc.Row;
import dev.longrunning.rpc.StatusTable;
import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.MatchResult;
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
  void every_setting_that_can_change_while_the_server_runs_is_documented() throws IOException {
    var page = Files.readString(DOCS.resolve("settings.md"));
    int begin = page.indexOf("## Changing them while the server runs");
    var section = page.substring(begin, page.indexOf("\n## ", begin));

    var listed =
        Pattern.compile("(?m)^- `([^`]+)`")
            .matcher(section)
            .results()
            .map(hit -> hit.group(1))
            .toList();

    assertThat(listed).containsExactlyElementsOf(SettingsDocs.reloaded());
  }

  @Test
  void every_field_and_dialect_of_filters_is_documented_with_its_bounds() throws IOException {
    var page = Files.readString(DOCS.resolve("filters.md"));

    var row = Pattern.compile("(?m)^\\| `([a-z_0-9.-]+)` \\|.*\\| ([^|]+) \\|$");
    var rows =
        row.matcher(page)
            .results()
            .map(hit -> hit.group(1) + ": " + hit.group(2))
            .collect(Collectors.toList());
    var expected = new ArrayList<>(FilterDocs.fields());
    expected.addAll(FilterDocs.dialects().stream().sorted().toList());

    assertThat(rows).containsExactlyElementsOf(expected);
    assertThat(page).contains(FilterDocs.bounds());
  }

  @Test
  void the_examples_of_filters_are_what_they_are_said_to_be() throws IOException {
    var page = Files.readString(DOCS.resolve("filters.md"));
    var code = page.lines().filter(line -> line.startsWith("    ")).map(String::strip).toList();
    var refusals = code.stream().filter(line -> line.startsWith("filter: ")).toList();

    var examples = code.stream().filter(line -> !line.matches("(curl|filter:) .*")).toList();
    assertThat(examples).hasSize(4).allSatisfy(FilterDocs::example);
    assertThat(refusals)
        .containsExactly(FilterDocs.refusal("creat_time = x"), FilterDocs.refusal("done = maybe"));
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
  void every_reason_is_documented_with_its_code_and_status() throws Exception {
    var given = new TreeSet<String>();
    for (Method factory : factories()) {
      if (Modifier.isStatic(factory.getModifiers()) && factory.getReturnType() == Problem.class) {
        given.add(row((Problem) factory.invoke(null, arguments(factory))));
      }
    }

    var documented =
        Pattern.compile("(?m)^\\| `[A-Z_]+` \\| [A-Z_]+ \\| [0-9]+ \\|")
            .matcher(Files.readString(DOCS.resolve("errors.md")))
            .results()
            .map(MatchResult::group)
            .collect(Collectors.toCollection(TreeSet::new));

    assertThat(documented).isEqualTo(given);
  }

  private static List<Method> factories() {
    return Stream.of(Problem.class, CallerProblems.class)
        .flatMap(type -> Stream.of(type.getMethods()))
        .toList();
  }

  private static String row(Problem problem) {
    return String.format(
        "| `%s` | %s | %d |",
        problem.reason(), StatusTable.code(problem.kind()), StatusTable.http(problem.kind()));
  }

  private static Object[] arguments(Method factory) {
    return Stream.of(factory.getParameterTypes()).map(DocsTest::any).toArray();
  }

  private static Object any(Class<?> type) {
    if (type == long.class) {
      return 1L;
    }
    if (type == Duration.class) {
      return Duration.ofSeconds(1);
    }
    if (type == List.class) {
      return List.of();
    }
    return type == Throwable.class ? new IllegalStateException() : "x";
  }

  @Test
  void every_method_is_documented_with_its_paths_and_fields() throws IOException {
    var page = Files.readString(DOCS.resolve("api.md"));

    for (var method : MethodsDocs.methods()) {
      var section = section(page, method.name());

      assertThat(section).contains("gRPC", method.fullName());
      for (var rule : method.rules()) {
        assertThat(section)
            .containsPattern(
                "(?m)^    " + rule.verb() + " +" + Pattern.quote(rule.template()) + "$");
      }
      for (var field : method.request().getDescriptorForType().getFields()) {
        assertThat(section).as(method.name()).contains("`" + field.getName() + "`");
      }
    }
    // Versions of one service have a method in common, and one section for it.
    var names = MethodsDocs.methods().stream().map(Row::name).collect(Collectors.toSet());
    assertThat(page.lines().filter(line -> line.startsWith("### "))).hasSameSizeAs(names);
  }

  private static String section(String page, String method) {
    int begin = page.indexOf("### " + method + "\n");
    assertThat(begin).as(method).isNotNegative();
    int end = page.indexOf("\n##", begin);
    return page.substring(begin, end < 0 ? page.length() : end);
  }

  @Test
  void every_service_and_every_key_of_one_is_documented() throws IOException {
    var page = Files.readString(DOCS.resolve("services.md"));

    assertThat(first(page, "file")).containsExactlyInAnyOrderElementsOf(TestProfiles.ids());
    assertThat(first(page, "key")).containsExactlyInAnyOrderElementsOf(ServiceDocs.keys());
  }

  /** What stands in code in the first column of the table whose first column is called so. */
  private static List<String> first(String page, String column) {
    return page.lines()
        .dropWhile(line -> !line.startsWith("| " + column + " |"))
        .skip(2)
        .takeWhile(line -> line.startsWith("|"))
        .map(line -> line.split("\\|", 3)[1])
        .flatMap(cell -> Pattern.compile("`([^`]+)`").matcher(cell).results())
        .map(match -> match.group(1))
        .toList();
  }

  @Test
  void programs_that_watch_are_shown_as_the_files_that_are_run() throws IOException {
    var shown =
        Pattern.compile("(?ms)^```[a-z]+\n(.*?)^```$")
            .matcher(Files.readString(DOCS.resolve("watching.md")))
            .results()
            .map(hit -> hit.group(1))
            .toList();

    var files = new ArrayList<String>();
    try (Stream<Path> examples = Files.list(Path.of("examples", "watching"))) {
      // The page that draws a table is a link.
      for (Path file : (Iterable<Path>) examples.filter(DocsTest::isProgram)::iterator) {
        files.add(Files.readString(file));
      }
    }
    assertThat(shown).containsExactlyInAnyOrderElementsOf(files);
  }

  private static boolean isProgram(Path file) {
    return !file.toString().endsWith(".html");
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
