package dev.longrunning.pages;

/**
 * Some text of one kind.
 *
 * @param text as it is: escaped when it is written
 * @param to where a link leads, on these pages; empty for others
 */
record Span(Kind kind, String text, String to) {
  /** What the text is. */
  enum Kind {
    PLAIN,
    /** Spelled as it stands, such as a name or a path. */
    CODE,
    LINK
  }
}
