package dev.longrunning.filter;

import dev.longrunning.filter.Narrowing.Column;
import dev.longrunning.filter.Narrowing.TextTest;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/** What of a comparison the columns can tell. */
final class Columns {
  private static final TextTest NOT_EMPTY =
      new TextTest(Comparator.NOT_EQUAL, Glob.of("", false), "");

  private Columns() {}

  /** What holds at least for those rows for which the comparison does. */
  static Narrowing over(Node.Comparison asked) {
    var presence = presence(asked.path());
    boolean coded = asked.path().field() == Field.ERROR_CODE && !asked.operand().presence();
    return coded
        ? whole(asked.operand())
            .map(code -> withCode(presence, asked.comparator(), code))
            .orElse(presence)
        : presence;
  }

  private static Narrowing withCode(Narrowing failed, Comparator comparator, long code) {
    var untold = Narrowing.not(new Narrowing.Present(Column.ERROR_CODE));
    return Narrowing.any(
        List.of(
            new Narrowing.OfNumber(Column.ERROR_CODE, comparator, code),
            Narrowing.all(List.of(failed, untold))));
  }

  /** What must be set for any comparison of this path to hold. */
  static Narrowing presence(Path path) {
    return switch (path.field()) {
      case NAME, DONE, CREATE_TIME, UPDATE_TIME -> Narrowing.EVERYTHING;
      case END_TIME -> new Narrowing.Present(Column.END_TIME);
      case CANCEL_REQUEST_TIME -> new Narrowing.Present(Column.CANCEL_REQUEST_TIME);
      case ERROR, ERROR_CODE, ERROR_MESSAGE, ERROR_DETAILS -> new Narrowing.Present(Column.ERROR);
      case METADATA -> new Narrowing.Present(Column.METADATA);
      case RESPONSE -> new Narrowing.Present(Column.RESPONSE);
      case LABELS -> new Narrowing.Present(Column.LABELS);
      case PROGRESS, PROGRESS_DONE_UNITS, PROGRESS_TOTAL_UNITS, PROGRESS_UNIT, PROGRESS_MESSAGE ->
          new Narrowing.Present(Column.PROGRESS);
    };
  }

  /** What holds for exactly those rows for which the comparison does; empty: it takes more. */
  static Optional<Narrowing> exact(Node.Comparison asked) {
    var operand = asked.operand();
    boolean presence = asked.comparator() == Comparator.HAS && operand.presence();
    return switch (asked.path().field()) {
      case NAME -> presence ? Optional.of(Narrowing.EVERYTHING) : text(asked, Column.NAME);
      case DONE -> presence ? Optional.of(new Narrowing.Present(Column.DONE)) : flag(asked);
      case CREATE_TIME -> time(asked, presence, Column.CREATE_TIME);
      case UPDATE_TIME -> time(asked, presence, Column.UPDATE_TIME);
      case END_TIME -> time(asked, presence, Column.END_TIME);
      case CANCEL_REQUEST_TIME -> time(asked, presence, Column.CANCEL_REQUEST_TIME);
      case ERROR, METADATA, RESPONSE, PROGRESS ->
          Optional.of(presence(asked.path()))
              .filter(any -> presence && asked.path().below().isEmpty());
      case ERROR_CODE, ERROR_MESSAGE, ERROR_DETAILS -> Optional.empty();
      case LABELS -> label(asked, presence);
      case PROGRESS_DONE_UNITS -> number(asked, presence, Column.DONE_UNITS);
      case PROGRESS_TOTAL_UNITS -> number(asked, presence, Column.TOTAL_UNITS);
      case PROGRESS_UNIT -> line(asked, presence, Column.UNIT);
      case PROGRESS_MESSAGE -> line(asked, presence, Column.MESSAGE);
    };
  }

  private static Optional<Narrowing> line(Node.Comparison asked, boolean presence, Column column) {
    return presence ? Optional.of(new Narrowing.OfText(column, NOT_EMPTY)) : text(asked, column);
  }

  private static Optional<Narrowing> text(Node.Comparison asked, Column column) {
    return test(asked).map(test -> new Narrowing.OfText(column, test));
  }

  private static Optional<TextTest> test(Node.Comparison asked) {
    var glob = asked.operand().glob();
    return glob.isAnyCase() && asked.comparator().isEquality()
        ? Optional.empty()
        : Optional.of(new TextTest(asked.comparator(), glob, asked.operand().text()));
  }

  private static Optional<Narrowing> label(Node.Comparison asked, boolean presence) {
    if (asked.path().below().isEmpty()) {
      return Optional.of(
          presence
              ? new Narrowing.Present(Column.LABELS)
              : new Narrowing.Labelled(asked.operand().text()));
    }
    String key = asked.path().below().get(0);
    return presence
        ? Optional.of(new Narrowing.Labelled(key))
        : test(asked).map(test -> new Narrowing.OfLabel(key, test));
  }

  private static Optional<Narrowing> flag(Node.Comparison asked) {
    var done = new Narrowing.Present(Column.DONE);
    return asked
        .operand()
        .flag()
        .map(flag -> asked.comparator().holds(flag) ? done : Narrowing.not(done));
  }

  private static Optional<Narrowing> number(
      Node.Comparison asked, boolean presence, Column column) {
    if (presence) {
      return Optional.of(new Narrowing.OfNumber(column, Comparator.NOT_EQUAL, 0));
    }
    return whole(asked.operand())
        .map(number -> new Narrowing.OfNumber(column, asked.comparator(), number));
  }

  private static Optional<Long> whole(Operand operand) {
    BigDecimal number = operand.number();
    // A short text has few digits, so what follows is cheap also for 1e9999.
    if (number == null || number.precision() - (long) number.scale() > 19) {
      return Optional.empty();
    }
    try {
      return Optional.of(number.longValueExact());
    } catch (ArithmeticException e) {
      return Optional.empty();
    }
  }

  private static Optional<Narrowing> time(Node.Comparison asked, boolean presence, Column column) {
    if (presence) {
      return Optional.of(presence(asked.path()));
    }
    Instant time = asked.operand().time();
    if (time == null) {
      return Optional.empty();
    }
    // Columns hold whole microseconds, so nothing lies between this one and the next.
    var whole = time.truncatedTo(ChronoUnit.MICROS);
    var comparator = asked.comparator();
    if (whole.equals(time)) {
      return Optional.of(new Narrowing.OfTime(column, comparator, time));
    }
    return Optional.of(
        switch (comparator) {
          case EQUAL, HAS -> Narrowing.NOTHING;
          case NOT_EQUAL -> presence(asked.path());
          case LESS, AT_MOST -> new Narrowing.OfTime(column, Comparator.AT_MOST, whole);
          case GREATER, AT_LEAST -> new Narrowing.OfTime(column, Comparator.GREATER, whole);
        });
  }
}
