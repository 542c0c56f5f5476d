package dev.longrunning.filter;

import java.time.Instant;
import java.util.List;

/** What a database can tell of a filter by its columns. */
public sealed interface Narrowing {
  Narrowing EVERYTHING = new Constant(true);
  Narrowing NOTHING = new Constant(false);

  /** A column, or several that stand for one fact. */
  enum Column {
    NAME,
    CREATE_TIME,
    UPDATE_TIME,
    END_TIME,
    CANCEL_REQUEST_TIME,
    DONE,
    ERROR,
    /** Not a column, but what the stored error begins with, where that can be told. */
    ERROR_CODE,
    RESPONSE,
    METADATA,
    PROGRESS,
    DONE_UNITS,
    TOTAL_UNITS,
    UNIT,
    MESSAGE,
    LABELS
  }

  <T> T writtenBy(Writer<T> writer);

  /** Writes it down in some language. */
  interface Writer<T> {
    T constant(boolean value);

    T all(List<T> parts);

    T any(List<T> parts);

    T not(T part);

    /** Whether it is set; of DONE, whether it is so. */
    T present(Column column);

    /** Whether there is a label of this key. */
    T labelled(String key);

    /** Text of a column; false where that is not set. */
    T text(Column column, TextTest test);

    /** A label; false where there is none of this key. */
    T label(String key, TextTest test);

    /** A time, in whole microseconds; false where it is not set. */
    T time(Column column, Comparator comparator, Instant time);

    /** A whole number; false where it is not set. */
    T number(Column column, Comparator comparator, long number);
  }

  /**
   * What is asked of a text.
   *
   * @param glob where it is asked whether it is equal; in no case any case
   * @param text where the order of code points is asked for
   */
  record TextTest(Comparator comparator, Glob glob, String text) {}

  static Narrowing all(List<Narrowing> parts) {
    var some = parts.stream().filter(part -> !part.equals(EVERYTHING)).toList();
    if (some.stream().anyMatch(NOTHING::equals)) {
      return NOTHING;
    }
    return some.isEmpty() ? EVERYTHING : some.size() == 1 ? some.get(0) : new All(some);
  }

  static Narrowing any(List<Narrowing> parts) {
    var some = parts.stream().filter(part -> !part.equals(NOTHING)).toList();
    if (some.stream().anyMatch(EVERYTHING::equals)) {
      return EVERYTHING;
    }
    return some.isEmpty() ? NOTHING : some.size() == 1 ? some.get(0) : new Any(some);
  }

  static Narrowing not(Narrowing part) {
    if (part instanceof Constant constant) {
      return constant.value() ? NOTHING : EVERYTHING;
    }
    return new Not(part);
  }

  /** The same for every row. */
  record Constant(boolean value) implements Narrowing {
    @Override
    public <T> T writtenBy(Writer<T> writer) {
      return writer.constant(value);
    }
  }

  /** All at once. */
  record All(List<Narrowing> parts) implements Narrowing {
    @Override
    public <T> T writtenBy(Writer<T> writer) {
      return writer.all(parts.stream().map(part -> part.writtenBy(writer)).toList());
    }
  }

  /** Any of them. */
  record Any(List<Narrowing> parts) implements Narrowing {
    @Override
    public <T> T writtenBy(Writer<T> writer) {
      return writer.any(parts.stream().map(part -> part.writtenBy(writer)).toList());
    }
  }

  /** The opposite. */
  record Not(Narrowing part) implements Narrowing {
    @Override
    public <T> T writtenBy(Writer<T> writer) {
      return writer.not(part.writtenBy(writer));
    }
  }

  /** Whether a column is set. */
  record Present(Column column) implements Narrowing {
    @Override
    public <T> T writtenBy(Writer<T> writer) {
      return writer.present(column);
    }
  }

  /** Whether there is a label. */
  record Labelled(String key) implements Narrowing {
    @Override
    public <T> T writtenBy(Writer<T> writer) {
      return writer.labelled(key);
    }
  }

  /** A text. */
  record OfText(Column column, TextTest test) implements Narrowing {
    @Override
    public <T> T writtenBy(Writer<T> writer) {
      return writer.text(column, test);
    }
  }

  /** The value of a label. */
  record OfLabel(String key, TextTest test) implements Narrowing {
    @Override
    public <T> T writtenBy(Writer<T> writer) {
      return writer.label(key, test);
    }
  }

  /** A time. */
  record OfTime(Column column, Comparator comparator, Instant time) implements Narrowing {
    @Override
    public <T> T writtenBy(Writer<T> writer) {
      return writer.time(column, comparator, time);
    }
  }

  /** A whole number. */
  record OfNumber(Column column, Comparator comparator, long number) implements Narrowing {
    @Override
    public <T> T writtenBy(Writer<T> writer) {
      return writer.number(column, comparator, number);
    }
  }
}
