package dev.longrunning.rpc;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/**
 * Makes the {@link Intake}s of one event loop, which share a {@link BodyBudget}.
 *
 * <p><b>Threads.</b> Confined to its event loop.
 */
public final class Intakes {
  private final Vertx vertx;
  private final InstantSource clock;
  private final IntakeSettings settings;
  private final BodyBudget budget = new BodyBudget();

  /** Those that began in this turn of the loop. */
  private List<Intake> begun = new ArrayList<>();

  public Intakes(Vertx vertx, InstantSource clock, IntakeSettings settings) {
    this.vertx = vertx;
    this.clock = clock;
    this.settings = settings;
  }

  Vertx vertx() {
    return vertx;
  }

  InstantSource clock() {
    return clock;
  }

  IntakeSettings settings() {
    return settings;
  }

  /** What all bodies that are held, or are still coming in, may hold together. */
  public BodyBudget budget() {
    return budget;
  }

  /** Bytes of bodies that are held for requests of this event loop. */
  public long heldBytes() {
    return budget.held();
  }

  /**
   * Takes in the body of a request; nothing happens before {@link Intake#begin}.
   *
   * @param caller whose share of the budget it is held in
   * @param bytesMax the largest body that is taken
   */
  public Intake of(HttpServerRequest request, String caller, int bytesMax, Intake.Taker taker) {
    return new Intake(this, request, caller, bytesMax, taker);
  }

  /** One task a turn, and not one a request. */
  void began(Intake intake) {
    if (begun.isEmpty()) {
      vertx.runOnContext(turn -> turned());
    }
    begun.add(intake);
  }

  private void turned() {
    var all = begun;
    begun = new ArrayList<>();
    all.forEach(Intake::turned);
  }

  /** Throws away the body of a request that is about to be answered without looking at it. */
  public void discard(HttpServerRequest request) {
    of(request, "", 0, Intake.NOBODY).drain();
  }
}
