package dev.longrunning.watch;

import dev.longrunning.feed.AppliedChange;
import dev.longrunning.filter.Sieve;
import dev.longrunning.operation.CollectionPattern;
import dev.longrunning.operation.OperationKey;
import dev.longrunning.operation.Snapshot;
import dev.longrunning.operation.Visibility;
import java.util.function.Predicate;

/**
 * What a watch of collections is for. Equal ones share what they are sent.
 *
 * @param pattern the collections
 * @param filter the text of the filter; empty: everything
 * @param matches what it lets through
 * @param sieve what pages of a snapshot need not hold: nothing that matches
 * @param view what its caller may see; of anything else it is not told, not even that it has left
 */
public record Watched(
    String service,
    CollectionPattern pattern,
    String filter,
    Predicate<Snapshot> matches,
    Sieve sieve,
    Visibility view) {
  /** With pages that hold everything. */
  Watched(String service, CollectionPattern pattern, String filter, Predicate<Snapshot> matches) {
    this(service, pattern, filter, matches, Sieve.NONE, Visibility.ALL);
  }

  /** What a filter lets through. */
  public static Watched of(String service, CollectionPattern pattern, String filter, Sieve sieve) {
    return new Watched(service, pattern, filter, sieve::matches, sieve, sieve.view());
  }

  /** Everything in these collections. */
  public static Watched all(String service, CollectionPattern pattern) {
    return new Watched(service, pattern, "", snapshot -> true);
  }

  boolean isFiltered() {
    return !filter.isEmpty();
  }

  boolean holds(OperationKey key, String collection) {
    return key.service().equals(service) && pattern.matches(collection) && view.shows(collection);
  }

  /** A change as those see it who watch this: what comes again somewhere else has left. */
  AppliedChange seen(AppliedChange change) {
    String later = change.laterIn();
    boolean leaves = change.isRemoval() && later != null && !holds(change.key(), later);
    return leaves ? change.asTheLast() : change;
  }

  /** What tokens are bound to: a service holds no slash, and a pattern no line break. */
  String bound() {
    return service + '/' + pattern.text() + '\n' + filter;
  }

  /** By what it is called: the same filter has been read more than once. */
  @Override
  public boolean equals(Object other) {
    return other instanceof Watched watched
        && service.equals(watched.service)
        && pattern.equals(watched.pattern)
        && filter.equals(watched.filter)
        && view.equals(watched.view);
  }

  @Override
  public int hashCode() {
    return 31 * (31 * service.hashCode() + pattern.hashCode()) + filter.hashCode();
  }
}
