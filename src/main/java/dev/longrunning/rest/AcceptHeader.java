package dev.longrunning.rest;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The media types that a caller takes, as its Accept headers rank them.
 *
 * <p><b>Promise.</b> A range that cannot be read is passed over. Without any range, all is taken.
 * {@code *} and {@code q=.2} are read too: Java's own client says so.
 *
 * @param ranges as they came
 */
record AcceptHeader(List<Range> ranges) {
  private static final Pattern QUALITY = Pattern.compile("(?i)q=([01]?)(?:\\.(\\d{0,9}))?");
  private static final int FULL = 1_000;
  private static final List<Range> ALL = List.of(new Range("*/*", FULL));

  /**
   * One media range.
   *
   * @param quality in thousandths
   */
  record Range(String type, int quality) {}

  /**
   * How much a type is wanted.
   *
   * @param quality 0: not at all
   * @param exactness 2: by name, 1: by the part before the slash, 0: like everything else
   * @param position of the range that says so
   */
  record Rank(int quality, int exactness, int position) implements Comparable<Rank> {
    /** Ranges of one quality have no order by the standard; callers name the better one first. */
    @Override
    public int compareTo(Rank other) {
      if (quality != other.quality) {
        return Integer.compare(quality, other.quality);
      }
      return exactness != other.exactness
          ? Integer.compare(exactness, other.exactness)
          : Integer.compare(other.position, position);
    }
  }

  static AcceptHeader parse(List<String> values) {
    var ranges = new ArrayList<Range>();
    boolean named = false;
    for (String value : values) {
      for (String range : value.split(",", -1)) {
        named |= !range.isBlank();
        add(ranges, range.split(";", -1));
      }
    }
    return new AcceptHeader(named ? List.copyOf(ranges) : ALL);
  }

  private static void add(List<Range> ranges, String[] parts) {
    int quality = FULL;
    for (int i = 1; i < parts.length; i++) {
      String part = parts[i].strip();
      if (part.regionMatches(true, 0, "q=", 0, 2)) {
        var weight = QUALITY.matcher(part);
        if (!weight.matches() || part.length() == 2) {
          return;
        }
        quality = quality(weight.group(1), weight.group(2));
      }
    }
    if (parts.length > 0 && !parts[0].isBlank()) {
      ranges.add(new Range(parts[0].strip().toLowerCase(Locale.ROOT), quality));
    }
  }

  private static int quality(String one, @Nullable String decimals) {
    String thousandths = (decimals == null ? "" : decimals) + "000";
    return one.equals("1") ? FULL : Integer.parseInt(thousandths.substring(0, 3));
  }

  /** By the most exact of the ranges that hold the type. */
  Rank rank(String type) {
    var best = new Rank(0, -1, 0);
    for (int i = 0; i < ranges.size(); i++) {
      int exactness = exactness(ranges.get(i).type(), type);
      if (exactness > best.exactness()) {
        best = new Rank(ranges.get(i).quality(), exactness, i);
      }
    }
    return best;
  }

  private static int exactness(String range, String type) {
    if (range.equals(type)) {
      return 2;
    }
    if (range.equals("*/*") || range.equals("*")) {
      return 0;
    }
    boolean group = range.endsWith("/*") && type.startsWith(range.substring(0, range.length() - 1));
    return group ? 1 : -1;
  }
}
