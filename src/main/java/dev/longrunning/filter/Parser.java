package dev.longrunning.filter;

import dev.longrunning.filter.Rules.Argument;
import dev.longrunning.filter.Rules.Member;
import dev.longrunning.filter.Scanner.Word;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the grammar of AIP-160: AND of ORs, juxtaposition as AND, NOT and minus, comparisons,
 * values that stand alone, and alternatives right of a comparator.
 *
 * <p><b>Bounds.</b> {@value #LENGTH_MAX} characters, {@value #TERMS_MAX} values, {@value
 * #LEVELS_MAX} levels of parentheses and as many names in a path. What is over one of these is
 * refused where that is met, and nothing behind it is read.
 */
final class Parser {
  static final int LENGTH_MAX = 10_000;
  static final int TERMS_MAX = 200;
  static final int LEVELS_MAX = 32;

  private static final String TERM = "a field, a value, NOT, - or (";
  private static final String VALUE =
      "a value, quoted if it holds white space or one of \"'()<>=,[]{}\\";
  private static final String NAME = "a name of a field, quoted if it is not a plain word";

  private final String text;
  private final Rules rules;
  private final Scanner scanner;
  private int terms;
  private int levels;

  Parser(String text, Rules rules) {
    this.text = text;
    this.rules = rules;
    this.scanner = new Scanner(text, rules.isAnyCase());
  }

  /** A field and a comparator, to the right of which there are several values. */
  private record Left(Member member, Comparator comparator) {
    /** Not to be one or the other is to be neither. */
    boolean isTurned() {
      return comparator == Comparator.NOT_EQUAL;
    }
  }

  /** How many characters have been looked at. */
  int charactersRead() {
    return scanner.seen();
  }

  Node parse() {
    Fault.checkLength(text);
    scanner.skipSpaces();
    if (scanner.atEnd()) {
      return Node.EVERYTHING;
    }
    var node = expression(null);
    if (!scanner.atEnd()) {
      throw Fault.at(scanner.place(), scanner.shown(), "no ) without a ( before it");
    }
    return node;
  }

  private Node expression(@Nullable Left left) {
    var factors = new ArrayList<Node>();
    factors.add(factor(left));
    while (true) {
      boolean apart = scanner.skipSpaces();
      if (scanner.atEnd() || scanner.at(')')) {
        return left != null && left.isTurned() ? Node.any(factors) : Node.all(factors);
      }
      if (scanner.atKeyword("AND")) {
        keyword("AND");
      } else if (!apart) {
        throw Fault.at(scanner.place(), scanner.shownWord(), "white space, AND or OR");
      }
      factors.add(factor(left));
    }
  }

  private Node factor(@Nullable Left left) {
    var terms = new ArrayList<Node>();
    terms.add(term(left));
    while (true) {
      int place = scanner.place();
      scanner.skipSpaces();
      if (!scanner.atKeyword("OR")) {
        scanner.back(place);
        return left != null && left.isTurned() ? Node.all(terms) : Node.any(terms);
      }
      rules.alternative(scanner.place());
      keyword("OR");
      terms.add(term(left));
    }
  }

  /** Goes past a keyword and the white space that it must have behind it. */
  private void keyword(String keyword) {
    scanner.skip(keyword.length());
    if (scanner.atEnd()) {
      throw Fault.atEnd(scanner.place(), TERM);
    }
    if (!scanner.skipSpaces()) {
      throw Fault.at(scanner.place(), scanner.shown(), "white space behind " + keyword);
    }
  }

  private Node term(@Nullable Left left) {
    if (scanner.atKeyword("NOT")) {
      rules.negation(scanner.place());
      keyword("NOT");
      return negated(left);
    }
    // Right of a comparator it is the sign of a number.
    if (left == null && scanner.at('-')) {
      rules.negation(scanner.place());
      scanner.skip(1);
      if (scanner.at('-')) {
        throw Fault.at(scanner.place(), "-", "a field, a value or ( behind -");
      }
      return new Node.Not(simple(null));
    }
    return simple(left);
  }

  private Node negated(@Nullable Left left) {
    if (left == null) {
      return new Node.Not(simple(null));
    }
    return switch (left.comparator()) {
      case EQUAL -> simple(new Left(left.member(), Comparator.NOT_EQUAL));
      case NOT_EQUAL -> simple(new Left(left.member(), Comparator.EQUAL));
      case LESS, AT_MOST, GREATER, AT_LEAST, HAS -> new Node.Not(simple(left));
    };
  }

  private Node simple(@Nullable Left left) {
    if (scanner.at('(')) {
      rules.group(scanner.place());
      return composite(left);
    }
    for (String keyword : List.of("AND", "OR", "NOT")) {
      if (scanner.atKeyword(keyword)) {
        throw Fault.at(scanner.place(), keyword, "a field, a value or (");
      }
    }
    return left == null ? restriction() : comparison(left);
  }

  private Node composite(@Nullable Left left) {
    if (++levels > LEVELS_MAX) {
      throw Fault.at(scanner.place(), "(", "at most " + LEVELS_MAX + " levels of parentheses");
    }
    scanner.skip(1);
    scanner.skipSpaces();
    var node = expression(left);
    if (scanner.atEnd()) {
      throw Fault.atEnd(scanner.place(), ")");
    }
    scanner.skip(1);
    levels--;
    return node;
  }

  private Node restriction() {
    int place = scanner.place();
    var words = member();
    var member = new Member(words.stream().map(Word::text).toList(), place);
    refuseFunction(place, member.text());
    int end = scanner.place();
    scanner.skipSpaces();
    var comparator = scanner.comparator();
    if (comparator.isEmpty()) {
      scanner.back(end);
      countTerm(place);
      return rules.literal(new Argument(alone(words), place));
    }
    scanner.skip(comparator.get().text().length());
    scanner.skipSpaces();
    var left = new Left(member, comparator.get());
    if (scanner.at('(')) {
      rules.group(scanner.place());
      return composite(left);
    }
    return comparison(left);
  }

  private List<Word> member() {
    var words = new ArrayList<Word>();
    words.add(scanner.name(TERM));
    while (scanner.at('.')) {
      scanner.skip(1);
      if (words.size() == LEVELS_MAX) {
        throw Fault.at(scanner.place(), scanner.shown(), "at most " + LEVELS_MAX + " names");
      }
      words.add(scanner.name(NAME));
    }
    return words;
  }

  /** Words with dots between them are one value where no comparator follows. */
  private Operand alone(List<Word> words) {
    var marked = String.join(".", words.stream().map(Word::marked).toList());
    return Operand.marked(marked, false, true);
  }

  private Node comparison(Left left) {
    int place = scanner.place();
    var word = scanner.value(VALUE);
    refuseFunction(place, word.text());
    countTerm(place);
    boolean presence = !word.quoted() && word.text().equals("*");
    var operand = Operand.marked(word.marked(), presence, rules.isAnyCase());
    return rules.comparison(left.member(), left.comparator(), new Argument(operand, place));
  }

  private void refuseFunction(int place, String name) {
    if (scanner.at('(')) {
      throw Fault.at(place, name + "(", "no functions: there are none");
    }
  }

  private void countTerm(int place) {
    if (++terms > TERMS_MAX) {
      throw Fault.at(place, "term " + terms, "at most " + TERMS_MAX + " terms");
    }
  }
}
