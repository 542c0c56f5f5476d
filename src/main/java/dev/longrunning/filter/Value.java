package dev.longrunning.filter;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** What a field holds, of one type each. What has no value of its own is like none. */
public sealed interface Value {
  /** No value: nothing that is asked of it is true, whatever is asked. */
  static Value absent() {
    return new Absent();
  }

  /** Whether a comparison with the value itself holds. */
  boolean is(Comparator comparator, Operand operand);

  /** Whether it is something other than its type's default. */
  boolean isPresent();

  /** Whether the rest of a path leads to a value for which the comparison holds. */
  default boolean at(Path path, int depth, Comparator comparator, Operand operand) {
    if (depth < path.length()) {
      return false;
    }
    return asksPresence(comparator, operand) ? isPresent() : is(comparator, operand);
  }

  private static boolean asksPresence(Comparator comparator, Operand operand) {
    return comparator == Comparator.HAS && operand.presence();
  }

  /** Nothing is set here. */
  record Absent() implements Value {
    @Override
    public boolean is(Comparator comparator, Operand operand) {
      return false;
    }

    @Override
    public boolean isPresent() {
      return false;
    }
  }

  /** A string. */
  record Text(String text) implements Value {
    @Override
    public boolean is(Comparator comparator, Operand operand) {
      return comparator.isEquality()
          ? comparator.holds(operand.glob().matches(text))
          : comparator.holds(operand.orderOf(text));
    }

    @Override
    public boolean isPresent() {
      return !text.isEmpty();
    }
  }

  /** A finite number, of whatever type. */
  record Numeric(BigDecimal number) implements Value {
    public static Numeric of(long number) {
      return new Numeric(BigDecimal.valueOf(number));
    }

    @Override
    public boolean is(Comparator comparator, Operand operand) {
      return operand.number() != null && comparator.holds(number.compareTo(operand.number()));
    }

    @Override
    public boolean isPresent() {
      return number.signum() != 0;
    }
  }

  /** An infinity, or what is no number: then only that it is not equal is true. */
  record NotFinite(double number) implements Value {
    @Override
    public boolean is(Comparator comparator, Operand operand) {
      if (operand.number() == null) {
        return false;
      }
      return Double.isNaN(number)
          ? comparator == Comparator.NOT_EQUAL
          : comparator.holds(number > 0 ? 1 : -1);
    }

    @Override
    public boolean isPresent() {
      return true;
    }
  }

  /** True or false. */
  record Flag(boolean flag) implements Value {
    @Override
    public boolean is(Comparator comparator, Operand operand) {
      return operand.flag().map(other -> comparator.holds(other == flag)).orElse(false);
    }

    @Override
    public boolean isPresent() {
      return flag;
    }
  }

  /**
   * A value of an enum, by its name.
   *
   * @param isPresent whether it is another one than the first
   */
  record Constant(String name, boolean isPresent) implements Value {
    @Override
    public boolean is(Comparator comparator, Operand operand) {
      return comparator.holds(operand.glob().matches(name));
    }
  }

  /** A moment. */
  record Moment(Instant time) implements Value {
    @Override
    public boolean is(Comparator comparator, Operand operand) {
      return operand.time() != null && comparator.holds(time.compareTo(operand.time()));
    }

    @Override
    public boolean isPresent() {
      return true;
    }
  }

  /** A length of time. */
  record Span(Duration span) implements Value {
    @Override
    public boolean is(Comparator comparator, Operand operand) {
      return operand.span() != null && comparator.holds(span.compareTo(operand.span()));
    }

    @Override
    public boolean isPresent() {
      return true;
    }
  }

  /** The null of JSON, inside of a struct. */
  record Null() implements Value {
    @Override
    public boolean is(Comparator comparator, Operand operand) {
      return comparator.holds(operand.text().equals("null"));
    }

    @Override
    public boolean isPresent() {
      return false;
    }
  }

  /** Bytes, which are there or not, and nothing else. */
  record Opaque(boolean isPresent) implements Value {
    @Override
    public boolean is(Comparator comparator, Operand operand) {
      return false;
    }
  }

  /** A message that is set, a map, or a struct. */
  record Structure(Fields fields, boolean isMap) implements Value {
    @Override
    public boolean at(Path path, int depth, Comparator comparator, Operand operand) {
      if (depth == path.length()) {
        return Value.super.at(path, depth, comparator, operand);
      }
      String name = path.segment(depth);
      return (depth + 1 == path.length() && asksPresence(comparator, operand))
          ? fields.has(name)
          : fields.field(name).at(path, depth + 1, comparator, operand);
    }

    @Override
    public boolean is(Comparator comparator, Operand operand) {
      return comparator == Comparator.HAS && fields.has(operand.text());
    }

    @Override
    public boolean isPresent() {
      return !isMap || !fields.isEmpty();
    }
  }

  /** Several of one type, of which one has to do. */
  record Several(List<Value> elements) implements Value {
    @Override
    public boolean at(Path path, int depth, Comparator comparator, Operand operand) {
      if (comparator != Comparator.HAS) {
        return false;
      }
      if (depth == path.length() && operand.presence()) {
        return isPresent();
      }
      return elements.stream().anyMatch(each -> each.at(path, depth, comparator, operand));
    }

    @Override
    public boolean is(Comparator comparator, Operand operand) {
      return comparator == Comparator.HAS
          && elements.stream().anyMatch(each -> each.is(comparator, operand));
    }

    @Override
    public boolean isPresent() {
      return !elements.isEmpty();
    }
  }
}
