package dev.longrunning.filter;

import dev.longrunning.filter.Node.Comparison;
import java.util.ArrayList;
import java.util.List;

/** The fields of operations under their own names, each with the values that its type takes. */
class FieldRules implements Rules {
  private static final String DIGITS = "[0-9]+";

  @Override
  public Node comparison(Member member, Comparator comparator, Argument argument) {
    var path =
        Path.find(member.names())
            .orElseThrow(() -> unknown(member.text(), member.place(), member.text()));
    var operand = argument.operand();
    if (comparator == Comparator.HAS && operand.presence()) {
      return new Comparison(path, comparator, operand);
    }
    check(path, member, comparator, argument);
    boolean below = path.field().type() == Field.Type.MESSAGE;
    return below ? inside(path, argument) : new Comparison(path, comparator, operand);
  }

  @Override
  public Node literal(Argument argument) {
    return new Node.Literal(containing(argument.operand()));
  }

  private static Glob containing(Operand operand) {
    return operand.glob().anywhere();
  }

  /** Whether a message has one of its fields. */
  private static Node inside(Path path, Argument argument) {
    var names = new ArrayList<>(path.segments());
    names.add(argument.operand().text());
    var inner =
        Path.find(names)
            .filter(found -> found.below().isEmpty())
            .orElseThrow(
                () ->
                    unknown(argument.operand().text(), argument.place(), String.join(".", names)));
    return new Comparison(inner, Comparator.HAS, Operand.any());
  }

  static RuntimeException unknown(String got, int place, String name) {
    return Fault.at(
        place, got, "a field of operations, such as " + String.join(", ", Field.nearest(name)));
  }

  private static void check(Path path, Member member, Comparator comparator, Argument argument) {
    var field = path.field();
    var operand = argument.operand();
    boolean fits =
        switch (field.type()) {
          case TEXT -> true;
          case FLAG ->
              comparators(comparator.isEquality(), path, member, comparator)
                  && operand.flag().isPresent();
          case NUMBER -> operand.number() != null;
          case TIME -> operand.time() != null;
          case MESSAGE -> comparators(comparator == Comparator.HAS, path, member, comparator);
          case LIST ->
              comparators(comparator == Comparator.HAS, path, member, comparator)
                  && elements(path, member);
          case OPEN, MAP ->
              !path.below().isEmpty()
                  || comparators(comparator == Comparator.HAS, path, member, comparator);
        };
    if (!fits) {
      throw Fault.at(
          argument.place(), operand.text(), values(field.type()) + " for " + field.text());
    }
  }

  private static boolean comparators(
      boolean fits, Path path, Member member, Comparator comparator) {
    if (!fits) {
      throw Fault.at(
          member.place(),
          member.text() + " " + comparator.text(),
          "for " + path.field().text() + " the comparators " + path.field().type().comparators());
    }
    return true;
  }

  private static boolean elements(Path path, Member member) {
    List<String> below = path.below();
    if (!below.isEmpty() && below.get(0).matches(DIGITS)) {
      throw Fault.at(
          member.place(),
          member.text(),
          "no single element: " + path.field().text() + " asks all of them");
    }
    return true;
  }

  private static String values(Field.Type type) {
    return switch (type) {
      case FLAG -> "true or false";
      case NUMBER -> "a number";
      case TIME -> "a time as in 2026-01-31T08:00:00Z";
      case TEXT, MESSAGE, LIST, OPEN, MAP -> "a value";
    };
  }
}
