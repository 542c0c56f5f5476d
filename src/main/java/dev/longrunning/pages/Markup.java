package dev.longrunning.pages;

/**
 * HTML as it is written: elements and text.
 *
 * <p><b>Promise.</b> Text and values of attributes are escaped here and nowhere else, and made
 * legible ({@link LegibleText}).
 *
 * <p><b>Threads.</b> Confined to whoever made it.
 */
final class Markup {
  private final StringBuilder written = new StringBuilder(16_384);

  /** Begins an element; {@code attributes} are names and values in turn. */
  Markup open(String tag, String... attributes) {
    written.append('<').append(tag);
    for (int i = 0; i < attributes.length; i += 2) {
      written.append(' ').append(attributes[i]).append("=\"");
      escape(attributes[i + 1]);
      written.append('"');
    }
    written.append('>');
    return this;
  }

  Markup close(String tag) {
    written.append("</").append(tag).append('>');
    return this;
  }

  /** An element with text in it. */
  Markup element(String tag, String text, String... attributes) {
    return open(tag, attributes).text(text).close(tag);
  }

  Markup text(String text) {
    escape(text);
    return this;
  }

  /** A name or a path: it may be broken behind a slash or a dot. */
  Markup parts(String name) {
    int from = 0;
    for (int i = 0; i < name.length() - 1; i++) {
      if (name.charAt(i) == '/' || name.charAt(i) == '.') {
        text(name.substring(from, i + 1)).open("wbr");
        from = i + 1;
      }
    }
    return text(name.substring(from));
  }

  /** What is HTML, or style, already. */
  Markup constant(String html) {
    written.append(html);
    return this;
  }

  Markup newLine() {
    written.append('\n');
    return this;
  }

  private void escape(String text) {
    String legible = LegibleText.of(text);
    for (int i = 0; i < legible.length(); i++) {
      char c = legible.charAt(i);
      switch (c) {
        case '<' -> written.append("&lt;");
        case '>' -> written.append("&gt;");
        case '&' -> written.append("&amp;");
        case '"' -> written.append("&quot;");
        case '\'' -> written.append("&#39;");
        default -> written.append(c);
      }
    }
  }

  @Override
  public String toString() {
    return written.toString();
  }
}
