package dev.longrunning.pages;

import java.util.ArrayList;
import java.util.List;

/** Text in one line, or in one paragraph. */
record Line(List<Span> spans) {
  static final Line EMPTY = new Line(List.of());

  Line {
    spans = List.copyOf(spans);
  }

  static Line of(String text) {
    return EMPTY.and(text);
  }

  static Line ofCode(String text) {
    return EMPTY.code(text);
  }

  /** A line of code each. */
  static List<Line> ofCodes(List<String> texts) {
    return texts.stream().map(Line::ofCode).toList();
  }

  Line and(String text) {
    return with(new Span(Span.Kind.PLAIN, text, ""));
  }

  Line code(String text) {
    return with(new Span(Span.Kind.CODE, text, ""));
  }

  /** Several texts of code, with plain text between two. */
  Line codes(List<String> texts, String between) {
    var line = this;
    for (int i = 0; i < texts.size(); i++) {
      line = (i == 0 ? line : line.and(between)).code(texts.get(i));
    }
    return line;
  }

  Line link(String text, String to) {
    return with(new Span(Span.Kind.LINK, text, to));
  }

  private Line with(Span span) {
    var longer = new ArrayList<>(spans);
    longer.add(span);
    return new Line(longer);
  }
}
