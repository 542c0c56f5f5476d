package dev.longrunning.auth;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The SHA-256 of a token: what a token is looked up by.
 *
 * <p><b>Promise.</b> Comparing two tells nothing about the tokens by the time it takes: whoever
 * sends a token cannot choose its hash.
 */
public record TokenHash(long first, long second, long third, long fourth) {
  private static final Pattern HEX = Pattern.compile("[0-9a-fA-F]{64}");

  /** That of a token. */
  public static TokenHash of(String token) {
    try {
      var digest = MessageDigest.getInstance("SHA-256");
      return of(digest.digest(token.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /** As it is written in a file; empty if it has another form. */
  static Optional<TokenHash> parse(String hex) {
    return HEX.matcher(hex).matches()
        ? Optional.of(of(HexFormat.of().parseHex(hex)))
        : Optional.empty();
  }

  private static TokenHash of(byte[] bytes) {
    var buffer = ByteBuffer.wrap(bytes);
    return new TokenHash(buffer.getLong(), buffer.getLong(), buffer.getLong(), buffer.getLong());
  }

  /** As it is written in a file. */
  public String hex() {
    return String.format("%016x%016x%016x%016x", first, second, third, fourth);
  }
}
