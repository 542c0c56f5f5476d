package dev.longrunning.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.longrunning.operation.Bytes;
import dev.longrunning.operation.KeyRing;
import dev.longrunning.operation.Problem;
import dev.longrunning.store.Cursors;
import java.time.Instant;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

final class OperationTokenTest {
  private static final KeyRing KEYS = new KeyRing(Map.of(1, Bytes.of(new byte[32])), 1);
  private static final String WATCHED = "default/projects/p/operations/o";
  private static final OperationToken TOKEN = token(new Random(1));

  private static OperationToken token(Random random) {
    return new OperationToken(
        new UUID(random.nextLong(), random.nextLong()),
        random.nextLong() >>> random.nextInt(64),
        Instant.EPOCH.plusNanos(1_000 * (random.nextLong() >>> 14)),
        random.nextBoolean());
  }

  private static void assertRefused(String watched, String token) {
    assertThatExceptionOfType(Problem.class)
        .isThrownBy(() -> OperationToken.decoded(KEYS, watched, "resume_token", token))
        .satisfies(problem -> assertThat(problem.kind()).isEqualTo(Problem.Kind.INVALID))
        .withMessage(
            "resume_token: got "
                + Problem.shown(token)
                + ", allowed a resume_token of this same watch, unchanged");
  }

  @Test
  void a_token_is_read_as_it_was_written() {
    for (int seed = 0; seed < 2_000; seed++) {
      var token = token(new Random(seed));
      String text = token.encoded(KEYS, WATCHED);
      assertThat(text)
          .hasSizeLessThanOrEqualTo(OperationToken.LENGTH_MAX)
          .matches("[A-Za-z0-9_-]+");
      assertThat(OperationToken.decoded(KEYS, WATCHED, "resume_token", text)).isEqualTo(token);
    }
  }

  @Test
  void a_token_of_another_operation_is_refused() {
    assertRefused("default/projects/p/operations/other", TOKEN.encoded(KEYS, WATCHED));
    assertRefused("other/projects/p/operations/o", TOKEN.encoded(KEYS, WATCHED));
  }

  @Test
  void a_token_of_a_collection_is_refused() {
    var place = Place.at(Cursors.NONE);
    var collection = new CollectionToken(TOKEN.epoch(), place, false, null, 0);

    assertRefused(WATCHED, collection.encoded(KEYS, WATCHED));
  }

  @Test
  void a_token_with_any_character_changed_left_out_or_added_is_refused() {
    String token = TOKEN.encoded(KEYS, WATCHED);
    for (int i = 0; i < token.length(); i++) {
      for (char c : "A_9!".toCharArray()) {
        if (token.charAt(i) != c) {
          assertRefused(WATCHED, token.substring(0, i) + c + token.substring(i + 1));
        }
      }
      assertRefused(WATCHED, token.substring(0, i) + token.substring(i + 1));
    }
    assertRefused(WATCHED, token + "A");
    assertRefused(WATCHED, "A".repeat(OperationToken.LENGTH_MAX));
    assertRefused(WATCHED, "A".repeat(OperationToken.LENGTH_MAX + 1));
  }
}
