package dev.longrunning.operation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class CollectionPatternTest {
  @ParameterizedTest
  @CsvSource({
    "'','',true",
    "'',a,false",
    "projects/p,projects/p,true",
    "projects/p,projects/q,false",
    "projects/-,projects/p,true",
    "projects/-,projects/-p,true",
    "projects/-,projects,false",
    "projects/-,projects/p/locations,false",
    "projects/-,projects/p/locations/l,false",
    "projects/-,folders/p,false",
    "projects/-,'',false",
    "projects/-/locations/l,projects/p/locations/l,true",
    "projects/-/locations/l,projects/p/locations/ll,false",
    "projects/-/locations/ll,projects/p/locations/l,false",
    "projects/p/locations/-,projects/p/locations/l,true",
    "projects/p/locations/-,projects/pp/locations/l,false"
  })
  void a_hyphen_stands_for_one_whole_segment(String pattern, String collection, boolean matches) {
    assertThat(CollectionPattern.of(pattern).matches(collection)).isEqualTo(matches);
  }

  @Test
  void a_pattern_without_it_is_exact() {
    assertThat(CollectionPattern.of("projects/-p").isExact()).isTrue();
    assertThat(CollectionPattern.of("").isExact()).isTrue();
    assertThat(CollectionPattern.of("projects/-").isExact()).isFalse();
    assertThat(CollectionPattern.of("a/".repeat(200) + "a").isExact()).isTrue();
  }

  @Test
  void patterns_are_equal_by_their_text() {
    var pattern = CollectionPattern.of("projects/-");

    assertThat(pattern).isEqualTo(CollectionPattern.of("projects/-"));
    assertThat(pattern).hasSameHashCodeAs(CollectionPattern.of("projects/-"));
    assertThat(pattern).isNotEqualTo(CollectionPattern.of("folders/-"));
    assertThat(pattern).hasToString("projects/-").isNotEqualTo("projects/-");
    assertThat(pattern.shape()).isEqualTo(CollectionPattern.of("folders/-").shape());
    assertThat(pattern.shape()).isNotEqualTo(CollectionPattern.of("folders/f/x").shape());
  }

  @Test
  void there_are_no_more_shapes_than_the_bound_says() {
    var shapes = new HashSet<CollectionPattern.Shape>();
    for (int segments = 1; segments <= CollectionPattern.SEGMENTS_MAX; segments++) {
      for (int chosen = 1; chosen < 1 << (segments / 2); chosen++) {
        var name = new StringBuilder();
        for (int i = 0; i < segments; i++) {
          boolean any = i % 2 == 1 && (chosen & (1 << (i / 2))) != 0;
          name.append(i == 0 ? "" : "/").append(any ? "-" : "a");
        }
        shapes.add(OperationName.pattern("name", name.toString()).shape());
      }
    }
    assertThat(shapes).hasSize(CollectionPattern.SHAPES_MAX);
  }

  @Property
  void it_matches_what_a_naive_matcher_matches(
      @ForAll("patterns") String text, @ForAll("collections") String collection) {
    var pattern = OperationName.pattern("name", text);

    assertThat(pattern.matches(collection)).isEqualTo(naive(text, collection));
    assertThat(pattern.text()).isEqualTo(text);
    assertThat(pattern.isExact()).isEqualTo(!List.of(text.split("/")).contains("-"));
  }

  @Property
  void a_shape_finds_the_pattern_that_matches(
      @ForAll("patterns") String text, @ForAll("collections") String collection) {
    var pattern = CollectionPattern.of(text);
    var over = pattern.shape().over(collection);

    assertThat(over.filter(text::equals).isPresent()).isEqualTo(pattern.matches(collection));
    over.ifPresent(
        found -> {
          assertThat(CollectionPattern.of(found).shape()).isEqualTo(pattern.shape());
          assertThat(CollectionPattern.of(found).matches(collection)).isTrue();
        });
  }

  private static boolean naive(String pattern, String collection) {
    String form =
        Stream.of(pattern.split("/"))
            .map(segment -> segment.equals("-") ? "[^/]+" : Pattern.quote(segment))
            .collect(Collectors.joining("/"));
    return collection.matches(form);
  }

  // Few letters, so that many match.
  @Provide
  Arbitrary<String> patterns() {
    return names(List.of("a", "b", "-a", "-", "-", "-"));
  }

  @Provide
  Arbitrary<String> collections() {
    return names(List.of("a", "b", "ab", "-a", "a-"));
  }

  private static Arbitrary<String> names(List<String> ids) {
    var kinds = Arbitraries.of("a", "b");
    var pairs =
        kinds.flatMap(kind -> Arbitraries.of(ids).map(id -> kind + '/' + id)).list().ofMaxSize(3);
    return pairs
        .map(all -> String.join("/", all))
        .flatMap(
            name -> kinds.injectNull(0.7).map(kind -> kind == null ? name : appended(name, kind)));
  }

  private static String appended(String name, String kind) {
    return name.isEmpty() ? kind : name + '/' + kind;
  }
}
