package dev.longrunning.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class KeptRightsTest {
  private static final Policy POLICY = Policies.of("token:alice", "viewer", "default");

  @Test
  void whatever_credential_a_caller_shows_its_rights_are_worked_out_once() {
    var kept = new KeptRights(() -> POLICY);
    var first = kept.of(Policies.caller("token:alice"));

    var again =
        new Identity("token:alice", Set.of(), Optional.of(Set.of("s")), now -> Optional.empty());

    assertThat(kept.of(again)).isSameAs(first);
    assertThat(kept.of(Policies.caller("token:alice", "ops"))).isNotSameAs(first);
  }

  @Test
  void those_who_have_not_called_for_longest_make_room() {
    int each = PolicyFile.ENTRIES_MAX;
    String resources =
        IntStream.range(0, each)
            .mapToObj(i -> "default/projects/p" + i)
            .collect(Collectors.joining(", "));
    var policy =
        Policies.of(
            "bindings: [{role: viewer, members: [authenticated], resources: [" + resources + "]}]");
    var kept = new KeptRights(() -> policy);
    var alice = kept.of(Policies.caller("token:alice"));

    int fits = KeptRights.RESOURCES_MAX / (each + 1);
    for (int i = 1; i < fits; i++) {
      kept.of(Policies.caller("token:t" + i));
    }
    assertThat(kept.of(Policies.caller("token:alice"))).isSameAs(alice);
    var second = kept.of(Policies.caller("token:t1"));
    kept.of(Policies.caller("token:one-more"));
    kept.of(Policies.caller("token:two-more"));

    assertThat(kept.of(Policies.caller("token:alice"))).isSameAs(alice);
    assertThat(kept.of(Policies.caller("token:t1"))).isSameAs(second);
    assertThat(kept.of(Policies.caller("token:t2"))).isNotNull();
  }
}
