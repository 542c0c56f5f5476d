package dev.longrunning.types;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ShippedTypesTest {
  private static final Path FOLDER = Path.of("conf/types");

  /** More in one file is no more to be looked through; see the decision on shipped types. */
  private static final int SET_BYTES_MAX = 200_000;

  @TempDir Path temp;

  @Test
  void what_is_shipped_is_what_stands_in_conf_types() throws Exception {
    try (var files = Files.list(FOLDER)) {
      assertThat(files.map(file -> file.getFileName().toString()).sorted())
          .containsExactlyElementsOf(ShippedTypes.NAMES);
    }
    for (var set : ShippedTypes.read().entrySet()) {
      assertThat(Files.readAllBytes(FOLDER.resolve(set.getKey())))
          .as(set.getKey())
          .isEqualTo(set.getValue())
          .hasSizeLessThan(SET_BYTES_MAX);
    }
  }

  @Test
  void shipped_sets_are_slim() throws Exception {
    for (var set : ShippedTypes.read().entrySet()) {
      assertThat(TypeSet.slim(set.getKey(), set.getValue()))
          .isEqualTo(TypeSet.parse(set.getKey(), set.getValue()));
    }
  }

  @Test
  void shipped_types_are_known_without_a_directory() throws Exception {
    var types = new TypeSources(temp.resolve("none"), true, List.of()).read();

    assertThat(types.find("type.googleapis.com/google.cloud.run.v2.Service")).isPresent();
  }

  @Test
  void a_set_in_the_directory_takes_the_place_of_the_shipped_one_of_its_name() throws Exception {
    var other = Sets.set(Sets.file("a.proto", "message_type { name: 'A' }"));
    Files.write(temp.resolve("run.v2.binpb"), other);

    var types = new TypeSources(temp, false, List.of()).read();

    assertThat(types.find("x/A")).isPresent();
    assertThat(types.find("x/google.cloud.run.v2.Service")).isEmpty();
    assertThat(types.find("x/google.cloud.speech.v1.LongRunningRecognizeMetadata")).isPresent();
  }
}
