package dev.longrunning.auth;

import io.vertx.core.Future;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/**
 * Who calls, as proven by a credential.
 *
 * @param principal with what proved it in front, so that nobody is taken for somebody else's
 *     namesake: {@code token:ci}, {@code oidc:alice@example.com}, {@code cert:spiffe://…}
 * @param groups that the credential says, such as {@code ops}
 * @param scopes what the credential was given for; empty: for anything
 * @param ticket what alone it may be used for; empty: everything
 */
public record Identity(
    String principal,
    Set<String> groups,
    Optional<Set<String>> scopes,
    Credential credential,
    Optional<Ticket> ticket) {
  /** Of no principal that is known: those begin with what proved them. */
  private static final String UNKNOWN = "anybody";

  /** Everybody, where nobody is asked who they are. */
  public static final Identity ANYBODY =
      new Identity(UNKNOWN, Set.of(), Optional.empty(), Credential.LASTING);

  public Identity {
    groups = Set.copyOf(groups);
    scopes = scopes.map(Set::copyOf);
  }

  /** This one, if its credential holds; else fails UNAUTHENTICATED. */
  Future<Identity> at(Instant now) {
    return credential
        .fault(now)
        .<Future<Identity>>map(Future::failedFuture)
        .orElseGet(() -> Future.succeededFuture(this));
  }

  /** Whether it was proven who calls. */
  public boolean isKnown() {
    return !principal.equals(UNKNOWN);
  }

  /** One that may be used for everything. */
  public Identity(
      String principal, Set<String> groups, Optional<Set<String>> scopes, Credential credential) {
    this(principal, groups, scopes, credential, Optional.empty());
  }
}
