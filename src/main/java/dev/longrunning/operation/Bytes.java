package dev.longrunning.operation;

import java.util.Arrays;
import java.util.HexFormat;

/**
 * A serialized message that passes through untouched, compared by content.
 *
 * <p><b>Bounds.</b> None of its own: whoever lets bytes in checks their length first.
 */
public final class Bytes {
  public static final Bytes EMPTY = new Bytes(new byte[0]);

  private static final int SHOWN_MAX = 8;

  private final byte[] content;

  private Bytes(byte[] content) {
    this.content = content;
  }

  /** Wraps without copying: the caller gives the array away. */
  public static Bytes of(byte[] content) {
    return content.length == 0 ? EMPTY : new Bytes(content);
  }

  public int length() {
    return content.length;
  }

  /** The array itself, to be read only. */
  public byte[] array() {
    return content;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Bytes bytes && Arrays.equals(content, bytes.content);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(content);
  }

  /** The length and the first few bytes only: payloads never reach a log. */
  @Override
  public String toString() {
    var shown = Arrays.copyOf(content, Math.min(content.length, SHOWN_MAX));
    return content.length + " bytes " + HexFormat.of().formatHex(shown);
  }
}
