package dev.longrunning.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class OperationIdsTest {
  /** The examples of RFC 4648. */
  @ParameterizedTest
  @CsvSource({"'',''", "f,my", "fo,mzxq", "foo,mzxw6", "foob,mzxw6yq", "fooba,mzxw6ytb"})
  void base32_is_that_of_the_rfc_in_lower_case(String text, String encoded) {
    assertThat(OperationIds.base32(text.getBytes(StandardCharsets.US_ASCII))).isEqualTo(encoded);
  }

  @Test
  void every_part_of_the_identity_counts() {
    var request = new UUID(1, 2);
    String id = OperationIds.of("service", "collection", request);

    assertThat(id).hasSize(OperationIds.LENGTH).matches("[a-z][a-z2-7]+");
    assertThat(OperationIds.of("service", "collection", request)).isEqualTo(id);
    assertThat(OperationIds.of("other", "collection", request)).isNotEqualTo(id);
    assertThat(OperationIds.of("service", "other", request)).isNotEqualTo(id);
    assertThat(OperationIds.of("service", "collection", new UUID(1, 3))).isNotEqualTo(id);
  }
}
