package dev.longrunning.auth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longrunning.operation.CollectionPattern;
import dev.longrunning.operation.Visibility;
import dev.longrunning.profile.Access;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

final class RightsTest {
  private static final Requirement GET = Requirement.of("longrunning.operations.get");
  private static final Requirement LIST = Requirement.of("longrunning.operations.list");
  private static final String ALICE = "token:alice";

  private static Rights rights(String role, String... resources) {
    var yaml = new StringBuilder("bindings:\n");
    for (String resource : resources) {
      yaml.append(
          String.format(
              "- {role: %s, members: ['%s'], resources: ['%s']}%n", role, ALICE, resource));
    }
    return Policies.of(yaml.toString()).rights(Policies.caller(ALICE));
  }

  @ParameterizedTest(name = "a right on {0} is {2} one on {1}")
  @CsvSource({
    "*,                    default/projects/a,              true",
    "default,              default/projects/a/operations/1, true",
    "default,              storage-transfer-v1/projects/a,  false",
    "default/projects/a,   default/projects/a,              true",
    "default/projects/a/,  default/projects/a,              true",
    "default/projects/a,   default/projects/a/operations/1, true",
    "default/projects/a,   default/projects/ab,             false",
    "default/projects/a,   default/projects,                false",
    "default/projects/a,   default,                         false",
    "default/projects/a/b, default/projects/a,              false",
  })
  void a_right_is_on_all_that_is_below_segment_by_segment(String on, String at, boolean held) {
    int slash = at.indexOf('/');
    String service = slash < 0 ? at : at.substring(0, slash);
    String path = slash < 0 ? "" : at.substring(slash + 1);

    assertThat(rights("viewer", on).may(GET, service, path)).isEqualTo(held);
  }

  @Test
  void who_is_bound_to_nothing_may_nothing() {
    var nobody = Policies.of(ALICE, "administrator", "*").rights(Policies.caller("token:bob"));

    assertThat(nobody.may(GET, "default", "projects/a")).isFalse();
    assertThat(nobody.mayAnywhere(GET)).isFalse();
  }

  @Test
  void groups_are_of_the_credential_or_of_the_policy_and_all_who_are_known_are_one() {
    var policy =
        Policies.of(
            """
            groups:
              ops: ['oidc:alice@example.com']
            bindings:
            - {role: operator, members: ['group:ops'], resources: [default/projects/a]}
            - {role: viewer, members: [authenticated], resources: [default/projects/shared]}
            """);
    var cancel = Requirement.of("longrunning.operations.cancel");
    var named = policy.rights(Policies.caller("oidc:alice@example.com"));
    var claimed = policy.rights(Policies.caller("token:ci", "ops"));
    var other = policy.rights(Policies.caller("token:bob", "dev"));

    assertThat(named.may(cancel, "default", "projects/a")).isTrue();
    assertThat(claimed.may(cancel, "default", "projects/a")).isTrue();
    assertThat(other.may(cancel, "default", "projects/a")).isFalse();
    assertThat(other.may(GET, "default", "projects/shared/operations/1")).isTrue();
  }

  @ParameterizedTest
  @EnumSource(Role.class)
  void a_role_has_its_permissions_and_no_other(Role role) {
    var rights = rights(role.roleName(), "default/projects/a");

    for (var each : Role.values()) {
      for (String permission : each.permissions()) {
        boolean has = role == Role.ADMINISTRATOR || role.permissions().contains(permission);
        assertThat(rights.may(Requirement.of(permission), "default", "projects/a"))
            .as(permission)
            .isEqualTo(has);
      }
    }
  }

  @Test
  void what_a_service_asks_for_is_enough_as_it_says() {
    var policy =
        """
        roles:
          both: [x.one, x.two]
          first: [x.one]
        bindings:
        - {role: both, members: ['token:both'], resources: [default/projects/a]}
        - {role: first, members: ['token:first'], resources: [default/projects/a]}
        - {role: viewer, members: ['token:viewer'], resources: [default/projects/a]}
        """;
    var all = of(Access.Combine.ALL, OptionalInt.empty());
    var any = of(Access.Combine.ANY, OptionalInt.empty());
    var second = of(Access.Combine.BINDING, OptionalInt.of(1));
    var unknown = of(Access.Combine.BINDING, OptionalInt.empty());

    assertThat(held(policy, "both", all)).isTrue();
    assertThat(held(policy, "first", all)).isFalse();
    assertThat(held(policy, "first", any)).isTrue();
    assertThat(held(policy, "first", second)).isFalse();
    assertThat(held(policy, "first", unknown)).isFalse();
    assertThat(held(policy, "both", unknown)).isTrue();
    assertThat(held(policy, "both", second)).isTrue();
    assertThat(held(policy, "viewer", all)).isTrue();
    assertThat(all.shown()).isEqualTo("x.one and x.two");
    assertThat(second.shown()).isEqualTo("x.two");
  }

  private static Requirement of(Access.Combine combine, OptionalInt path) {
    var access =
        new Access(List.of(), List.of("x.one", "x.two"), combine, Access.Resource.COLLECTION);
    return Requirement.of("longrunning.operations.get", access, path);
  }

  private static boolean held(String policy, String name, Requirement wanted) {
    var rights = Policies.of(policy).rights(Policies.caller("token:" + name));
    return rights.may(wanted, "default", "projects/a");
  }

  @ParameterizedTest(name = "of {1} who has {0} sees {2}")
  @CsvSource({
    "*,                               projects/-,             everything",
    "default,                         '',                     everything",
    "default/projects,                projects/-,             everything",
    "default/projects/a,              projects/a,             everything",
    "default/projects/a,              projects/a/locations/-, everything",
    "default/projects/a,              projects/-,             projects/a",
    "default/projects/a,              projects/-/locations/-, projects/a",
    "default/projects/a/locations/eu, projects/-/locations/-, projects/a/locations/eu",
    "default/projects/a/locations/eu, projects/-,             nothing",
    "default/projects/a/locations/eu, projects/-/locations/us, nothing",
    "default/projects/a,              projects/b,             nothing",
    "default/projects/a,              '',                     nothing",
    "storage-transfer-v1,             projects/-,             nothing",
  })
  void of_many_collections_only_what_may_be_seen(String on, String pattern, String seen) {
    var view = rights("viewer", on).view(LIST, "default", CollectionPattern.of(pattern));

    var expected =
        switch (seen) {
          case "everything" -> Visibility.ALL;
          case "nothing" -> Visibility.of(Set.of());
          default -> Visibility.of(Set.of(seen));
        };
    assertThat(view).isEqualTo(expected);
  }

  @Test
  void of_several_permissions_that_are_all_needed_what_has_them_all_is_seen() {
    var policy =
        Policies.of(
            """
            roles: {one: [x.one], two: [x.two]}
            bindings:
            - {role: one, members: ['token:alice'], resources: [default/projects/a, default/projects/b]}
            - {role: two, members: ['token:alice'], resources: [default/projects/b/locations/eu]}
            """);
    var all = of(Access.Combine.ALL, OptionalInt.empty());

    var view =
        policy
            .rights(Policies.caller(ALICE))
            .view(all, "default", CollectionPattern.of("projects/-/locations/-"));

    assertThat(view).isEqualTo(Visibility.of(Set.of("projects/b/locations/eu")));
  }
}
