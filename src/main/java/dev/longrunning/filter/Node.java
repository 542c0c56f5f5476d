package dev.longrunning.filter;

import java.util.List;

/** A part of a filter. */
sealed interface Node {
  /** What everything matches. */
  Node EVERYTHING = new All(List.of());

  boolean matches(View view);

  /** What lets through at least all that match, by columns alone. */
  Narrowing over();

  /** What lets through nothing but what matches, by columns alone. */
  Narrowing under();

  /** Whether the two are the same. */
  boolean isExact();

  /** All of them at once. */
  static Node all(List<Node> parts) {
    return parts.size() == 1 ? parts.get(0) : new All(parts);
  }

  /** Any of them. */
  static Node any(List<Node> parts) {
    return parts.size() == 1 ? parts.get(0) : new Any(parts);
  }

  /** A conjunction. */
  record All(List<Node> parts) implements Node {
    public All {
      parts = List.copyOf(parts);
    }

    @Override
    public boolean matches(View view) {
      return parts.stream().allMatch(part -> part.matches(view));
    }

    @Override
    public Narrowing over() {
      return Narrowing.all(parts.stream().map(Node::over).toList());
    }

    @Override
    public Narrowing under() {
      return Narrowing.all(parts.stream().map(Node::under).toList());
    }

    @Override
    public boolean isExact() {
      return parts.stream().allMatch(Node::isExact);
    }
  }

  /** A disjunction. */
  record Any(List<Node> parts) implements Node {
    public Any {
      parts = List.copyOf(parts);
    }

    @Override
    public boolean matches(View view) {
      return parts.stream().anyMatch(part -> part.matches(view));
    }

    @Override
    public Narrowing over() {
      return Narrowing.any(parts.stream().map(Node::over).toList());
    }

    @Override
    public Narrowing under() {
      return Narrowing.any(parts.stream().map(Node::under).toList());
    }

    @Override
    public boolean isExact() {
      return parts.stream().allMatch(Node::isExact);
    }
  }

  /** True where the part is not: also where the part has no value to compare. */
  record Not(Node part) implements Node {
    @Override
    public boolean matches(View view) {
      return !part.matches(view);
    }

    @Override
    public Narrowing over() {
      // What is surely in the part is surely not in this; what may be in it, may be not.
      return Narrowing.not(part.under());
    }

    @Override
    public Narrowing under() {
      return Narrowing.not(part.over());
    }

    @Override
    public boolean isExact() {
      return part.isExact();
    }
  }

  /** A field and a value; false where any part of the path is not set, whatever is asked. */
  record Comparison(Path path, Comparator comparator, Operand operand) implements Node {
    /** One that the code itself makes. */
    static Node of(String path, Comparator comparator, Operand operand) {
      return new Comparison(Path.of(path), comparator, operand);
    }

    @Override
    public boolean matches(View view) {
      return view.root().at(path, 0, comparator, operand);
    }

    @Override
    public Narrowing over() {
      return Columns.exact(this).orElseGet(() -> Columns.over(this));
    }

    @Override
    public Narrowing under() {
      return Columns.exact(this).orElse(Narrowing.NOTHING);
    }

    @Override
    public boolean isExact() {
      return Columns.exact(this).isPresent();
    }
  }

  /** A value without a field: contained, in any case, in one of the texts of an operation. */
  record Literal(Glob glob) implements Node {
    @Override
    public boolean matches(View view) {
      return view.texts().anyMatch(glob::matches);
    }

    @Override
    public Narrowing over() {
      return Narrowing.EVERYTHING;
    }

    @Override
    public Narrowing under() {
      return Narrowing.NOTHING;
    }

    @Override
    public boolean isExact() {
      return false;
    }
  }
}
