package dev.longrunning.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import java.util.Set;

/** Policies as tests write them. */
public final class Policies {
  private static final Set<String> SERVICES = Set.of("default", "storage-transfer-v1");

  private Policies() {}

  /** Reads one that is right. */
  public static Policy of(String yaml) {
    return of(yaml, SERVICES);
  }

  /** The same for these services. */
  public static Policy of(String yaml, Set<String> services) {
    var read = PolicyFile.read("policy.yaml", yaml, services);
    assertThat(read.faults()).isEmpty();
    return read.policy().orElseThrow();
  }

  /** One role for one caller on one resource. */
  public static Policy of(String member, String role, String resource) {
    return of(
        String.format(
            "bindings: [{role: %s, members: ['%s'], resources: ['%s']}]", role, member, resource));
  }

  /** Somebody with these groups, whom nothing limits. */
  public static Identity caller(String principal, String... groups) {
    return new Identity(principal, Set.of(groups), Optional.empty(), Credential.LASTING);
  }
}
