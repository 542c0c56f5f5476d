package dev.longrunning.operation;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * Percent-decoding that refuses what it cannot decode exactly.
 *
 * <p><b>Promise.</b> Never replaces or drops anything: an incomplete escape, bytes that are not
 * UTF-8, control characters, raw characters outside printable ASCII and a raw {@code #} are {@link
 * Problem} INVALID.
 */
public final class Percent {
  private Percent() {}

  /** Decodes in full. */
  public static String decoded(String field, String raw) {
    checkAscii(field, raw);
    return decode(field, raw, Slash.DECODED);
  }

  /** Decodes all but an encoded slash, which stays as it came. */
  public static String decodedExceptSlash(String field, String raw) {
    checkAscii(field, raw);
    return decode(field, raw, Slash.KEPT);
  }

  /** Decodes a part of a query, where a plus stands for a space. */
  public static String decodedQuery(String field, String raw) {
    checkAscii(field, raw);
    return decode(field, raw.replace('+', ' '), Slash.DECODED);
  }

  private enum Slash {
    DECODED,
    KEPT
  }

  private static String decode(String field, String raw, Slash slash) {
    if (raw.indexOf('%') < 0) {
      return raw;
    }
    var bytes = ByteBuffer.allocate(raw.length());
    for (int i = 0; i < raw.length(); i++) {
      char c = raw.charAt(i);
      if (c != '%') {
        bytes.put((byte) c);
        continue;
      }
      int value = octet(field, raw, i);
      if (value == '/' && slash == Slash.KEPT) {
        bytes.put((byte) '%').put((byte) '2').put((byte) raw.charAt(i + 2));
      } else {
        bytes.put((byte) value);
      }
      i += 2;
    }
    return text(field, raw, bytes.flip());
  }

  private static void checkAscii(String field, String raw) {
    for (int i = 0; i < raw.length(); i++) {
      // What follows a '#' is no part of a request: whoever sent it meant something else by it.
      if (raw.charAt(i) <= ' ' || raw.charAt(i) > '~' || raw.charAt(i) == '#') {
        throw Problem.invalid(field, raw, "printable ASCII, everything else percent-encoded");
      }
    }
  }

  private static int octet(String field, String raw, int percent) {
    int high = percent + 2 < raw.length() ? Character.digit(raw.charAt(percent + 1), 16) : -1;
    int low = high < 0 ? -1 : Character.digit(raw.charAt(percent + 2), 16);
    if (low < 0) {
      throw Problem.invalid(field, raw, "% followed by two hexadecimal digits");
    }
    return high << 4 | low;
  }

  private static String text(String field, String raw, ByteBuffer bytes) {
    String text;
    try {
      // A new decoder reports what is malformed; String's constructor would replace it.
      text = StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
    } catch (CharacterCodingException e) {
      throw Problem.invalid(field, raw, "percent-encoded UTF-8");
    }
    if (text.chars().anyMatch(Character::isISOControl)) {
      throw Problem.invalid(field, raw, "no control characters");
    }
    return text;
  }
}
