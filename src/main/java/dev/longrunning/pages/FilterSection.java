package dev.longrunning.pages;

import dev.longrunning.filter.Dialect;
import dev.longrunning.filter.Guide;
import dev.longrunning.pages.Block.Cell;
import dev.longrunning.pages.Block.Fact;
import dev.longrunning.pages.Block.Facts;
import dev.longrunning.pages.Block.Listing;
import dev.longrunning.pages.Block.Paragraph;
import dev.longrunning.pages.Block.Table;
import java.util.List;

/** How filters are written, and what they can ask for. */
final class FilterSection {
  private static final List<String> COLUMNS = List.of("Field", "Holds", "Comparators");

  private FilterSection() {}

  static Section of(Dialect dialect) {
    var guide = dialect.guide();
    return Section.of(
        "filters",
        "Filters",
        new Facts(
            List.of(
                Fact.of("Dialect", Line.ofCode(dialect.name())),
                Fact.of(
                    "Required",
                    Line.of(
                        dialect.isRequired()
                            ? "yes: without one a list is INVALID_ARGUMENT"
                            : "no: without one everything is listed")),
                Fact.of(
                    "Length",
                    Line.of("at most " + Words.number(Dialect.LENGTH_MAX) + " characters")))),
        new Table(COLUMNS, guide.terms().stream().map(FilterSection::row).toList()),
        Paragraph.of("Such as:"),
        new Listing(guide.examples()));
  }

  private static List<Cell> row(Guide.Term term) {
    return List.of(
        Cell.ofCode(term.name()), Cell.of(term.holds()), Cell.ofCode(term.comparators()));
  }
}
