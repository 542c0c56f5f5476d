package dev.longrunning.filter;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Text in which wildcards stand for any characters, also for none.
 *
 * <p><b>Bounds.</b> A match takes time in the sum of both lengths, whatever the pattern.
 */
public final class Glob {
  /** Stands for a wildcard while a filter is read: no filter may hold it otherwise. */
  static final char WILDCARD = '\0';

  private final List<Piece> pieces;
  private final boolean anyCase;

  private Glob(List<Piece> pieces, boolean anyCase) {
    this.pieces = pieces;
    this.anyCase = anyCase;
  }

  /** Reads text in which {@link #WILDCARD} is one. */
  static Glob of(String marked, boolean anyCase) {
    String text = anyCase ? folded(marked) : marked;
    var parts = text.split(String.valueOf(WILDCARD), -1);
    return new Glob(Stream.of(parts).map(Piece::of).toList(), anyCase);
  }

  private static String folded(String text) {
    return text.toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT);
  }

  /** Whether there are no wildcards. */
  public boolean isPlain() {
    return pieces.size() == 1;
  }

  /** Whether upper and lower case are the same. */
  public boolean isAnyCase() {
    return anyCase;
  }

  /** The same with anything before and behind it. */
  Glob anywhere() {
    var around = new ArrayList<Piece>();
    around.add(Piece.of(""));
    around.addAll(pieces);
    around.add(Piece.of(""));
    return new Glob(around, anyCase);
  }

  public boolean matches(String given) {
    String text = anyCase ? folded(given) : given;
    String first = pieces.get(0).text();
    if (isPlain()) {
      return text.equals(first);
    }
    String last = pieces.get(pieces.size() - 1).text();
    int end = text.length() - last.length();
    if (first.length() > end || !text.startsWith(first) || !text.endsWith(last)) {
      return false;
    }
    int from = first.length();
    for (var piece : pieces.subList(1, pieces.size() - 1)) {
      int at = piece.find(text, from, end);
      if (at < 0) {
        return false;
      }
      from = at + piece.text().length();
    }
    return true;
  }

  /** The same for the operator LIKE of SQL. */
  public String like() {
    return pieces.stream()
        .map(piece -> piece.text().replaceAll("[%_\\\\]", "\\\\$0"))
        .collect(Collectors.joining("%"));
  }

  /** What is between two wildcards; borders are those of Knuth, Morris and Pratt. */
  private static final class Piece {
    private final String text;
    private final int[] borders;

    private Piece(String text, int[] borders) {
      this.text = text;
      this.borders = borders;
    }

    static Piece of(String text) {
      var borders = new int[text.length() + 1];
      borders[0] = -1;
      int border = -1;
      for (int i = 0; i < text.length(); i++) {
        while (border >= 0 && text.charAt(i) != text.charAt(border)) {
          border = borders[border];
        }
        borders[i + 1] = ++border;
      }
      return new Piece(text, borders);
    }

    String text() {
      return text;
    }

    /** Where it begins first, within a part of a text; negative: nowhere. */
    int find(String in, int from, int end) {
      int matched = 0;
      for (int i = from; i < end && matched < text.length(); i++) {
        while (matched >= 0 && in.charAt(i) != text.charAt(matched)) {
          matched = borders[matched];
        }
        matched++;
        if (matched == text.length()) {
          return i + 1 - matched;
        }
      }
      return text.isEmpty() && from <= end ? from : -1;
    }
  }
}
