package dev.longrunning.profile;

import java.util.List;

/**
 * What a caller of one method needs.
 *
 * @param scopes one of them; empty: none
 * @param permissions on the resource that the call names
 * @param combine whether all of them or any
 */
public record Access(List<String> scopes, List<String> permissions, Combine combine) {
  /** How several permissions go together. */
  public enum Combine {
    ALL,
    ANY;

    /** What stands between two of them. */
    public String word() {
      return this == ALL ? "and" : "or";
    }
  }

  /** The permissions in one line, such as {@code a.get and b.get}. */
  public String wanted() {
    return String.join(" " + combine.word() + " ", permissions);
  }

  public Access {
    scopes = List.copyOf(scopes);
    permissions = List.copyOf(permissions);
  }
}
