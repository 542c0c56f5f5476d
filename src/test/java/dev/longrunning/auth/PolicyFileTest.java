package dev.longrunning.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class PolicyFileTest {
  private static PolicyFile.Read read(String yaml) {
    return PolicyFile.read("policy.yaml", yaml, Set.of("default", "speech-v1"));
  }

  @Test
  void every_fault_is_named_with_its_line_and_the_file_is_none() {
    var read =
        read(
            """
            roles:
              viewer: [longrunning.operations.get]
              auditor: [operations]
            groups:
              ops: [alice]
            bindings:
            - role: editor
              members: [token:a]
              resources: [default]
            - role: viewer
              members: [bob, 'group:']
              resources: [nowhere/projects/a, default/projects/-, 'default//a']
              condition: x
            - role: viewer
            other: 1
            """);

    assertThat(read.policy()).isEmpty();
    assertThat(read.faults())
        .anySatisfy(line -> assertThat(line).startsWith("policy.yaml:2: viewer: got a role of"))
        .anySatisfy(line -> assertThat(line).startsWith("policy.yaml:3: auditor: got operations"))
        .anySatisfy(line -> assertThat(line).startsWith("policy.yaml:5: ops: got alice"))
        .anySatisfy(
            line ->
                assertThat(line)
                    .isEqualTo(
                        "policy.yaml:7: role: got editor, allowed administrator, auditor, operator,"
                            + " producer, viewer"))
        .anySatisfy(line -> assertThat(line).startsWith("policy.yaml:11: members: got bob"))
        .anySatisfy(line -> assertThat(line).startsWith("policy.yaml:11: members: got group:"))
        .anySatisfy(
            line ->
                assertThat(line)
                    .isEqualTo(
                        "policy.yaml:12: resources: got nowhere/projects/a, allowed * or"
                            + " SERVICE/PATH, of a service that is active: default, speech-v1"))
        .anySatisfy(
            line ->
                assertThat(line).startsWith("policy.yaml:12: resources: got default/projects/-"))
        .anySatisfy(
            line -> assertThat(line).startsWith("policy.yaml:12: resources: got default//a"))
        .anySatisfy(line -> assertThat(line).startsWith("policy.yaml:13: condition:"))
        .anySatisfy(line -> assertThat(line).endsWith("members: got none, allowed at least one"))
        .anySatisfy(line -> assertThat(line).endsWith("resources: got none, allowed at least one"))
        .anySatisfy(line -> assertThat(line).startsWith("policy.yaml:15: other:"))
        .hasSize(13);
  }

  @Test
  void what_is_no_map_is_said_to_be_none() {
    assertThat(read("- a").faults())
        .containsExactly("policy.yaml:1: got no YAML map, allowed a policy");
    assertThat(read("").faults())
        .containsExactly("policy.yaml:1: got no YAML map, allowed a policy");
  }

  @Test
  void lists_are_bounded() {
    var members =
        IntStream.rangeClosed(0, PolicyFile.ENTRIES_MAX)
            .mapToObj(i -> "token:t" + i)
            .collect(Collectors.joining(", "));

    var read = read("bindings: [{role: viewer, members: [" + members + "], resources: [default]}]");

    assertThat(read.faults())
        .containsExactly("policy.yaml:1: members: got 1001 entries, allowed at most 1000");
  }

  @Test
  void a_policy_that_grants_nothing_is_one() {
    var read = read("bindings: []");

    assertThat(read.faults()).isEmpty();
    assertThat(
            read.policy()
                .orElseThrow()
                .rights(Policies.caller("token:a"))
                .mayAnywhere(Requirement.of("longrunning.operations.get")))
        .isFalse();
  }
}
