package dev.longrunning.fleet;

/**
 * What is watched.
 *
 * @param name of an operation, or of a collection with {@code -} for any id
 */
record Subject(String name, boolean single, boolean changesOnly) {
  static Subject operation(String name) {
    return new Subject(name, true, false);
  }

  static Subject collection(String name) {
    return new Subject(name, false, false);
  }

  static Subject changesOf(String name) {
    return new Subject(name, false, true);
  }

  /** Whether an operation is part of it. */
  boolean holds(String operation) {
    return single
        ? operation.equals(name)
        : operation.matches(name.replace("-", "[^/]+") + "/operations/[^/]+");
  }

  /** The path of its watch over HTTP. */
  String path() {
    return "/v1/" + name + (single ? "" : "/operations") + ":watch";
  }
}
