package dev.longrunning.pages;

import java.util.List;

/** A page before it has a format. */
public record Page(String title, Line lead, List<Section> sections) {
  public Page {
    sections = List.copyOf(sections);
  }

  /** The whole document; its style is let through by {@link Html#POLICY}. */
  public String html() {
    return Html.of(this);
  }

  /** The same for terminals and editors. */
  public String markdown() {
    return Markdown.of(this);
  }
}
