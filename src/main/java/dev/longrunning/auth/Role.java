package dev.longrunning.auth;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** The roles that every server has; a policy may have others of its own. */
public enum Role {
  /** Sees operations. */
  VIEWER(
      "longrunning.operations.get",
      "longrunning.operations.list",
      "longrunning.operations.wait",
      "longrunning.operations.watch",
      "longrunning.operations.watchAll"),
  /** Sees them, and intervenes. */
  OPERATOR(
      VIEWER,
      "longrunning.operations.cancel",
      "longrunning.operations.delete",
      "longrunning.operations.signal"),
  /** Does the work, and sees it. */
  PRODUCER(
      VIEWER,
      "longrunning.producer.start",
      "longrunning.producer.update",
      "longrunning.producer.complete",
      "longrunning.producer.adopt",
      "longrunning.producer.report"),
  /** May do everything, with the permissions of services' own too. */
  ADMINISTRATOR("*");

  /** Stands for every permission. */
  public static final String EVERYTHING = "*";

  private final Set<String> permissions;

  Role(String... permissions) {
    this.permissions = Set.of(permissions);
  }

  Role(Role base, String... more) {
    var all = new TreeSet<>(base.permissions);
    all.addAll(Arrays.asList(more));
    this.permissions = Set.copyOf(all);
  }

  public Set<String> permissions() {
    return permissions;
  }

  /** As policies call it. */
  public String roleName() {
    return name().toLowerCase(Locale.ROOT);
  }

  static Optional<Role> named(String name) {
    return Stream.of(values()).filter(role -> role.roleName().equals(name)).findFirst();
  }
}
