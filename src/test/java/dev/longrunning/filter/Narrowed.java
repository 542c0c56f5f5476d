package dev.longrunning.filter;

import dev.longrunning.filter.Narrowing.Column;
import dev.longrunning.filter.Narrowing.TextTest;
import dev.longrunning.operation.Outcome;
import dev.longrunning.operation.Progress;
import dev.longrunning.operation.Snapshot;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;

/** What a database would make of a narrowing, without one. */
final class Narrowed implements Narrowing.Writer<Predicate<Snapshot>> {
  static boolean letsThrough(Narrowing narrowing, Snapshot snapshot) {
    return narrowing.writtenBy(new Narrowed()).test(snapshot);
  }

  @Override
  public Predicate<Snapshot> constant(boolean value) {
    return row -> value;
  }

  @Override
  public Predicate<Snapshot> all(List<Predicate<Snapshot>> parts) {
    return row -> parts.stream().allMatch(part -> part.test(row));
  }

  @Override
  public Predicate<Snapshot> any(List<Predicate<Snapshot>> parts) {
    return row -> parts.stream().anyMatch(part -> part.test(row));
  }

  @Override
  public Predicate<Snapshot> not(Predicate<Snapshot> part) {
    return part.negate();
  }

  @Override
  public Predicate<Snapshot> present(Column column) {
    return switch (column) {
      case NAME, CREATE_TIME, UPDATE_TIME -> row -> true;
      case END_TIME -> row -> row.endTime() != null;
      case CANCEL_REQUEST_TIME -> row -> row.cancelRequestTime() != null;
      case DONE -> Snapshot::isDone;
      case ERROR -> row -> row.outcome() == Outcome.ERROR;
      case ERROR_CODE -> row -> code(row).isPresent();
      case RESPONSE -> row -> row.outcome() == Outcome.RESPONSE;
      case METADATA -> row -> row.metadata() != null;
      case PROGRESS, DONE_UNITS, TOTAL_UNITS, UNIT, MESSAGE -> row -> row.progress() != null;
      case LABELS -> row -> !row.labels().isEmpty();
    };
  }

  private static Optional<Long> code(Snapshot row) {
    byte[] error = row.result().array();
    boolean told =
        row.outcome() == Outcome.ERROR && error.length > 1 && error[0] == 8 && error[1] >= 0;
    return told ? Optional.of((long) error[1]) : Optional.empty();
  }

  @Override
  public Predicate<Snapshot> labelled(String key) {
    return row -> row.labels().containsKey(key);
  }

  @Override
  public Predicate<Snapshot> text(Column column, TextTest test) {
    return switch (column) {
      case NAME -> row -> holds(test, row.key().name());
      case UNIT -> row -> of(row, Progress::unit).filter(text -> holds(test, text)).isPresent();
      case MESSAGE ->
          row -> of(row, Progress::message).filter(text -> holds(test, text)).isPresent();
      case CREATE_TIME,
          UPDATE_TIME,
          END_TIME,
          CANCEL_REQUEST_TIME,
          DONE,
          ERROR,
          ERROR_CODE,
          RESPONSE,
          METADATA,
          PROGRESS,
          DONE_UNITS,
          TOTAL_UNITS,
          LABELS ->
          throw new AssertionError(column + " is no text");
    };
  }

  private static <T> Optional<T> of(Snapshot row, Function<Progress, T> part) {
    return Optional.ofNullable(row.progress()).map(part);
  }

  private static boolean holds(TextTest test, String text) {
    if (test.comparator().isEquality()) {
      return test.comparator().holds(test.glob().matches(text));
    }
    return test.comparator().holds(Operand.exactly(test.text()).orderOf(text));
  }

  @Override
  public Predicate<Snapshot> label(String key, TextTest test) {
    return row -> row.labels().containsKey(key) && holds(test, row.labels().get(key));
  }

  @Override
  public Predicate<Snapshot> time(Column column, Comparator comparator, Instant time) {
    return row ->
        Optional.ofNullable(
                switch (column) {
                  case CREATE_TIME -> row.createTime();
                  case UPDATE_TIME -> row.updateTime();
                  case END_TIME -> row.endTime();
                  default -> row.cancelRequestTime();
                })
            .filter(other -> comparator.holds(other.compareTo(time)))
            .isPresent();
  }

  @Override
  public Predicate<Snapshot> number(Column column, Comparator comparator, long number) {
    if (column == Column.ERROR_CODE) {
      return row ->
          code(row).filter(code -> comparator.holds(Long.compare(code, number))).isPresent();
    }
    return row ->
        of(row, column == Column.DONE_UNITS ? Progress::doneUnits : Progress::totalUnits)
            .filter(other -> comparator.holds(Long.compare(other, number)))
            .isPresent();
  }
}
