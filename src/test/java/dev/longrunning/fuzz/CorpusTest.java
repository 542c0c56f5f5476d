package dev.longrunning.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longrunning.auth.TokenFuzz;
import dev.longrunning.filter.FilterFuzz;
import dev.longrunning.grpc.FrameFuzz;
import dev.longrunning.rest.JsonFuzz;
import dev.longrunning.rest.RequestFuzz;
import dev.longrunning.rpc.PathFuzz;
import dev.longrunning.testing.Fuzzed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** What the fuzzer begins with, and what it has found, stays good. */
final class CorpusTest {
  private static final Path CORPUS = Path.of("src/fuzz/corpus");

  private static final Map<String, Consumer<byte[]>> TARGETS =
      Map.of(
          "auth.TokenFuzz", TokenFuzz::fuzzerTestOneInput,
          "filter.FilterFuzz", FilterFuzz::fuzzerTestOneInput,
          "grpc.FrameFuzz", FrameFuzz::fuzzerTestOneInput,
          "rpc.PathFuzz", PathFuzz::fuzzerTestOneInput,
          "rest.JsonFuzz", JsonFuzz::fuzzerTestOneInput,
          "rest.RequestFuzz", RequestFuzz::fuzzerTestOneInput);

  @TestFactory
  Stream<DynamicTest> every_input_of_the_corpus() throws IOException {
    try (var folders = Files.list(CORPUS)) {
      assertThat(folders.map(folder -> folder.getFileName().toString()))
          .containsExactlyInAnyOrderElementsOf(TARGETS.keySet());
    }
    return TARGETS.entrySet().stream()
        .flatMap(target -> inputs(target.getKey(), target.getValue()));
  }

  private static Stream<DynamicTest> inputs(String name, Consumer<byte[]> target) {
    return Fuzzed.corpus(name).stream()
        .map(
            input ->
                DynamicTest.dynamicTest(
                    name + ' ' + input.name(), () -> target.accept(input.bytes().getBytes())));
  }
}
