package dev.longrunning.operation;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Base64;

/**
 * Where a list goes on: after this operation, in the order newest first.
 *
 * <p><b>Promise.</b> Opaque, URL-safe, signed, and bound to the list it came from: a token of
 * another collection or filter is refused. It gives no authority of its own.
 *
 * @param createTime of the last operation that was looked at, in whole microseconds
 * @param name of that operation
 */
public record PageToken(Instant createTime, String name) {
  /** In characters: a name of the greatest length and the rest, in base64. */
  public static final int LENGTH_MAX = 1_024;

  private static final byte FORM = 1;
  private static final int HEADER_BYTES = 1 + Integer.BYTES + Long.BYTES;

  /** Writes the token; {@code list} names the list it belongs to. */
  public String encoded(KeyRing keys, String list) {
    byte[] text = name.getBytes(StandardCharsets.UTF_8);
    var body = ByteBuffer.allocate(HEADER_BYTES + text.length);
    body.put(FORM).putInt(keys.signing());
    body.putLong(micros(createTime)).put(text);
    var signature =
        keys.signature(keys.signing(), signed(body.array(), list))
            .orElseThrow(() -> new IllegalStateException("the key that signs is on the ring"));
    var token =
        ByteBuffer.allocate(body.capacity() + signature.length())
            .put(body.array())
            .put(signature.array());
    return Base64.getUrlEncoder().withoutPadding().encodeToString(token.array());
  }

  /** Reads a token of {@code list}, or throws {@link Problem} INVALID naming {@code field}. */
  public static PageToken decoded(KeyRing keys, String list, String field, String token) {
    if (token.length() > LENGTH_MAX) {
      throw refused(field, token);
    }
    try {
      byte[] all = Base64.getUrlDecoder().decode(token);
      // Unused bits of the last character: a changed token that still decodes to the same bytes.
      if (!Base64.getUrlEncoder().withoutPadding().encodeToString(all).equals(token)) {
        throw refused(field, token);
      }
      int length = all.length - KeyRing.SIGNATURE_BYTES;
      if (length <= HEADER_BYTES || all[0] != FORM) {
        throw refused(field, token);
      }
      byte[] body = Arrays.copyOf(all, length);
      var buffer = ByteBuffer.wrap(body, 1, length - 1);
      byte[] expected =
          keys.signature(buffer.getInt(), signed(body, list))
              .orElseThrow(() -> refused(field, token))
              .array();
      if (!MessageDigest.isEqual(expected, Arrays.copyOfRange(all, length, all.length))) {
        throw refused(field, token);
      }
      var createTime = Instant.EPOCH.plus(buffer.getLong(), ChronoUnit.MICROS);
      return new PageToken(createTime, StandardCharsets.UTF_8.decode(buffer).toString());
    } catch (IllegalArgumentException | BufferUnderflowException e) {
      throw refused(field, token);
    }
  }

  /** {@code ChronoUnit.between} counts nanoseconds on its way, and overflows in 2262. */
  private static long micros(Instant time) {
    return Math.addExact(
        Math.multiplyExact(time.getEpochSecond(), 1_000_000L), time.getNano() / 1_000);
  }

  private static byte[] signed(byte[] body, String list) {
    byte[] bound = list.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(Integer.BYTES + body.length + bound.length)
        .putInt(body.length)
        .put(body)
        .put(bound)
        .array();
  }

  private static Problem refused(String field, String token) {
    return Problem.invalid(field, token, "a next_page_token of this same list, unchanged");
  }
}
