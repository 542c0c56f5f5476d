package dev.longrunning.feed;

import dev.longrunning.operation.CollectionPattern;
import dev.longrunning.operation.CollectionPattern.Shape;
import dev.longrunning.operation.OperationKey;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What is watched on this replica, of all event loops together: the feed reads states of that, and
 * of nothing else.
 *
 * <p><b>Promise.</b> A registration counts for every look at the log that begins after it, and for
 * every batch whose interest has reached its number.
 *
 * <p><b>Threads.</b> Any; no locks beyond those of the maps' cells.
 *
 * <p><b>Bounds.</b> As many entries as there are watches and waits.
 */
final class SharedInterest {
  // Entered first and numbered second: whoever has read the number finds the entry.
  private final ConcurrentMap<OperationKey, Integer> keys = new ConcurrentHashMap<>();
  private final ConcurrentMap<String, Held> patterns = new ConcurrentHashMap<>();
  private final ConcurrentMap<Shape, Integer> shapes = new ConcurrentHashMap<>();
  private final AtomicLong registrations = new AtomicLong();

  /** How many hold it, and from which number on it has been held without a break. */
  private record Held(int count, long since) {}

  boolean isEmpty() {
    return keys.isEmpty() && patterns.isEmpty();
  }

  boolean hasCollections() {
    return !patterns.isEmpty();
  }

  /** The number of the newest registration. */
  long registrations() {
    return registrations.get();
  }

  boolean wants(OperationKey key, String collection) {
    if (keys.containsKey(key)) {
      return true;
    }
    for (var shape : shapes.keySet()) {
      var pattern = shape.over(collection);
      if (pattern.isPresent() && patterns.containsKey(text(key.service(), pattern.get()))) {
        return true;
      }
    }
    return false;
  }

  void add(OperationKey key) {
    keys.merge(key, 1, Integer::sum);
  }

  void remove(OperationKey key) {
    keys.computeIfPresent(key, (k, count) -> count == 1 ? null : count - 1);
  }

  void add(String service, CollectionPattern pattern) {
    shapes.merge(pattern.shape(), 1, Integer::sum);
    String text = text(service, pattern.text());
    patterns.merge(text, new Held(1, Long.MAX_VALUE), (a, b) -> new Held(a.count + 1, a.since));
    long number = registrations.incrementAndGet();
    patterns.computeIfPresent(
        text, (t, held) -> new Held(held.count, Math.min(held.since, number)));
  }

  void remove(String service, CollectionPattern pattern) {
    patterns.computeIfPresent(
        text(service, pattern.text()),
        (t, held) -> held.count == 1 ? null : new Held(held.count - 1, held.since));
    shapes.computeIfPresent(pattern.shape(), (s, count) -> count == 1 ? null : count - 1);
  }

  /** Batches with this interest, or a later one, hold all changes of the collection. */
  long since(String service, CollectionPattern pattern) {
    var held = patterns.get(text(service, pattern.text()));
    return held == null ? Long.MAX_VALUE : held.since;
  }

  /** A service holds no slash. */
  private static String text(String service, String pattern) {
    return service + '/' + pattern;
  }
}
