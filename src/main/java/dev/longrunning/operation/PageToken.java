package dev.longrunning.operation;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.Optional;

/**
 * Where a list goes on: after this operation, in the order newest first.
 *
 * <p><b>Promise.</b> Opaque, URL-safe, signed, and bound to the list it came from: a token of
 * another collection or filter is refused. It gives no authority of its own, and does not show the
 * operation, which need not be one of the list's: one over many collections looks at others, too.
 *
 * @param createTime of the last operation that was looked at, in whole microseconds
 * @param name of that operation
 */
public record PageToken(Instant createTime, String name) {
  /** In characters: a name of the greatest length and the rest, in base64. */
  public static final int LENGTH_MAX = 1_024;

  private static final byte FORM = 1;
  private static final int HEADER_BYTES = 1 + Integer.BYTES;

  /** Writes the token; {@code list} names the list it belongs to. */
  public String encoded(KeyRing keys, String list) {
    byte[] text = name.getBytes(StandardCharsets.UTF_8);
    byte[] place =
        ByteBuffer.allocate(Long.BYTES + text.length).putLong(micros(createTime)).put(text).array();
    int number = keys.signing();
    var signature = keys.signature(number, signed(number, place, list)).orElseThrow();
    var token =
        ByteBuffer.allocate(HEADER_BYTES + place.length + KeyRing.SIGNATURE_BYTES)
            .put(FORM)
            .putInt(number)
            .put(keys.masked(number, signature, place).orElseThrow().array())
            .put(signature.array());
    return Base64.getUrlEncoder().withoutPadding().encodeToString(token.array());
  }

  /** Reads a token of {@code list}, or throws {@link Problem} INVALID naming {@code field}. */
  public static PageToken decoded(KeyRing keys, String list, String field, String token) {
    return bytes(token)
        .flatMap(bytes -> opened(keys, list, ByteBuffer.wrap(bytes)))
        .orElseThrow(
            () -> Problem.invalid(field, token, "a next_page_token of this same list, unchanged"));
  }

  /** Empty if they are not those of a token. */
  private static Optional<byte[]> bytes(String token) {
    if (token.length() > LENGTH_MAX) {
      return Optional.empty();
    }
    try {
      byte[] all = Base64.getUrlDecoder().decode(token);
      // Unused bits of the last character: a changed token that still decodes to the same bytes.
      boolean same = Base64.getUrlEncoder().withoutPadding().encodeToString(all).equals(token);
      int least = HEADER_BYTES + Long.BYTES + KeyRing.SIGNATURE_BYTES;
      return same && all.length > least && all[0] == FORM ? Optional.of(all) : Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static Optional<PageToken> opened(KeyRing keys, String list, ByteBuffer token) {
    int number = token.getInt(1);
    var masked = new byte[token.capacity() - HEADER_BYTES - KeyRing.SIGNATURE_BYTES];
    token.get(HEADER_BYTES, masked);
    var signature = new byte[KeyRing.SIGNATURE_BYTES];
    token.get(HEADER_BYTES + masked.length, signature);
    return keys.masked(number, Bytes.of(signature), masked)
        .map(Bytes::array)
        .filter(
            place ->
                keys.signature(number, signed(number, place, list))
                    .filter(expected -> MessageDigest.isEqual(expected.array(), signature))
                    .isPresent())
        .map(PageToken::read);
  }

  private static PageToken read(byte[] place) {
    var buffer = ByteBuffer.wrap(place);
    var createTime = Instant.EPOCH.plus(buffer.getLong(), ChronoUnit.MICROS);
    return new PageToken(createTime, StandardCharsets.UTF_8.decode(buffer).toString());
  }

  /** {@code ChronoUnit.between} counts nanoseconds on its way, and overflows in 2262. */
  private static long micros(Instant time) {
    return Math.addExact(
        Math.multiplyExact(time.getEpochSecond(), 1_000_000L), time.getNano() / 1_000);
  }

  private static byte[] signed(int number, byte[] place, String list) {
    byte[] bound = list.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(2 * Integer.BYTES + 1 + place.length + bound.length)
        .putInt(place.length)
        .put(FORM)
        .putInt(number)
        .put(place)
        .put(bound)
        .array();
  }
}
