package dev.longrunning.filter;

/**
 * How the filters of calls are read.
 *
 * @param payloads what opens the messages of operations
 */
public record Filters(Payloads payloads) {
  /** Reads the filter of a call, or throws {@code Problem} INVALID. */
  public Sieve read(Dialect dialect, String text) {
    return with(dialect.parse(text));
  }

  /** What a filter lets through. */
  public Sieve with(Filter filter) {
    return filter.isEverything() && filter.isPaged() ? Sieve.NONE : new Sieve(filter, payloads);
  }
}
