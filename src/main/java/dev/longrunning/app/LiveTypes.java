package dev.longrunning.app;

import dev.longrunning.store.pg.StartFault;
import dev.longrunning.types.TypeLookup;
import dev.longrunning.types.TypeSources;
import dev.longrunning.types.Types;
import dev.longrunning.types.TypesFault;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The message types that are known while the server runs.
 *
 * <p><b>Promise.</b> Taken as a whole or not at all: what {@link #check} finds changed and good is
 * known from then on, everywhere at once; what is not good changes nothing, and is logged once
 * until it is something else. An unfinished change is looked at again when it goes on.
 *
 * <p><b>Threads.</b> {@link #read} and {@link #check} block: plain ones, one at a time. {@link
 * #now} is for any.
 */
final class LiveTypes implements Reloading.Files {
  private static final Duration START_LIMIT = Duration.ofSeconds(30);
  private static final Logger log = LoggerFactory.getLogger(LiveTypes.class);

  private final TypeSources sources;
  private final List<Consumer<Types>> users = new CopyOnWriteArrayList<>();

  /** Null if the directory could not even be listed. */
  private TypeSources.@Nullable Look seen;

  private volatile Types now;
  private volatile List<String> faults = List.of();

  private LiveTypes(TypeSources sources) throws TypesFault {
    this.sources = sources;
    // First: what changes while it is read looks different next time.
    this.seen = sources.look();
    this.now = sources.read();
  }

  /** Reads them for the first time. */
  static LiveTypes read(TypeSources sources) throws TypesFault {
    return new LiveTypes(sources);
  }

  /**
   * Reads them on a thread of their own: a start has other things to do meanwhile.
   *
   * @param sources made there too, since that reads what is built in
   */
  static Future<LiveTypes> begin(Supplier<TypeSources> sources) {
    return Waiting.aside("types", () -> read(sources.get()));
  }

  /** Waits for what {@link #begin} began; fails with a line for each fault. */
  static LiveTypes await(Future<LiveTypes> reading) throws StartFault, InterruptedException {
    try {
      return Waiting.await("types", reading, START_LIMIT);
    } catch (StartFault failure) {
      if (reading.cause() instanceof TypesFault fault) {
        throw new StartFault(String.join("\n", fault.lines()), fault);
      }
      throw failure;
    }
  }

  /** Those of the moment, for any thread; empty until they have been read for the first time. */
  static Optional<TypeLookup> known(Future<LiveTypes> reading) {
    return Optional.ofNullable(reading.result()).map(live -> live.now().registry()::find);
  }

  /** Those that are known. */
  Types now() {
    return now;
  }

  /** Whether the directory holds others that cannot be used. */
  boolean isRefused() {
    return !faults.isEmpty();
  }

  /** Has somebody told of all later ones, on the thread that reads them. */
  void follow(Consumer<Types> user) {
    users.add(user);
  }

  @Override
  public void check(boolean asked) {
    try {
      var look = look();
      if (asked || !look.equals(seen)) {
        seen = look;
        var read = sources.read();
        faults = List.of();
        take(read);
      }
    } catch (TypesFault fault) {
      refused(fault.lines(), asked);
    }
  }

  private TypeSources.Look look() throws TypesFault {
    try {
      return sources.look();
    } catch (TypesFault fault) {
      seen = null;
      throw fault;
    }
  }

  private void take(Types read) {
    int before = now.count();
    now = read;
    users.forEach(user -> user.accept(read));
    log.atInfo()
        .addKeyValue("before", before)
        .addKeyValue("types", read.count())
        .log("types.reloaded");
  }

  private void refused(List<String> lines, boolean asked) {
    if (asked || !lines.equals(faults)) {
      lines.forEach(line -> log.atWarn().addKeyValue("reason", line).log("types.refused"));
    }
    faults = lines;
  }
}
