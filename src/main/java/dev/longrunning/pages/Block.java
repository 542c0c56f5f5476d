package dev.longrunning.pages;

import java.util.List;

/** A part of a section. */
sealed interface Block {
  /** Writes it. */
  void to(Sink sink);

  /** Writes the parts of a page in some format. */
  interface Sink {
    void paragraph(Paragraph paragraph);

    void facts(Facts facts);

    void table(Table table);

    void listing(Listing listing);

    void fold(Fold fold);
  }

  record Paragraph(Line line) implements Block {
    static Paragraph of(String text) {
      return new Paragraph(Line.of(text));
    }

    @Override
    public void to(Sink sink) {
      sink.paragraph(this);
    }
  }

  /** A fact: what it is about, and what is said of it, line by line. */
  record Fact(String about, List<Line> lines) {
    public Fact {
      lines = List.copyOf(lines);
    }

    static Fact of(String about, Line... lines) {
      return new Fact(about, List.of(lines));
    }
  }

  record Facts(List<Fact> facts) implements Block {
    public Facts {
      facts = List.copyOf(facts);
    }

    @Override
    public void to(Sink sink) {
      sink.facts(this);
    }
  }

  /** What stands in one row and column, line by line. */
  record Cell(List<Line> lines) {
    public Cell {
      lines = List.copyOf(lines);
    }

    static final Cell EMPTY = new Cell(List.of());

    static Cell of(Line line) {
      return new Cell(List.of(line));
    }

    static Cell of(String text) {
      return of(Line.of(text));
    }

    static Cell ofCode(String text) {
      return of(Line.ofCode(text));
    }
  }

  /** Rows, each with as many cells as there are columns. */
  record Table(List<String> columns, List<List<Cell>> rows) implements Block {
    public Table {
      columns = List.copyOf(columns);
      rows = rows.stream().map(List::copyOf).toList();
    }

    @Override
    public void to(Sink sink) {
      sink.table(this);
    }
  }

  /** Lines as somebody would type them. */
  record Listing(List<String> lines) implements Block {
    public Listing {
      lines = List.copyOf(lines);
    }

    @Override
    public void to(Sink sink) {
      sink.listing(this);
    }
  }

  /**
   * Parts that are shown on demand.
   *
   * @param open whether they are shown at first
   */
  record Fold(Line summary, boolean open, List<Block> blocks) implements Block {
    public Fold {
      blocks = List.copyOf(blocks);
    }

    @Override
    public void to(Sink sink) {
      sink.fold(this);
    }
  }
}
