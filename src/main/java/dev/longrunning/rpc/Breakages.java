package dev.longrunning.rpc;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Failures that nobody foresaw, in the log.
 *
 * <p><b>Promise.</b> The id that a caller is given is in the log. One kind of failure is one line a
 * minute, however often it happens; those that come in between are given the id of that line, and
 * the next one says how many they were.
 *
 * <p><b>Threads.</b> Confined to one event loop.
 *
 * <p><b>Bounds.</b> Remembers {@value #KINDS_MAX} kinds, those that were logged last.
 */
final class Breakages {
  static final int KINDS_MAX = 64;
  static final Duration REPEATED_AFTER = Duration.ofMinutes(1);

  private static final Logger log = LoggerFactory.getLogger(Breakages.class);

  private final InstantSource clock;
  private final Supplier<String> ids;
  private final Map<Kind, Logged> kinds =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Kind, Logged> eldest) {
          return size() > KINDS_MAX;
        }
      };

  Breakages(InstantSource clock, Supplier<String> ids) {
    this.clock = clock;
    this.ids = ids;
  }

  /** Failures that are the same as far as one can tell: where, of which class, thrown where. */
  private record Kind(String where, String failure, String thrownAt) {
    static Kind of(String where, Throwable failure) {
      Throwable root = failure;
      for (int depth = 0; root.getCause() != null && depth < 16; depth++) {
        root = root.getCause();
      }
      var frames = root.getStackTrace();
      return new Kind(
          where, root.getClass().getName(), frames.length == 0 ? "" : frames[0].toString());
    }
  }

  private static final class Logged {
    private final String id;
    private final Instant at;
    private long repeats;

    Logged(String id, Instant at) {
      this.id = id;
      this.at = at;
    }
  }

  /** Logs a failure unless its kind was within the last minute; answers the id of its line. */
  String idOf(String where, Throwable failure) {
    var kind = Kind.of(where, failure);
    var now = clock.instant();
    var last = kinds.get(kind);
    if (last != null && now.isBefore(last.at.plus(REPEATED_AFTER))) {
      last.repeats++;
      return last.id;
    }
    String id = ids.get();
    log.atError()
        .addKeyValue("id", id)
        .addKeyValue("method", where)
        .addKeyValue("repeats", last == null ? 0 : last.repeats)
        .setCause(failure)
        .log("call.broken");
    kinds.remove(kind);
    kinds.put(kind, new Logged(id, now));
    return id;
  }
}
