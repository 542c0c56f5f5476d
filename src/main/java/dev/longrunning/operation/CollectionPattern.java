package dev.longrunning.operation;

import java.util.Optional;

/**
 * Which collections a list or a watch takes: the segments of their name, {@code -} for any id.
 *
 * <p><b>Promise.</b> A value, equal by its text. A {@code -} stands for exactly one whole segment,
 * so a pattern matches collections of its own number of segments only.
 *
 * <p><b>Bounds.</b> {@link OperationName#patternFault} lets through at most {@value #SEGMENTS_MAX}
 * segments where one is {@code -}, and that in place of an id only: so there are at most {@value
 * #SHAPES_MAX} shapes other than those of single collections.
 */
public final class CollectionPattern {
  /** Segments of a pattern that is not exact. */
  public static final int SEGMENTS_MAX = 16;

  /** For n segments 2^(n/2) - 1 choices of ids, summed over 2 to 16. */
  public static final int SHAPES_MAX = 749;

  private static final String ANY = "-";

  private final String text;
  private final Shape shape;

  private CollectionPattern(String text, Shape shape) {
    this.text = text;
    this.shape = shape;
  }

  /** Takes what {@link OperationName#pattern} let through, without a trailing /operations. */
  public static CollectionPattern of(String collection) {
    int segments = segmentsOf(collection);
    int wildcards = 0;
    int start = 0;
    for (int i = 0; i < segments; i++) {
      int end = endOf(collection, start);
      if (isAny(collection, start, end)) {
        wildcards |= 1 << i;
      }
      start = end + 1;
    }
    return new CollectionPattern(collection, new Shape(segments, wildcards));
  }

  /** The pattern as it was written; that of a single collection is the collection. */
  public String text() {
    return text;
  }

  /** Whether this is a single collection, and a lookup by its name finds it. */
  public boolean isExact() {
    return shape.wildcards == 0;
  }

  public Shape shape() {
    return shape;
  }

  public boolean matches(String collection) {
    if (isExact()) {
      return text.equals(collection);
    }
    int at = 0;
    int start = 0;
    while (true) {
      int atEnd = endOf(text, at);
      int end = endOf(collection, start);
      boolean matched =
          isAny(text, at, atEnd)
              || (atEnd - at == end - start
                  && text.regionMatches(at, collection, start, end - start));
      boolean last = atEnd == text.length();
      if (!matched || last != (end == collection.length())) {
        return false;
      }
      if (last) {
        return true;
      }
      at = atEnd + 1;
      start = end + 1;
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof CollectionPattern pattern && text.equals(pattern.text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  @Override
  public String toString() {
    return text;
  }

  /** Whether this segment stands for every id. */
  static boolean isAny(String segment) {
    return segment.equals(ANY);
  }

  private static boolean isAny(String text, int start, int end) {
    return end - start == 1 && text.charAt(start) == '-';
  }

  private static int endOf(String text, int start) {
    int slash = text.indexOf('/', start);
    return slash < 0 ? text.length() : slash;
  }

  private static int segmentsOf(String collection) {
    if (collection.isEmpty()) {
      return 0;
    }
    int segments = 1;
    for (int slash = collection.indexOf('/'); slash >= 0; ) {
      segments++;
      slash = collection.indexOf('/', slash + 1);
    }
    return segments;
  }

  /**
   * What patterns have in common that differ in their ids only: an index of patterns by their text
   * finds all that match a collection with one lookup for each shape in use.
   *
   * @param segments of the pattern, and so of what it matches
   * @param wildcards bit i is set where segment i is {@code -}
   */
  public record Shape(int segments, int wildcards) {
    /** The text of the one pattern of this shape that matches {@code collection}; empty: none. */
    public Optional<String> over(String collection) {
      if (segmentsOf(collection) != segments) {
        return Optional.empty();
      }
      if (wildcards == 0) {
        return Optional.of(collection);
      }
      var pattern = new StringBuilder(collection.length());
      int start = 0;
      for (int i = 0; i < segments; i++) {
        int end = endOf(collection, start);
        if ((wildcards & (1 << i)) == 0) {
          pattern.append(collection, start, end);
        } else {
          pattern.append(ANY);
        }
        if (end < collection.length()) {
          pattern.append('/');
        }
        start = end + 1;
      }
      return Optional.of(pattern.toString());
    }
  }
}
