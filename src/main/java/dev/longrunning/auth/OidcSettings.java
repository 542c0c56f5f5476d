package dev.longrunning.auth;

import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/**
 * Whose tokens are taken, and what is read in them.
 *
 * @param issuer that they must name, letter for letter
 * @param keys where its keys are; empty: where its discovery document says
 * @param audience that they must name
 * @param algorithms that they may be signed with
 * @param principalClaim who calls
 * @param groupsClaim the groups of the caller
 * @param clockSkew how far the issuer's clock may be from ours
 */
public record OidcSettings(
    String issuer,
    Optional<URI> keys,
    String audience,
    Set<JwtAlgorithm> algorithms,
    String principalClaim,
    String groupsClaim,
    Duration clockSkew) {
  public OidcSettings {
    algorithms = Set.copyOf(algorithms);
  }
}
