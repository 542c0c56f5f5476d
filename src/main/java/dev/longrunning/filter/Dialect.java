package dev.longrunning.filter;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A language that filters are written in. What it says is the same for all: a {@link Filter}.
 *
 * <p><b>Promise.</b> {@link #parse} throws a {@code Problem} INVALID for what is not of the
 * language, with the place, what came and what is allowed.
 */
public interface Dialect {
  /** In characters, in every dialect. */
  int LENGTH_MAX = Parser.LENGTH_MAX;

  /** By which profiles name it. */
  String name();

  /** Reads a filter; an empty one is {@link Filter#NONE}, unless {@link #isRequired}. */
  Filter parse(String text);

  /** What can be asked for, for people. */
  Guide guide();

  /** Whether there is no list without a filter. */
  default boolean isRequired() {
    return false;
  }

  /** The same, but there is no list without a filter. */
  default Dialect required() {
    return isRequired() ? this : new RequiredDialect(this);
  }

  /** What is spoken where nothing else is said. */
  static Dialect standard() {
    return new StandardDialect();
  }

  /** All that there are. */
  static List<Dialect> all() {
    return List.of(
        standard(),
        new CloudFunctionsDialect(),
        new CloudRunDialect(),
        new DataprocDialect(),
        new ServiceManagementDialect(),
        new SpannerDialect(),
        new StorageTransferDialect());
  }

  /** The one of a name. */
  static Optional<Dialect> named(String name) {
    return all().stream().filter(dialect -> dialect.name().equals(name)).findFirst();
  }

  /** All names, for a message. */
  static String names() {
    return all().stream().map(Dialect::name).collect(Collectors.joining(", "));
  }
}
