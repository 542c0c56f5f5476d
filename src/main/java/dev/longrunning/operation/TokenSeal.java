package dev.longrunning.operation;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.Optional;

/**
 * What makes bytes a token: opaque, URL-safe, signed, hidden, and bound to what it came from.
 *
 * <p><b>Promise.</b> What was not sealed with a key of the ring for the same purpose is not opened,
 * whatever was changed about it. Equal bodies have equal tokens.
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
    int number = keys.signing();
    var signature = keys.signature(number, signed(number, body, bound)).orElseThrow();
    var token =
        ByteBuffer.allocate(HEAD_BYTES + body.length + KeyRing.SIGNATURE_BYTES)
            .put(form)
            .putInt(number)
            .put(keys.masked(number, signature, body).orElseThrow().array())
            .put(signature.array());
    return Base64.getUrlEncoder().withoutPadding().encodeToString(token.array());
  }

  /** The body of a token that was sealed for {@code bound}; empty: it was not. */
  public Optional<ByteBuffer> opened(KeyRing keys, String bound, String token) {
    return bytes(token).flatMap(all -> opened(keys, bound, ByteBuffer.wrap(all)));
  }

  /** Empty if they are not those of such a token. */
  private Optional<byte[]> bytes(String token) {
    try {
      byte[] all = Base64.getUrlDecoder().decode(token);
      // Unused bits of the last character: a changed token that still decodes to the same bytes.
      boolean plain = Base64.getUrlEncoder().withoutPadding().encodeToString(all).equals(token);
      boolean whole = all.length >= HEAD_BYTES + KeyRing.SIGNATURE_BYTES;
      return plain && whole && all[0] == form ? Optional.of(all) : Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private Optional<ByteBuffer> opened(KeyRing keys, String bound, ByteBuffer token) {
    int number = token.getInt(1);
    var masked = new byte[token.capacity() - HEAD_BYTES - KeyRing.SIGNATURE_BYTES];
    token.get(HEAD_BYTES, masked);
    var signature = new byte[KeyRing.SIGNATURE_BYTES];
    token.get(HEAD_BYTES + masked.length, signature);
    return keys.masked(number, Bytes.of(signature), masked)
        .map(Bytes::array)
        .filter(
            body ->
                keys.signature(number, signed(number, body, bound))
                    .filter(expected -> MessageDigest.isEqual(expected.array(), signature))
                    .isPresent())
        .map(ByteBuffer::wrap);
  }

  private byte[] signed(int number, byte[] body, String bound) {
    byte[] text = bound.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(2 * Integer.BYTES + 1 + body.length + text.length)
        .putInt(body.length)
        .put(form)
        .putInt(number)
        .put(body)
        .put(text)
        .array();
  }
}
