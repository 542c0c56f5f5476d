package dev.longrunning.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.Arrays;
import java.util.Locale;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class OperationKeyTest {
  /** Stored data depends on these: a change here moves every operation to another lane. */
  @ParameterizedTest
  @CsvSource({
    "default,operations/a,1",
    "default,projects/p/operations/import-7,2",
    "storage-transfer,operations/a,2"
  })
  void lanes_never_change(String service, String name, int lane) {
    assertThat(new OperationKey(service, name).lane()).isEqualTo(lane);
  }

  @Test
  void short_and_regular_names_spread_over_all_lanes() {
    assertSpread(i -> "operations/" + i);
    assertSpread(i -> String.format(Locale.ROOT, "projects/p/operations/import-%06d", i));
    assertSpread(i -> "operations/" + (char) ('a' + i % 26) + (char) ('a' + i / 26 % 26) + i / 676);
  }

  private static void assertSpread(IntFunction<String> names) {
    int operations = 16_000;
    var lanes = new int[OperationKey.LANES];
    for (int i = 0; i < operations; i++) {
      lanes[OperationKey.of(names.apply(i)).lane()]++;
    }
    int even = operations / OperationKey.LANES;
    assertThat(Arrays.stream(lanes))
        .allSatisfy(n -> assertThat(n).isBetween(even * 3 / 4, even * 5 / 4));
  }

  @Test
  void the_text_of_a_key_is_read_as_it_was_written() {
    var key = new OperationKey("storage-transfer", "projects/p/operations/o");

    assertThat(key.text()).isEqualTo("storage-transfer/projects/p/operations/o");
    assertThat(OperationKey.parse(key.text())).isEqualTo(key);
    assertThatIllegalStateException().isThrownBy(() -> OperationKey.parse("nothing"));
  }
}
