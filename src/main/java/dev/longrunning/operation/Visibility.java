package dev.longrunning.operation;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Set;
import java.util.TreeSet;

/**
 * Which collections of a service somebody may see.
 *
 * <p><b>Promise.</b> A value, equal by what it shows.
 *
 * @param everything whether it is all of them
 * @param prefixes else: those that are called so, and all below them
 */
public record Visibility(boolean everything, Set<String> prefixes) {
  /** All there are. */
  public static final Visibility ALL = new Visibility(true, Set.of());

  public Visibility {
    prefixes = Set.copyOf(prefixes);
  }

  /** Only these, and what is below them. */
  public static Visibility of(Set<String> prefixes) {
    return new Visibility(false, prefixes);
  }

  /** Whether it shows no collection at all. */
  public boolean isNothing() {
    return !everything && prefixes.isEmpty();
  }

  public boolean shows(String collection) {
    return everything || isWithin(prefixes, collection);
  }

  /** Whether one of the paths is this one, or above it, segment by segment. */
  public static boolean isWithin(Set<String> above, String path) {
    int end = path.length();
    while (end > 0) {
      if (above.contains(path.substring(0, end))) {
        return true;
      }
      end = path.lastIndexOf('/', end - 1);
    }
    return false;
  }

  /** The same number for equal views, on every replica; of everything it is 0. */
  public long mark() {
    if (everything) {
      return 0;
    }
    var text = String.join("\n", new TreeSet<>(prefixes)).getBytes(StandardCharsets.UTF_8);
    try {
      var digest = MessageDigest.getInstance("SHA-256").digest(text);
      return ByteBuffer.wrap(digest).getLong() | 1;
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
