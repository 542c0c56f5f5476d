package dev.longrunning.filter;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The value that a field is compared to: text, and what else it can be read as. The type of the
 * field decides which of these counts.
 *
 * @param text as it came, without quotes and escapes
 * @param presence an asterisk alone, without quotes: whether there is a value at all
 * @param glob for text
 */
public record Operand(
    String text,
    boolean presence,
    Glob glob,
    @Nullable BigDecimal number,
    @Nullable Instant time,
    @Nullable Duration span) {
  /** In characters; what is longer is no number. A double has 17 digits, and exponents. */
  private static final int NUMBER_MAX = 400;

  private static final Pattern NUMBER =
      Pattern.compile("[+-]?(\\d+(\\.\\d*)?|\\.\\d+)([eE][+-]?\\d{1,4})?");
  private static final Pattern TIME =
      Pattern.compile(
          "\\d{4}-\\d\\d-\\d\\d[Tt]\\d\\d:\\d\\d:\\d\\d(\\.\\d{1,9})?([Zz]|[+-]\\d\\d:\\d\\d)");
  private static final Pattern SPAN = Pattern.compile("(-?)(\\d{1,12})(?:\\.(\\d{1,9}))?s");

  /** A value that is compared as it is, without wildcards. */
  static Operand exactly(String text) {
    return marked(text, false, false);
  }

  /** Text with wildcards at its asterisks. */
  static Operand pattern(String text) {
    return marked(text.replace('*', Glob.WILDCARD), false, false);
  }

  /** Whether there is a value. */
  static Operand any() {
    return marked(String.valueOf(Glob.WILDCARD), true, false);
  }

  /** Reads text in which {@link Glob#WILDCARD} stands for wildcards. */
  static Operand marked(String marked, boolean presence, boolean anyCase) {
    var text = marked.replace(Glob.WILDCARD, '*');
    return new Operand(
        text,
        presence,
        Glob.of(marked, anyCase),
        number(text).orElse(null),
        time(text).orElse(null),
        span(text).orElse(null));
  }

  private static Optional<BigDecimal> number(String text) {
    return text.length() <= NUMBER_MAX && NUMBER.matcher(text).matches()
        ? Optional.of(new BigDecimal(text))
        : Optional.empty();
  }

  /** A time as in RFC 3339. */
  static Optional<Instant> time(String text) {
    if (!TIME.matcher(text).matches()) {
      return Optional.empty();
    }
    try {
      return Optional.of(OffsetDateTime.parse(text.toUpperCase(Locale.ROOT)).toInstant());
    } catch (DateTimeException e) {
      // Such as the 30th of February.
      return Optional.empty();
    }
  }

  private static Optional<Duration> span(String text) {
    var parts = SPAN.matcher(text);
    if (!parts.matches()) {
      return Optional.empty();
    }
    String fraction = parts.group(3) == null ? "" : parts.group(3);
    long nanos = Long.parseLong((fraction + "000000000").substring(0, 9));
    var span = Duration.ofSeconds(Long.parseLong(parts.group(2)), nanos);
    return Optional.of(parts.group(1).isEmpty() ? span : span.negated());
  }

  /** The same, of which it is asked only whether a text contains it. */
  Operand within() {
    return new Operand(text, presence, glob.anywhere(), number, time, span);
  }

  Optional<Boolean> flag() {
    return switch (text) {
      case "true" -> Optional.of(true);
      case "false" -> Optional.of(false);
      default -> Optional.empty();
    };
  }

  /** Compares text as it is, by code point, as the database does. */
  int orderOf(String value) {
    int length = Math.min(value.length(), text.length());
    for (int i = 0; i < length; i++) {
      char one = value.charAt(i);
      char other = text.charAt(i);
      if (one != other) {
        // Surrogates come behind all else in UTF-8, though not in UTF-16.
        boolean surrogates = Character.isSurrogate(one) == Character.isSurrogate(other);
        return surrogates
            ? Character.compare(one, other)
            : Boolean.compare(Character.isSurrogate(one), Character.isSurrogate(other));
      }
    }
    return Integer.compare(value.length(), text.length());
  }
}
