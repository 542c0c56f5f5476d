package dev.longrunning.examples;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;

/**
 * What an example has printed: lines {@code NAME running|done|gone VERSION} and {@code synced: N
 * operations}.
 *
 * <p><b>Threads.</b> Any.
 */
final class Transcript {
  static final int PATIENCE_SECONDS = 60;

  private final String example;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition more = lock.newCondition();
  private final List<String> lines = new ArrayList<>();

  Transcript(String example) {
    this.example = example;
  }

  void add(String line) {
    lock.lock();
    try {
      lines.add(line);
      more.signalAll();
    } finally {
      lock.unlock();
    }
  }

  List<String> lines() {
    lock.lock();
    try {
      return List.copyOf(lines);
    } finally {
      lock.unlock();
    }
  }

  /** Waits until it has printed that. */
  void await(String what, Predicate<List<String>> said) throws InterruptedException {
    long nanos = TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    lock.lock();
    try {
      while (!said.test(lines)) {
        if (nanos <= 0) {
          throw new AssertionError(example + ", not said: " + what + "\n" + this);
        }
        nanos = more.awaitNanos(nanos);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Waits for a line; its end is enough. */
  void awaitLine(String end) throws InterruptedException {
    await(end, said -> said.stream().anyMatch(line -> line.endsWith(end)));
  }

  /** What one who reads along holds in the end: state and version by name. */
  Map<String, String> states() {
    return states(lines());
  }

  static Map<String, String> states(List<String> lines) {
    var states = new HashMap<String, String>();
    for (String line : changes(lines)) {
      var words = line.split(" ", 2);
      if (words[1].startsWith("gone ")) {
        states.remove(words[0]);
      } else {
        states.put(words[0], words[1]);
      }
    }
    return states;
  }

  /** What was said of operations, in its order. */
  static List<String> changes(List<String> lines) {
    return lines.stream().filter(line -> line.matches("\\S+ (running|done|gone) [0-9]+")).toList();
  }

  /** What was said twice, or was older than what had been said. */
  List<String> repeated() {
    var newest = new HashMap<String, Long>();
    var repeated = new HashSet<String>();
    for (String line : changes(lines())) {
      var words = line.split(" ", 3);
      long version = Long.parseLong(words[2]);
      Long before = newest.put(words[0], version);
      if (before != null && before >= version) {
        repeated.add(line);
      }
    }
    return List.copyOf(repeated);
  }

  @Override
  public String toString() {
    return example + ":\n" + String.join("\n", lines());
  }
}
