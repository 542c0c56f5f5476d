package dev.longrunning.filter;

import java.util.function.Function;

/**
 * How the filters of calls are read: in the dialect of their service.
 *
 * @param dialects by service
 * @param payloads what opens the messages of operations
 */
public record Filters(Function<String, Dialect> dialects, Payloads payloads) {
  /** The standard dialect everywhere. */
  public static Filters standard(Payloads payloads) {
    var standard = Dialect.standard();
    return new Filters(service -> standard, payloads);
  }

  /** Reads the filter of a call, or throws {@code Problem} INVALID. */
  public Sieve read(String service, String text) {
    var filter = dialects.apply(service).parse(text);
    return filter.isEverything() && filter.isPaged() ? Sieve.NONE : new Sieve(filter, payloads);
  }
}
