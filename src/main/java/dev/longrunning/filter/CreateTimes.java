package dev.longrunning.filter;

import dev.longrunning.filter.Narrowing.All;
import dev.longrunning.filter.Narrowing.Column;
import dev.longrunning.filter.Narrowing.OfTime;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/**
 * Between which times of creation everything lies that a narrowing lets through: lists are in this
 * order, so that nothing beyond has to be looked at.
 *
 * @param from the first of them, in whole microseconds; null: no bound
 * @param to the last of them; null: no bound. Before the first: nothing is let through
 */
public record CreateTimes(@Nullable Instant from, @Nullable Instant to) {
  static final CreateTimes ALL = new CreateTimes(null, null);

  /** What all conditions together say; those below an OR or a NOT say nothing here. */
  public static CreateTimes of(Narrowing narrowing) {
    if (narrowing instanceof All all) {
      return all.parts().stream().map(CreateTimes::of).reduce(ALL, CreateTimes::and);
    }
    return narrowing instanceof OfTime asked && asked.column() == Column.CREATE_TIME
        ? compared(asked.comparator(), asked.time())
        : ALL;
  }

  private static CreateTimes compared(Comparator comparator, Instant time) {
    return switch (comparator) {
      case EQUAL, HAS -> new CreateTimes(time, time);
      case NOT_EQUAL -> ALL;
      case LESS -> new CreateTimes(null, time.minus(1, ChronoUnit.MICROS));
      case AT_MOST -> new CreateTimes(null, time);
      case GREATER -> new CreateTimes(time.plus(1, ChronoUnit.MICROS), null);
      case AT_LEAST -> new CreateTimes(time, null);
    };
  }

  private CreateTimes and(CreateTimes other) {
    return new CreateTimes(
        from == null || (other.from != null && other.from.isAfter(from)) ? other.from : from,
        to == null || (other.to != null && other.to.isBefore(to)) ? other.to : to);
  }
}
