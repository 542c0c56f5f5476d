package dev.longrunning.auth;

import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/**
 * What the file of tokens says of one.
 *
 * @param scopes empty: anything
 * @param expires empty: not by itself
 */
record TokenEntry(
    String principal, Set<String> groups, Optional<Set<String>> scopes, Optional<Instant> expires) {
  TokenEntry {
    groups = Set.copyOf(groups);
    scopes = scopes.map(Set::copyOf);
  }

  /** Whether both stand for the same, whatever their ends. */
  boolean standsForTheSame(TokenEntry other) {
    return principal.equals(other.principal)
        && groups.equals(other.groups)
        && scopes.equals(other.scopes);
  }
}
