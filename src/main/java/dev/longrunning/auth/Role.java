package dev.longrunning.auth;

import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** The roles that every server has; a policy may have others of its own. */
public enum Role {
  /** Sees operations. */
  VIEWER,
  /** Sees them, and intervenes. */
  OPERATOR,
  /** Does the work, and sees it. */
  PRODUCER,
  /** May do everything, with the permissions of services' own too. */
  ADMINISTRATOR;

  /** Stands for every permission. */
  public static final String EVERYTHING = "*";

  private static final Set<String> SEEING =
      Set.of(
          "longrunning.operations.get",
          "longrunning.operations.list",
          "longrunning.operations.wait",
          "longrunning.operations.watch",
          "longrunning.operations.watchAll");
  private static final Set<String> INTERVENING =
      Set.of(
          "longrunning.operations.cancel",
          "longrunning.operations.delete",
          "longrunning.operations.signal");
  private static final Set<String> PRODUCING =
      Set.of(
          "longrunning.producer.start",
          "longrunning.producer.update",
          "longrunning.producer.complete",
          "longrunning.producer.adopt",
          "longrunning.producer.report");

  public Set<String> permissions() {
    return switch (this) {
      case VIEWER -> SEEING;
      case OPERATOR -> both(SEEING, INTERVENING);
      case PRODUCER -> both(SEEING, PRODUCING);
      case ADMINISTRATOR -> Set.of(EVERYTHING);
    };
  }

  private static Set<String> both(Set<String> some, Set<String> others) {
    var all = new TreeSet<>(some);
    all.addAll(others);
    return Set.copyOf(all);
  }

  /** As policies call it. */
  public String roleName() {
    return name().toLowerCase(Locale.ROOT);
  }

  static Optional<Role> named(String name) {
    return Stream.of(values()).filter(role -> role.roleName().equals(name)).findFirst();
  }
}
