package dev.longrunning.profile;

import java.util.List;

/**
 * What a caller of one method needs.
 *
 * @param scopes one of them; empty: none
 * @param permissions on that resource
 * @param combine whether all of them, any, or that of the path that is called
 */
public record Access(
    List<String> scopes, List<String> permissions, Combine combine, Resource resource) {
  /** How several permissions go together. */
  public enum Combine {
    ALL("and"),
    ANY("or"),
    /** Each is for one path of the method, in their order. */
    BINDING("or, by path,");

    private final String word;

    Combine(String word) {
      this.word = word;
    }

    /** What stands between two of them. */
    public String word() {
      return word;
    }
  }

  /** What the permissions are asked of. */
  public enum Resource {
    /** The one that the operation is listed under. */
    COLLECTION,
    /** What the call names. */
    NAME
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
