package dev.longrunning.operation;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;

/**
 * What makes bytes a token: opaque, URL-safe, signed, and bound to what it came from.
 *
 * <p><b>Promise.</b> What was not sealed with a key of the ring for the same purpose is not opened,
 * whatever was changed about it.
 */
public final class TokenSeal {
  /** Its form, and the number of the key. */
  private static final int HEAD_BYTES = 1 + Integer.BYTES;

  private final byte form;

  /** A kind of token; one of another kind is not opened. */
  public TokenSeal(byte form) {
    this.form = form;
  }

  /** Seals a body; {@code bound} names what the token belongs to. */
  public String sealed(KeyRing keys, String bound, byte[] body) {
    byte[] head = new byte[HEAD_BYTES + body.length];
    ByteBuffer.wrap(head).put(form).putInt(keys.signing()).put(body);
    byte[] signature =
        keys.signature(keys.signing(), signed(head, bound))
            .orElseThrow(() -> new IllegalStateException("the key that signs is on the ring"))
            .array();
    byte[] token = Arrays.copyOf(head, head.length + signature.length);
    System.arraycopy(signature, 0, token, head.length, signature.length);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(token);
  }

  /** The body of a token that was sealed for {@code bound}; empty: it was not. */
  public Optional<ByteBuffer> opened(KeyRing keys, String bound, String token) {
    byte[] all;
    try {
      all = Base64.getUrlDecoder().decode(token);
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
    int length = all.length - KeyRing.SIGNATURE_BYTES;
    // Unused bits of the last character: a changed token that still decodes to the same bytes.
    boolean plain = Base64.getUrlEncoder().withoutPadding().encodeToString(all).equals(token);
    if (!plain || length < HEAD_BYTES || all[0] != form) {
      return Optional.empty();
    }
    byte[] head = Arrays.copyOf(all, length);
    int number = ByteBuffer.wrap(head, 1, Integer.BYTES).getInt();
    byte[] signature = Arrays.copyOfRange(all, length, all.length);
    return keys.signature(number, signed(head, bound))
        .filter(expected -> MessageDigest.isEqual(expected.array(), signature))
        .map(ours -> ByteBuffer.wrap(head, HEAD_BYTES, length - HEAD_BYTES).slice());
  }

  private static byte[] signed(byte[] head, String bound) {
    byte[] text = bound.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(Integer.BYTES + head.length + text.length)
        .putInt(head.length)
        .put(head)
        .put(text)
        .array();
  }
}
