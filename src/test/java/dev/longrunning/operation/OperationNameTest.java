package dev.longrunning.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.longrunning.profile.Names;
import dev.longrunning.profile.TestProfiles;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class OperationNameTest {
  private static final Names DEFAULT = TestProfiles.profile("default").names();

  private static Optional<Problem.Violation> fault(String name) {
    return OperationName.resourceFault("name", name).or(() -> DEFAULT.fault("name", name));
  }

  private static String checked(String name) {
    assertThat(OperationName.resourceFault("name", name)).isEmpty();
    return DEFAULT.checked("name", name);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "operations/o",
        "operations/a/b",
        "projects/p/operations/o",
        "a:b/operations/o",
        "operations/a:b/c",
        "projects/p/operations/-o",
        "projects/über%2Fmut/operations/🙂",
        "operations/operations/x"
      })
  void names_of_both_forms_are_accepted(String name) {
    assertThat(checked(name)).isEqualTo(name);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "operations",
        "operations/",
        "/operations/o",
        "projects/p/operations",
        "projects/p/operations/",
        "projects/p/operations/o/",
        "projects/p/operations/a/b",
        "projects/p/xoperations/o",
        "projects//operations/o",
        "projects/./operations/o",
        "projects/../operations/o",
        "projects/-/operations/o",
        "operations/-",
        "operations/a:b",
        "projects/p/operations/o:cancel",
        "operations/\0",
        "operations/a\nb",
        "operations/\u0085",
        "operations/\ud83d",
        "operations/\udd42x"
      })
  void other_names_are_refused(String name) {
    assertThat(fault(name)).isPresent();
  }

  @Test
  void a_refusal_names_field_input_and_what_is_allowed() {
    assertThatExceptionOfType(Problem.class)
        .isThrownBy(() -> checked("jobs/1"))
        .withMessage(
            "name: got jobs/1, allowed operations/{id} or {parent}/operations/{id}, no ':' in the"
                + " id");
  }

  @Test
  void a_name_has_at_most_512_bytes() {
    String at = "operations/" + "ä".repeat(250) + "x";
    assertThat(fault(at)).isEmpty();
    assertThat(fault(at + "x")).isPresent();
    assertThat(fault("operations/" + "x".repeat(501))).isEmpty();
    assertThat(fault("operations/" + "x".repeat(502))).isPresent();
  }

  @ParameterizedTest
  @CsvSource({
    "operations/o,''",
    "operations/a/b,''",
    "projects/p/operations/o,projects/p",
    "operations/x/operations/o,operations/x",
    "x/operations/o,x"
  })
  void the_collection_of_a_name_is_its_parent(String name, String collection) {
    assertThat(OperationName.collectionOf(name)).isEqualTo(collection);
  }

  @ParameterizedTest
  @CsvSource({
    "'',''",
    "operations,''",
    "projects/p,projects/p",
    "projects/p/operations,projects/p",
    "a:b/c,a:b/c"
  })
  void a_collection_is_named_with_or_without_its_suffix(String name, String collection) {
    assertThat(OperationName.collection("name", name)).isEqualTo(collection);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "projects/", "/operations", "projects/-", "a/b:c", "a:b/operations"})
  void other_collections_are_refused(String name) {
    assertThat(OperationName.collectionFault("name", name)).isPresent();
  }

  @ParameterizedTest
  @CsvSource({
    "'',''",
    "operations,''",
    "projects/p,projects/p",
    "projects/-,projects/-",
    "projects/-/operations,projects/-",
    "projects/-/locations/l/operations,projects/-/locations/l",
    "projects/p/locations/-,projects/p/locations/-",
    "projects/-a/x,projects/-a/x",
    "a/-/b/-/c/-/d/-/e/-/f/-/g/-/h/-/operations,a/-/b/-/c/-/d/-/e/-/f/-/g/-/h/-"
  })
  void a_pattern_takes_a_hyphen_for_any_id(String name, String pattern) {
    assertThat(OperationName.pattern("name", name).text()).isEqualTo(pattern);
  }

  @ParameterizedTest
  @CsvSource({
    "-,'''-'' only in place of an id'",
    "-/operations,'''-'' only in place of an id'",
    "-/p,'''-'' only in place of an id'",
    "projects/p/-/l,'''-'' only in place of an id'",
    "projects/-/-,'''-'' only in place of an id'",
    "projects//x,segments that are not empty",
    "projects/-/../x,segments that are not empty",
    "a/-/b:c,no ':' in the last segment",
    "a/-/b/-/c/-/d/-/e/-/f/-/g/-/h/-/i,at most 16 segments where one is '-'"
  })
  void other_patterns_are_refused(String name, String allowed) {
    assertThatExceptionOfType(Problem.class)
        .isThrownBy(() -> OperationName.pattern("name", name))
        .withMessageStartingWith("name: got " + name + ", allowed " + allowed);
  }

  @ParameterizedTest
  @ValueSource(strings = {"projects/-", "projects/-/operations", "projects/-/locations/l"})
  void only_patterns_take_it(String name) {
    assertThat(OperationName.collectionFault("parent", name)).isPresent();
    assertThat(fault(name + "/operations/o")).isPresent();
  }

  @Test
  void a_pattern_has_at_most_512_bytes() {
    String at = "projects/-/x/" + "ä".repeat(249) + "x";
    assertThat(OperationName.patternFault("name", at)).isEmpty();
    assertThat(OperationName.patternFault("name", at + "x")).isPresent();
    assertThat(OperationName.patternFault("name", "projects/-/x/\n")).isPresent();
  }

  @Test
  void a_name_made_in_a_collection_belongs_to_it() {
    for (String collection : new String[] {"", "projects/p"}) {
      String name = checked(OperationName.in(collection, "id"));
      assertThat(OperationName.collectionOf(name)).isEqualTo(collection);
    }
  }
}
