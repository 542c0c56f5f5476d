package dev.longrunning.auth;

import dev.longrunning.profile.Access;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * What the caller of one method of one service needs.
 *
 * @param alternatives each is a set of permissions of which all are needed; one such set is enough
 * @param scopes one of them, if its credential is limited to scopes; empty: none
 * @param shown the permissions as a refusal names them
 */
public record Requirement(List<List<String>> alternatives, List<String> scopes, String shown) {
  public Requirement {
    alternatives = List.copyOf(alternatives);
    scopes = List.copyOf(scopes);
  }

  /** A permission of this server's own alone. */
  public static Requirement of(String permission) {
    return new Requirement(List.of(List.of(permission)), List.of(), permission);
  }

  /**
   * This server's own permission, or what the service asks for instead: so that its roles and those
   * of this server both work.
   *
   * @param path which of the method's paths is called, where each has a permission of its own;
   *     empty: not known, and all of them are needed
   */
  public static Requirement of(String permission, Access access, OptionalInt path) {
    var asked = access.permissions();
    if (asked.isEmpty()) {
      return new Requirement(List.of(List.of(permission)), access.scopes(), permission);
    }
    boolean single = access.combine() == Access.Combine.BINDING && path.isPresent();
    var wanted = single ? List.of(asked.get(Math.min(path.getAsInt(), asked.size() - 1))) : asked;
    var alternatives = new ArrayList<List<String>>();
    alternatives.add(List.of(permission));
    if (access.combine() == Access.Combine.ANY) {
      wanted.forEach(each -> alternatives.add(List.of(each)));
    } else {
      alternatives.add(wanted);
    }
    String shown = single ? wanted.get(0) : access.wanted();
    return new Requirement(alternatives, access.scopes(), shown);
  }
}
