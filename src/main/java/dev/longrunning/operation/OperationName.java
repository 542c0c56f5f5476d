package dev.longrunning.operation;

import java.nio.charset.StandardCharsets;

/**
 * The default name scheme: {@code operations/**} and {@code {parent}/operations/{id}}.
 *
 * <p><b>Bounds.</b> A whole name has at most {@value #NAME_BYTES_MAX} bytes in UTF-8. No segment is
 * empty, {@code .} or {@code ..}; no character is a control character; the id holds no {@code :}.
 */
public final class OperationName {
  /** Also the bound of a collection's name. */
  public static final int NAME_BYTES_MAX = 512;

  private static final String SEGMENT = "operations";
  private static final String FLAT = SEGMENT + "/";
  private static final String NESTED = "/" + SEGMENT;

  private OperationName() {}

  /** Returns the name, or throws {@link Problem} INVALID naming {@code field}. */
  public static String checked(String field, String name) {
    checkResource(field, name);
    int last = name.lastIndexOf('/');
    boolean operation =
        name.startsWith(FLAT) || (last > 0 && name.startsWith(NESTED, last - NESTED.length()));
    if (!operation || name.indexOf(':', last) >= 0) {
      throw Problem.invalid(
          field, name, "operations/{id} or {parent}/operations/{id}, no ':' in the id");
    }
    return name;
  }

  /**
   * Returns the collection that {@code name} (a parent, with or without /operations) stands for.
   */
  public static String collection(String field, String name) {
    if (name.isEmpty() || name.equals(SEGMENT)) {
      return "";
    }
    checkResource(field, name);
    String parent =
        name.endsWith(NESTED) ? name.substring(0, name.length() - NESTED.length()) : name;
    if (parent.indexOf(':', parent.lastIndexOf('/') + 1) >= 0) {
      throw Problem.invalid(field, name, "no ':' in the last segment");
    }
    return parent;
  }

  /** The collection that a checked name belongs to: its parent; empty for a flat name. */
  public static String collectionOf(String name) {
    int last = name.lastIndexOf('/');
    int parent = last - NESTED.length();
    return parent > 0 && name.startsWith(NESTED, parent) ? name.substring(0, parent) : "";
  }

  /** The name of operation {@code id} in {@code collection}. */
  public static String in(String collection, String id) {
    return collection.isEmpty() ? FLAT + id : collection + NESTED + '/' + id;
  }

  private static void checkResource(String field, String name) {
    if (name.isEmpty()) {
      throw Problem.invalid(field, name, "a resource name, 1 to " + NAME_BYTES_MAX + " bytes");
    }
    // Every character is at least one byte, so this bounds the encoding below too.
    if (name.length() > NAME_BYTES_MAX || utf8Length(name) > NAME_BYTES_MAX) {
      throw Problem.invalid(field, name, "at most " + NAME_BYTES_MAX + " bytes");
    }
    for (int i = 0; i < name.length(); i++) {
      if (Character.isISOControl(name.charAt(i))) {
        throw Problem.invalid(field, name, "no control characters");
      }
    }
    for (String segment : name.split("/", -1)) {
      if (segment.isEmpty() || segment.equals(".") || segment.equals("..")) {
        throw Problem.invalid(field, name, "segments that are not empty, '.' or '..'");
      }
    }
  }

  private static int utf8Length(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }
}
