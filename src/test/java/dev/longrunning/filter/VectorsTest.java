package dev.longrunning.filter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longrunning.operation.Problem;
import dev.longrunning.types.FilterSamples;
import dev.longrunning.types.TestTypes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** What each sentence of AIP-160, and of the descriptions of the other dialects, comes to here. */
final class VectorsTest {
  private static final Path FOLDER = Path.of("src/test/resources/filter");

  /** Those whose filters are about any operations. */
  private static final Set<String> STANDARD = Set.of("aip-160", "cloud-run", "spanner");

  /** A sentence in our words, a filter, and what is expected of it. */
  private record Vector(String sentence, String filter, String expected) {}

  @TestFactory
  Stream<DynamicTest> every_sentence_holds() throws IOException {
    var tests = new ArrayList<DynamicTest>();
    for (var dialect : Dialect.all()) {
      for (var vector : vectors(FOLDER.resolve(dialect.name() + ".txt"))) {
        String name = dialect.name() + ": " + vector.filter() + " (" + vector.sentence() + ')';
        tests.add(DynamicTest.dynamicTest(name, () -> check(dialect, vector)));
      }
    }
    return tests.stream();
  }

  private static List<Vector> vectors(Path file) throws IOException {
    var vectors = new ArrayList<Vector>();
    String sentence = "";
    String filter = "";
    for (String line : Files.readAllLines(file)) {
      if (line.startsWith("> ")) {
        sentence = line.substring(2);
      } else if (line.startsWith("= ") || line.startsWith("! ") || line.equals("=")) {
        vectors.add(new Vector(sentence, filter, line));
      } else if (!line.isBlank() && !line.startsWith("#")) {
        filter = line.equals("(empty)") ? "" : line.equals("(blank)") ? " \t\n" : line.strip();
      }
    }
    assertThat(vectors).as(file.toString()).isNotEmpty();
    return vectors;
  }

  private static void check(Dialect dialect, Vector vector) {
    if (vector.expected().startsWith("! ")) {
      assertThatThrownBy(() -> dialect.parse(vector.filter()))
          .isInstanceOfSatisfying(
              Problem.class, problem -> assertThat(problem.kind()).isEqualTo(Problem.Kind.INVALID))
          .hasMessageContaining(vector.expected().substring(2));
      return;
    }
    var filter = dialect.parse(vector.filter());
    var samples =
        STANDARD.contains(dialect.name()) ? FilterSamples.all() : FilterSamples.ofServices();
    var matching =
        samples.entrySet().stream()
            .filter(each -> filter.matches(each.getValue(), TestTypes.payloads()))
            .map(each -> each.getKey())
            .toList();
    assertThat(String.join(" ", matching)).isEqualTo(vector.expected().substring(1).strip());
  }
}
