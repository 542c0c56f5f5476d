package dev.longrunning.pages;

import java.util.List;
import java.util.stream.Collectors;

/** A page as Markdown with tables. */
final class Markdown implements Block.Sink {
  /** What would be read as markup, also as HTML, which Markdown lets through. */
  private static final String SPECIAL = "\\`*_{}[]<>#|&~!";

  private final StringBuilder written = new StringBuilder(8_192);

  private Markdown() {}

  static String of(Page page) {
    var markdown = new Markdown();
    markdown.write(page);
    return markdown.written.toString();
  }

  private void write(Page page) {
    written.append("# ").append(escaped(page.title())).append("\n\n");
    paragraph(new Block.Paragraph(page.lead()));
    for (var section : page.sections()) {
      written.append("## ").append(escaped(section.heading())).append("\n\n");
      section.blocks().forEach(block -> block.to(this));
    }
  }

  @Override
  public void paragraph(Block.Paragraph paragraph) {
    written.append(line(paragraph.line())).append("\n\n");
  }

  @Override
  public void facts(Block.Facts facts) {
    for (var fact : facts.facts()) {
      written.append("- **").append(escaped(fact.about())).append("**: ");
      written.append(lines(fact.lines(), "; ")).append('\n');
    }
    written.append('\n');
  }

  @Override
  public void table(Block.Table table) {
    row(table.columns().stream().map(Markdown::escaped).toList());
    row(table.columns().stream().map(column -> "---").toList());
    for (var cells : table.rows()) {
      row(cells.stream().map(cell -> lines(cell.lines(), "<br>")).toList());
    }
    written.append('\n');
  }

  private void row(List<String> cells) {
    written.append("| ").append(String.join(" | ", cells)).append(" |\n");
  }

  @Override
  public void listing(Block.Listing listing) {
    listing
        .lines()
        .forEach(text -> written.append("    ").append(LegibleText.of(text)).append('\n'));
    written.append('\n');
  }

  @Override
  public void fold(Block.Fold fold) {
    written.append("### ").append(line(fold.summary())).append("\n\n");
    fold.blocks().forEach(block -> block.to(this));
  }

  private static String lines(List<Line> lines, String between) {
    return lines.stream().map(Markdown::line).collect(Collectors.joining(between));
  }

  private static String line(Line line) {
    return line.spans().stream().map(Markdown::span).collect(Collectors.joining());
  }

  private static String span(Span span) {
    return switch (span.kind()) {
      case PLAIN -> escaped(span.text());
      case CODE -> code(span.text());
      case LINK -> '[' + escaped(span.text()) + "](" + span.to() + ')';
    };
  }

  /** A backtick would end it, a bar the cell that it may stand in. */
  private static String code(String text) {
    boolean whole = text.indexOf('`') < 0 && text.indexOf('|') < 0 && !text.isBlank();
    return whole ? '`' + LegibleText.of(text) + '`' : escaped(text);
  }

  private static String escaped(String text) {
    var escaped = new StringBuilder(text.length() + 8);
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      escaped.append(SPECIAL.indexOf(c) < 0 ? "" : "\\").append(c);
    }
    return LegibleText.of(escaped.toString());
  }
}
