package dev.longrunning.pages;

import dev.longrunning.pages.Block.Cell;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;

/** A page as a document of HTML: one element of style, no script, nothing from elsewhere. */
public final class Html implements Block.Sink {
  /** The Content-Security-Policy under which it is shown as meant: its style and nothing else. */
  public static final String POLICY =
      "default-src 'none'; style-src 'sha256-"
          + digest(Style.CSS)
          + "'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

  /** What is more than this is folded. */
  static final int LINES_MAX = 8;

  static final int LINES_FIRST = 4;

  private final Markup markup = new Markup();

  private Html() {}

  static String of(Page page) {
    var html = new Html();
    html.write(page);
    return html.markup.toString();
  }

  private static String digest(String text) {
    try {
      var sha = MessageDigest.getInstance("SHA-256");
      return Base64.getEncoder().encodeToString(sha.digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  private void write(Page page) {
    markup.constant("<!doctype html>\n").open("html", "lang", "en").newLine();
    markup.open("head").open("meta", "charset", "utf-8");
    markup.open("meta", "name", "viewport", "content", "width=device-width, initial-scale=1");
    markup.open("meta", "name", "color-scheme", "content", "light dark");
    markup.element("title", page.title());
    markup.open("style").constant(Style.CSS).close("style").close("head").newLine();
    markup.open("body").open("header").element("h1", page.title());
    paragraph(new Block.Paragraph(page.lead()));
    contents(page.sections());
    markup.close("header").newLine().open("main");
    page.sections().forEach(this::section);
    markup.close("main").close("body").close("html").newLine();
  }

  private void contents(List<Section> sections) {
    if (sections.size() < 2) {
      return;
    }
    markup.open("nav", "aria-label", "On this page").open("ul");
    for (var section : sections) {
      markup.open("li").element("a", section.heading(), "href", '#' + section.id()).close("li");
    }
    markup.close("ul").close("nav");
  }

  private void section(Section section) {
    markup.newLine().open("section", "id", section.id()).element("h2", section.heading());
    section.blocks().forEach(block -> block.to(this));
    markup.close("section");
  }

  @Override
  public void paragraph(Block.Paragraph paragraph) {
    markup.open("p");
    line(paragraph.line());
    markup.close("p").newLine();
  }

  @Override
  public void facts(Block.Facts facts) {
    markup.open("dl").newLine();
    for (var fact : facts.facts()) {
      markup.open("div").element("dt", fact.about()).open("dd");
      lines(fact.lines());
      markup.close("dd").close("div").newLine();
    }
    markup.close("dl").newLine();
  }

  @Override
  public void table(Block.Table table) {
    markup.open("table").open("thead").open("tr");
    table.columns().forEach(column -> markup.element("th", column, "scope", "col"));
    markup.close("tr").close("thead").open("tbody").newLine();
    for (var row : table.rows()) {
      markup.open("tr");
      for (int i = 0; i < row.size(); i++) {
        cell(row.get(i), table.columns().get(i), i == 0);
      }
      markup.close("tr").newLine();
    }
    markup.close("tbody").close("table").newLine();
  }

  /** Says its column again: where the screen is narrow, the row of headings is not there. */
  private void cell(Cell cell, String column, boolean first) {
    if (first) {
      markup.open("th", "scope", "row", "data-column", column);
    } else {
      markup.open("td", "data-column", column);
    }
    lines(cell.lines());
    markup.close(first ? "th" : "td");
  }

  @Override
  public void listing(Block.Listing listing) {
    for (String text : listing.lines()) {
      markup.open("pre").element("code", text).close("pre").newLine();
    }
  }

  @Override
  public void fold(Block.Fold fold) {
    if (fold.open()) {
      markup.open("details", "open", "");
    } else {
      markup.open("details");
    }
    markup.open("summary");
    line(fold.summary());
    markup.close("summary").newLine();
    fold.blocks().forEach(block -> block.to(this));
    markup.close("details").newLine();
  }

  /** Of many the first ones, so that what comes behind is found. */
  private void lines(List<Line> lines) {
    boolean many = lines.size() > LINES_MAX;
    int first = many ? LINES_FIRST : lines.size();
    lines.subList(0, first).forEach(this::lineAlone);
    if (many) {
      String more = Words.number(lines.size() - first) + " more";
      markup.open("details").element("summary", more);
      lines.subList(first, lines.size()).forEach(this::lineAlone);
      markup.close("details");
    }
  }

  private void lineAlone(Line line) {
    markup.open("div");
    line(line);
    markup.close("div");
  }

  private void line(Line line) {
    line.spans().forEach(this::span);
  }

  private void span(Span span) {
    var ignored =
        switch (span.kind()) {
          case PLAIN -> markup.text(span.text());
          case CODE -> markup.open("code").parts(span.text()).close("code");
          case LINK -> markup.element("a", span.text(), "href", span.to());
        };
  }
}
