package dev.longrunning.filter;

import dev.longrunning.operation.PlainText;
import java.util.Optional;

/**
 * Reads the words of a filter from left to right.
 *
 * <p><b>Promise.</b> Looks at no character behind the one that decides; {@link #seen} says how far
 * it has looked.
 */
final class Scanner {
  /** What ends a word besides white space; in a value a colon and a dot do not. */
  private static final String MARKS = "\"'()<>=!,[]{}\\";

  private static final String NAME_MARKS = MARKS + ":.";
  private static final String VALUE_MARKS = MARKS.replace("!", "");
  private static final String ESCAPED = "\"'\\*";
  private static final String SPACES = " \t\r\n";

  private final String text;
  private final boolean anyCase;
  private int place;
  private int seen;

  Scanner(String text, boolean anyCase) {
    this.text = text;
    this.anyCase = anyCase;
  }

  /**
   * A word as it was written.
   *
   * @param marked with {@link Glob#WILDCARD} for an asterisk that is not escaped
   */
  record Word(String marked, boolean quoted, int place) {
    String text() {
      return marked.replace(Glob.WILDCARD, '*');
    }
  }

  int place() {
    return place;
  }

  void back(int earlier) {
    place = earlier;
  }

  /** How many characters have been looked at. */
  int seen() {
    return seen;
  }

  boolean atEnd() {
    return place >= text.length();
  }

  private char look(int at) {
    seen = Math.max(seen, at + 1);
    return text.charAt(at);
  }

  boolean at(char c) {
    return !atEnd() && look(place) == c;
  }

  boolean atSpace() {
    return !atEnd() && SPACES.indexOf(look(place)) >= 0;
  }

  /** Whether there was any. */
  boolean skipSpaces() {
    int from = place;
    while (atSpace()) {
      place++;
    }
    return place > from;
  }

  void skip(int characters) {
    place += characters;
    seen = Math.max(seen, place);
  }

  /** The character here, for a message. */
  String shown() {
    return atEnd() ? "the end" : new String(Character.toChars(text.codePointAt(place)));
  }

  /** The whole word here, for a message. */
  String shownWord() {
    int end = place;
    while (end < text.length() && SPACES.indexOf(text.charAt(end)) < 0 && end < place + 80) {
      end++;
    }
    return end == place ? shown() : text.substring(place, end);
  }

  /** Whether this keyword stands here, as a word of its own. */
  boolean atKeyword(String keyword) {
    int end = place + keyword.length();
    for (int i = place; i < end; i++) {
      if (i == text.length() || !isSame(look(i), keyword.charAt(i - place))) {
        return false;
      }
    }
    return end == text.length() || !isPartOf(look(end), NAME_MARKS);
  }

  private boolean isSame(char c, char upper) {
    return c == upper || (anyCase && Character.toUpperCase(c) == upper);
  }

  /** The comparator here, if there is one; does not go on. */
  Optional<Comparator> comparator() {
    if (atEnd()) {
      return Optional.empty();
    }
    look(Math.min(place + 1, text.length() - 1));
    return Comparator.at(text, place);
  }

  /** One name of a path, or a word that stands alone. */
  Word name(String allowed) {
    return word(NAME_MARKS, allowed);
  }

  /** A value: times and addresses need no quotes. */
  Word value(String allowed) {
    return word(VALUE_MARKS, allowed);
  }

  private Word word(String marks, String allowed) {
    if (at('"') || at('\'')) {
      return quoted();
    }
    int from = place;
    var word = new StringBuilder();
    while (!atEnd() && isPartOf(look(place), marks)) {
      word.append(plain(place));
      place++;
    }
    if (place == from) {
      throw Fault.at(from, shown(), allowed);
    }
    return new Word(word.toString().replace('*', Glob.WILDCARD), false, from);
  }

  private static boolean isPartOf(char c, String marks) {
    return SPACES.indexOf(c) < 0 && marks.indexOf(c) < 0;
  }

  private Word quoted() {
    int from = place;
    char quote = look(place++);
    var word = new StringBuilder();
    while (!at(quote)) {
      if (atEnd()) {
        throw Fault.atEnd(place, "a quotation mark that closes the one at " + (from + 1));
      }
      char c = plain(place++);
      if (c == '\\') {
        if (atEnd() || ESCAPED.indexOf(look(place)) < 0) {
          throw Fault.at(place - 1, "\\", "a backslash before a quotation mark, \\ or * only");
        }
        word.append(look(place++));
      } else {
        word.append(c == '*' ? Glob.WILDCARD : c);
      }
    }
    place++;
    return new Word(word.toString(), true, from);
  }

  /** Neither names nor labels hold anything else, and the database takes no NUL. */
  private char plain(int at) {
    char c = look(at);
    boolean paired =
        !Character.isSurrogate(c)
            || (Character.isHighSurrogate(c)
                ? at + 1 < text.length() && Character.isLowSurrogate(text.charAt(at + 1))
                : at > 0 && Character.isHighSurrogate(text.charAt(at - 1)));
    if ((Character.isISOControl(c) && SPACES.indexOf(c) < 0) || !paired) {
      throw Fault.at(at, String.valueOf(c), PlainText.ALLOWED);
    }
    return c;
  }
}
