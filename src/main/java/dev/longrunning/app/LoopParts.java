package dev.longrunning.app;

import io.vertx.core.Context;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/**
 * What each event loop has of its own that hears of new settings and of the stop.
 *
 * <p><b>Threads.</b> Any; parts hear on their own event loop.
 */
final class LoopParts {
  /** A part of one event loop. */
  interface Part {
    /** Some settings that can change while the server runs have. */
    void apply(Settings settings);

    /**
     * The server stops: what is held open for callers is ended little by little within {@code
     * time}.
     */
    void drain(Duration time);
  }

  private record Placed(Context loop, Part part) {}

  private final List<Placed> parts = new CopyOnWriteArrayList<>();

  void add(Context loop, Part part) {
    parts.add(new Placed(loop, part));
  }

  void apply(Settings settings) {
    each(part -> part.apply(settings));
  }

  void drain(Duration time) {
    each(part -> part.drain(time));
  }

  private void each(Consumer<Part> work) {
    parts.forEach(placed -> placed.loop().runOnContext(now -> work.accept(placed.part())));
  }
}
