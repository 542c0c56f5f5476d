package dev.longrunning.filter;

import dev.longrunning.operation.Bytes;
import dev.longrunning.operation.Snapshot;
import dev.longrunning.operation.Visibility;
import java.util.Optional;

/**
 * A filter, and what opens the payloads that it asks for.
 *
 * @param view of what the caller may see; nothing else comes through
 */
public record Sieve(Filter filter, Payloads payloads, Visibility view) {
  /** Lets everything through. */
  public static final Sieve NONE = new Sieve(Filter.NONE, new Closed());

  /** Of all that there is. */
  public Sieve(Filter filter, Payloads payloads) {
    this(filter, payloads, Visibility.ALL);
  }

  /** The same of what can be seen. */
  public Sieve within(Visibility other) {
    return other.equals(view) ? this : new Sieve(filter, payloads, other);
  }

  public boolean matches(Snapshot snapshot) {
    return view.shows(snapshot.collection()) && filter.matches(snapshot, payloads);
  }

  /** Whether everything comes through. */
  public boolean isEverything() {
    return view.everything() && filter.isEverything();
  }

  /** Whether what its columns say is all that decides. */
  public boolean isExact() {
    return view.everything() && filter.isExact();
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
