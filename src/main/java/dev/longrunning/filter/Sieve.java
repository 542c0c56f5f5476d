package dev.longrunning.filter;

import dev.longrunning.operation.Bytes;
import dev.longrunning.operation.Snapshot;
import java.util.Optional;

/** A filter, and what opens the payloads that it asks for. */
public record Sieve(Filter filter, Payloads payloads) {
  /** Lets everything through. */
  public static final Sieve NONE = new Sieve(Filter.NONE, new Closed());

  public boolean matches(Snapshot snapshot) {
    return filter.matches(snapshot, payloads);
  }

  /** The collections that the filter itself names; empty: it names none. */
  public Optional<String> collection() {
    return filter.collection();
  }

  /** Opens nothing. */
  private static final class Closed implements Payloads {
    @Override
    public Value any(Bytes any) {
      return Value.absent();
    }

    @Override
    public Value status(Bytes status) {
      return Value.absent();
    }
  }
}
