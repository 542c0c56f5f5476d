package dev.longrunning.operation;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;

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

  private static final TokenSeal SEAL = new TokenSeal((byte) 1);

  /** The token that goes on after an operation. */
  public static PageToken after(Snapshot snapshot) {
    return new PageToken(snapshot.createTime(), snapshot.key().name());
  }

  /** Whether an operation comes at this token's place or before it, so that it was looked at. */
  public boolean hasPassed(Snapshot snapshot) {
    int times = snapshot.createTime().compareTo(createTime);
    return times > 0 || (times == 0 && compareBytes(snapshot.key().name(), name) >= 0);
  }

  /** As the database orders names. UTF-16 has another order beyond the first plane. */
  private static int compareBytes(String one, String other) {
    return Arrays.compareUnsigned(
        one.getBytes(StandardCharsets.UTF_8), other.getBytes(StandardCharsets.UTF_8));
  }

  /** Writes the token; {@code list} names the list it belongs to. */
  public String encoded(KeyRing keys, String list) {
    return SEAL.sealed(keys, list, body());
  }

  /** Its content, for a token that this is a part of. */
  public byte[] body() {
    byte[] text = name.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(Long.BYTES + text.length)
        .putLong(micros(createTime))
        .put(text)
        .array();
  }

  /** Reads the rest of a token's content. */
  public static PageToken of(ByteBuffer body) {
    var createTime = Instant.EPOCH.plus(body.getLong(), ChronoUnit.MICROS);
    return new PageToken(createTime, StandardCharsets.UTF_8.decode(body).toString());
  }

  /** Reads a token of {@code list}, or throws {@link Problem} INVALID naming {@code field}. */
  public static PageToken decoded(KeyRing keys, String list, String field, String token) {
    if (token.length() > LENGTH_MAX) {
      throw refused(field, token);
    }
    return SEAL.opened(keys, list, token)
        .filter(body -> body.remaining() > Long.BYTES)
        .map(PageToken::of)
        .orElseThrow(() -> refused(field, token));
  }

  /** {@code ChronoUnit.between} counts nanoseconds on its way, and overflows in 2262. */
  private static long micros(Instant time) {
    return Math.addExact(
        Math.multiplyExact(time.getEpochSecond(), 1_000_000L), time.getNano() / 1_000);
  }

  private static Problem refused(String field, String token) {
    return Problem.invalid(field, token, "a next_page_token of this same list, unchanged");
  }
}
