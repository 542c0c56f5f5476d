package dev.longrunning.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.longrunning.operation.Bytes;
import dev.longrunning.operation.KeyRing;
import dev.longrunning.operation.OperationKey;
import dev.longrunning.operation.OperationName;
import dev.longrunning.operation.PageToken;
import dev.longrunning.operation.Problem;
import dev.longrunning.store.Cursors;
import dev.longrunning.store.Epoch;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class CollectionTokenTest {
  private static final KeyRing KEYS = new KeyRing(Map.of(1, Bytes.of(new byte[32])), 1);
  private static final String WATCHED = "default/projects/p\n";
  private static final CollectionToken TOKEN = token(new Random(1));

  /** As they come: an epoch's revisions, a place within a batch or not, a snapshot or not. */
  private static CollectionToken token(Random random) {
    long first = (1L + random.nextInt(1 << 20)) << Epoch.REVISION_BITS;
    long[] revisions = new long[OperationKey.LANES];
    for (int lane = 0; lane < revisions.length; lane++) {
      revisions[lane] = first + (random.nextLong() >>> (24 + random.nextInt(40)));
    }
    int position = random.nextBoolean() ? 0 : 1 + random.nextInt(256);
    var place = Place.within(Cursors.of(revisions), random.nextInt(OperationKey.LANES), position);
    boolean snapshot = random.nextBoolean();
    var epoch = new UUID(random.nextLong(), random.nextLong());
    return new CollectionToken(
        epoch, place, snapshot, snapshot ? passed(random) : null, random.nextBoolean() ? 0 : 1);
  }

  private static @Nullable PageToken passed(Random random) {
    var time = Instant.EPOCH.plusNanos(1_000 * (random.nextLong() >>> 14));
    return random.nextInt(4) == 0
        ? null
        : new PageToken(time, "projects/p/operations/ü" + "o".repeat(random.nextInt(99)));
  }

  private static CollectionToken decoded(String token) {
    return CollectionToken.decoded(KEYS, WATCHED, "resume_token", token);
  }

  private static void assertRefused(KeyRing keys, String watched, String token) {
    assertThatExceptionOfType(Problem.class)
        .isThrownBy(() -> CollectionToken.decoded(keys, watched, "resume_token", token))
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
      assertThat(decoded(token.encoded(KEYS, WATCHED))).as("seed %s", seed).isEqualTo(token);
    }
  }

  @Test
  void lanes_that_are_of_another_epoch_than_the_first_are_read_too() {
    var cursors = Cursors.NONE.with(0, 5L << Epoch.REVISION_BITS).with(3, Long.MAX_VALUE / 2);
    var token = new CollectionToken(TOKEN.epoch(), Place.at(cursors), false, null, 0);

    assertThat(decoded(token.encoded(KEYS, WATCHED))).isEqualTo(token);
  }

  @Test
  void equal_places_have_equal_tokens_that_need_no_escape_in_a_url() {
    String token = TOKEN.encoded(KEYS, WATCHED);

    assertThat(token).isEqualTo(TOKEN.encoded(KEYS, WATCHED)).matches("[A-Za-z0-9_-]+");
  }

  @Test
  void a_token_of_a_watch_of_anything_else_is_refused() {
    String token = TOKEN.encoded(KEYS, WATCHED);

    assertRefused(KEYS, "default/projects/q\n", token);
    assertRefused(KEYS, "other/projects/p\n", token);
    assertRefused(KEYS, "default/projects/p\ndone:true", token);
    assertRefused(KEYS, "", token);
  }

  @Test
  void a_token_with_any_character_changed_left_out_or_added_is_refused() {
    String token = TOKEN.encoded(KEYS, WATCHED);
    for (int i = 0; i < token.length(); i++) {
      for (char c : "A_9!".toCharArray()) {
        if (token.charAt(i) != c) {
          assertRefused(KEYS, WATCHED, token.substring(0, i) + c + token.substring(i + 1));
        }
      }
      assertRefused(KEYS, WATCHED, token.substring(0, i) + token.substring(i + 1));
    }
    assertRefused(KEYS, WATCHED, token + "A");
    assertRefused(KEYS, WATCHED, "A".repeat(CollectionToken.LENGTH_MAX));
    assertRefused(KEYS, WATCHED, "A".repeat(CollectionToken.LENGTH_MAX + 1));
  }

  @Test
  void a_token_of_another_kind_or_under_another_secret_is_refused() {
    var page = new PageToken(Instant.EPOCH, "projects/p/operations/o");
    var operation = new OperationToken(TOKEN.epoch(), 1, Instant.EPOCH, false);
    var secret = Bytes.of("0123456789abcdef".getBytes(StandardCharsets.US_ASCII));

    assertRefused(KEYS, WATCHED, page.encoded(KEYS, WATCHED));
    assertRefused(KEYS, WATCHED, operation.encoded(KEYS, WATCHED));
    assertRefused(new KeyRing(Map.of(1, secret), 1), WATCHED, TOKEN.encoded(KEYS, WATCHED));
  }

  @Test
  void the_longest_token_fits() {
    long[] revisions = new long[OperationKey.LANES];
    for (int lane = 0; lane < revisions.length; lane++) {
      revisions[lane] = lane % 2 == 0 ? 0 : Long.MAX_VALUE / 2;
    }
    var passed = new PageToken(Instant.parse("9999-12-31T23:59:59.999999Z"), longestName());
    var place = Place.within(Cursors.of(revisions), 15, 256);
    var token = new CollectionToken(TOKEN.epoch(), place, true, passed, Long.MAX_VALUE);

    assertThat(decoded(token.encoded(KEYS, WATCHED))).isEqualTo(token);
  }

  private static String longestName() {
    return "o".repeat(OperationName.NAME_BYTES_MAX);
  }
}
