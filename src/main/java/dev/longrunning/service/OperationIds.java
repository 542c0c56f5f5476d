package dev.longrunning.service;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.UUID;

/**
 * Ids that the server chooses.
 *
 * <p><b>Promise.</b> The same service, collection and request give the same id, so that a repeated
 * start meets its first one; others do not collide. Of the form that producers' own ids have: a
 * letter, then a to z and 2 to 7, {@value #LENGTH} characters in all.
 */
final class OperationIds {
  static final int LENGTH = 53;

  private static final char LETTER = 'o';
  private static final String BASE_32 = "abcdefghijklmnopqrstuvwxyz234567";
  private static final int BITS = 5;

  private OperationIds() {}

  static String of(String service, String collection, UUID request) {
    // Neither part can hold a line feed.
    String identity = service + '\n' + collection + '\n' + request;
    return LETTER + base32(sha256(identity.getBytes(StandardCharsets.UTF_8)));
  }

  private static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /** RFC 4648 in lower case without padding. */
  static String base32(byte[] bytes) {
    var text = new StringBuilder();
    int buffer = 0;
    int bits = 0;
    for (byte b : bytes) {
      buffer = (buffer << Byte.SIZE) | (b & 0xFF);
      bits += Byte.SIZE;
      while (bits >= BITS) {
        bits -= BITS;
        text.append(BASE_32.charAt((buffer >>> bits) & 31));
      }
      buffer &= (1 << bits) - 1;
    }
    if (bits > 0) {
      text.append(BASE_32.charAt((buffer << (BITS - bits)) & 31));
    }
    return text.toString();
  }
}
