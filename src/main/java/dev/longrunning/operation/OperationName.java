package dev.longrunning.operation;

import dev.longrunning.operation.Problem.Violation;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/**
 * What names of resources may be, whatever the service, and how those of operations and of their
 * collections go together: {@code operations/{id}} and {@code {parent}/operations/{id}}.
 *
 * <p><b>Bounds.</b> A whole name has at most {@value #NAME_BYTES_MAX} bytes in UTF-8. No segment is
 * empty, {@code .}, {@code ..} or the wildcard {@code -}; the text is plain. Only a {@linkplain
 * #pattern pattern} may hold {@code -}, in place of ids.
 */
public final class OperationName {
  /** Also the bound of a collection's name. */
  public static final int NAME_BYTES_MAX = 512;

  private static final String SEGMENT = "operations";
  private static final String FLAT = SEGMENT + "/";
  private static final String NESTED = "/" + SEGMENT;

  private OperationName() {}

  /** What is wrong with {@code name} as a parent, with or without /operations; empty: nothing. */
  public static Optional<Violation> collectionFault(String field, String name) {
    if (name.isEmpty() || name.equals(SEGMENT)) {
      return Optional.empty();
    }
    return resourceFault(field, name).or(() -> parentFault(field, name));
  }

  private static Optional<Violation> parentFault(String field, String name) {
    String parent = withoutSuffix(name);
    return parent.indexOf(':', parent.lastIndexOf('/') + 1) < 0
        ? Optional.empty()
        : violation(field, name, "no ':' in the last segment");
  }

  /**
   * Returns the collection that {@code name} (a parent, with or without /operations) stands for, or
   * throws {@link Problem} INVALID naming {@code field}.
   */
  public static String collection(String field, String name) {
    collectionFault(field, name).ifPresent(OperationName::refuse);
    return collectionIn(name);
  }

  /** As {@link #collectionFault}, but {@code -} may stand in place of ids; empty: nothing. */
  public static Optional<Violation> patternFault(String field, String name) {
    if (name.isEmpty() || name.equals(SEGMENT)) {
      return Optional.empty();
    }
    return textFault(field, name)
        .or(() -> wildcardFault(field, name))
        .or(() -> parentFault(field, name));
  }

  /**
   * Returns the collections that {@code name} (a parent, with or without /operations, {@code -} for
   * any id) stands for, or throws {@link Problem} INVALID naming {@code field}.
   */
  public static CollectionPattern pattern(String field, String name) {
    patternFault(field, name).ifPresent(OperationName::refuse);
    return CollectionPattern.of(collectionIn(name));
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

  /** The collection that a checked parent, with or without /operations, stands for. */
  public static String collectionIn(String name) {
    return name.equals(SEGMENT) ? "" : withoutSuffix(name);
  }

  private static String withoutSuffix(String name) {
    return name.endsWith(NESTED) ? name.substring(0, name.length() - NESTED.length()) : name;
  }

  /** What is wrong with {@code name} as that of any resource; empty: nothing. */
  public static Optional<Violation> resourceFault(String field, String name) {
    var fault = textFault(field, name);
    if (fault.isPresent()) {
      return fault;
    }
    int from = 0;
    while (from <= name.length()) {
      int slash = name.indexOf('/', from);
      int to = slash < 0 ? name.length() : slash;
      // '-' stands for every id at its place: kept apart, or a wildcard would quietly find nothing.
      if (to - from <= 2 && isOddSegment(name.substring(from, to))) {
        return violation(field, name, "segments that are not empty, '.', '..' or '-'");
      }
      from = to + 1;
    }
    return Optional.empty();
  }

  private static Optional<Violation> textFault(String field, String name) {
    if (name.isEmpty()) {
      return violation(field, name, "a resource name, 1 to " + NAME_BYTES_MAX + " bytes");
    }
    // Every character is one byte at least, and three at most.
    if (name.length() > NAME_BYTES_MAX
        || (name.length() > NAME_BYTES_MAX / 3 && utf8Length(name) > NAME_BYTES_MAX)) {
      return violation(field, name, "at most " + NAME_BYTES_MAX + " bytes");
    }
    return PlainText.isPlain(name) ? Optional.empty() : violation(field, name, PlainText.ALLOWED);
  }

  private static boolean isOddSegment(String segment) {
    return isNoSegment(segment) || CollectionPattern.isAny(segment);
  }

  private static boolean isNoSegment(String segment) {
    return segment.isEmpty() || segment.equals(".") || segment.equals("..");
  }

  private static Optional<Violation> wildcardFault(String field, String name) {
    String[] segments = withoutSuffix(name).split("/", -1);
    boolean exact = true;
    for (int i = 0; i < segments.length; i++) {
      if (isNoSegment(segments[i])) {
        return violation(field, name, "segments that are not empty, '.' or '..'");
      }
      if (CollectionPattern.isAny(segments[i])) {
        exact = false;
        // Names alternate: a kind of resource, an id, a kind, an id.
        if (i % 2 == 0) {
          return violation(field, name, "'-' only in place of an id, as in projects/-/locations/-");
        }
      }
    }
    int max = CollectionPattern.SEGMENTS_MAX;
    return exact || segments.length <= max
        ? Optional.empty()
        : violation(field, name, "at most " + max + " segments where one is '-'");
  }

  private static Optional<Violation> violation(String field, String got, String allowed) {
    return Optional.of(Violation.of(field, got, allowed));
  }

  private static void refuse(Violation violation) {
    throw Problem.invalid(List.of(violation));
  }

  private static int utf8Length(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }
}
