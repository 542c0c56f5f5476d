package dev.longrunning.rest;

import org.jspecify.annotations.Nullable;

/**
 * Names of states in HTTP's form. They are weak: one state is written in several styles.
 *
 * <p>Compared weakly too, as If-None-Match asks.
 */
final class Etags {
  private static final String WEAK = "W/";

  private Etags() {}

  static String header(String etag) {
    return WEAK + '"' + etag + '"';
  }

  /** Whether the caller already holds the state; null: it did not say what it holds. */
  static boolean matches(@Nullable String ifNoneMatch, String etag) {
    if (ifNoneMatch == null) {
      return false;
    }
    for (String part : ifNoneMatch.split(",", -1)) {
      String one = part.strip();
      String opaque = one.startsWith(WEAK) ? one.substring(WEAK.length()) : one;
      if (one.equals("*") || opaque.equals('"' + etag + '"')) {
        return true;
      }
    }
    return false;
  }
}
