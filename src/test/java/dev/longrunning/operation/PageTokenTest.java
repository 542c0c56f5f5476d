package dev.longrunning.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.HashSet;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class PageTokenTest {
  private static final Bytes FIRST_SECRET = Bytes.of(new byte[32]);
  private static final Bytes SECOND_SECRET =
      Bytes.of("0123456789abcdef".getBytes(StandardCharsets.US_ASCII));
  private static final KeyRing KEYS = new KeyRing(Map.of(1, FIRST_SECRET), 1);
  private static final PageToken TOKEN =
      new PageToken(Instant.parse("2026-01-02T03:04:05.678901Z"), "projects/ü/operations/o");

  private static void assertRefused(KeyRing keys, String list, String token) {
    assertThatExceptionOfType(Problem.class)
        .isThrownBy(() -> PageToken.decoded(keys, list, "page_token", token))
        .satisfies(problem -> assertThat(problem.kind()).isEqualTo(Problem.Kind.INVALID))
        .withMessage(
            "page_token: got "
                + Problem.shown(token)
                + ", allowed a next_page_token of this same list, unchanged");
  }

  @Test
  void a_token_is_read_as_it_was_written() {
    String token = TOKEN.encoded(KEYS, "list");

    assertThat(PageToken.decoded(KEYS, "list", "page_token", token)).isEqualTo(TOKEN);
    assertThat(token).matches("[A-Za-z0-9_-]+");
  }

  @Test
  void a_token_does_not_show_the_operation() {
    var all = new HashSet<String>();
    for (char c = 'a'; c <= 'z'; c++) {
      String name = "operations/" + c + "x".repeat(40);
      var token = new PageToken(Instant.EPOCH, name).encoded(KEYS, "list");
      var bytes = Base64.getUrlDecoder().decode(token);
      // Behind the form and the number of the key no two have a beginning in common.
      all.add(new String(bytes, 5, 8, StandardCharsets.ISO_8859_1));
      assertThat(new String(bytes, StandardCharsets.ISO_8859_1)).doesNotContain("oper", "xxxx");
    }
    assertThat(all).hasSize(26);
  }

  @Test
  void a_token_before_the_epoch_or_far_ahead_is_read_too() {
    for (var time : new String[] {"1969-12-31T23:59:59.999999Z", "9999-12-31T23:59:59.999999Z"}) {
      var token = new PageToken(Instant.parse(time), "operations/o");
      assertThat(PageToken.decoded(KEYS, "l", "f", token.encoded(KEYS, "l"))).isEqualTo(token);
    }
  }

  @Test
  void a_token_of_another_list_is_refused() {
    assertRefused(KEYS, "other", TOKEN.encoded(KEYS, "list"));
    assertRefused(KEYS, "", TOKEN.encoded(KEYS, "list"));
  }

  @Test
  void a_token_with_any_character_changed_left_out_or_added_is_refused() {
    String token = TOKEN.encoded(KEYS, "list");
    for (int i = 0; i < token.length(); i++) {
      for (char c : "A_9!".toCharArray()) {
        if (token.charAt(i) != c) {
          assertRefused(KEYS, "list", token.substring(0, i) + c + token.substring(i + 1));
        }
      }
      assertRefused(KEYS, "list", token.substring(0, i) + token.substring(i + 1));
    }
    assertRefused(KEYS, "list", token + "A");
    assertRefused(KEYS, "list", token + "=");
    assertRefused(KEYS, "list", "A".repeat(PageToken.LENGTH_MAX));
    assertRefused(KEYS, "list", "A".repeat(PageToken.LENGTH_MAX + 1));
    assertRefused(KEYS, "list", "x");
  }

  @Test
  void a_token_stays_valid_over_a_rotation_until_its_key_is_removed() {
    String old = TOKEN.encoded(KEYS, "list");
    var both = new KeyRing(Map.of(1, FIRST_SECRET, 2, SECOND_SECRET), 2);
    var onlyNew = new KeyRing(Map.of(2, SECOND_SECRET), 2);

    assertThat(PageToken.decoded(both, "list", "f", old)).isEqualTo(TOKEN);
    assertRefused(onlyNew, "list", old);
    String fresh = TOKEN.encoded(both, "list");
    assertThat(PageToken.decoded(onlyNew, "list", "f", fresh)).isEqualTo(TOKEN);
    assertRefused(KEYS, "list", fresh);
  }

  @Test
  void another_secret_under_the_same_number_is_refused() {
    assertRefused(new KeyRing(Map.of(1, SECOND_SECRET), 1), "list", TOKEN.encoded(KEYS, "list"));
  }

  @Test
  void a_token_of_the_longest_name_fits() {
    var token = new PageToken(Instant.EPOCH, "x".repeat(OperationName.NAME_BYTES_MAX));

    assertThat(token.encoded(KEYS, "list")).hasSizeLessThanOrEqualTo(PageToken.LENGTH_MAX);
  }

  @Test
  void a_key_ring_needs_a_key_that_cannot_be_guessed_and_shows_none() {
    assertThatIllegalStateException().isThrownBy(() -> new KeyRing(Map.of(), 1));
    assertThatIllegalStateException()
        .isThrownBy(() -> new KeyRing(Map.of(1, Bytes.of(new byte[15])), 1));
    assertThat(KEYS).hasToString("1 keys");
  }
}
