package dev.longrunning.fleet;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/**
 * All that goes wrong, one after the other. After each everything is put right, and is seen to be:
 * what is written then comes to everybody.
 */
final class Faults {
  private static final int FROZEN_SECONDS = 10;

  /** The one whose database is behind proxies. */
  private static final int BLACKHOLED_SERVER = 2;

  private static final int SILENT_SECONDS = 5;
  private static final int LOST_MIN = 30;

  /** What goes wrong. */
  enum Fault {
    KILLED_SERVER,
    FROZEN_SERVER,
    RESTARTED_DATABASE,
    CRASHED_DATABASE,
    DOORBELL_HUNG_UP,
    BLACKHOLED_SERVER,
    PURGE,
    ROLLING_DRAIN,
    PROMOTION
  }

  private final Fleet fleet;
  private final FleetDatabase database;
  private final Ledger ledger;
  private final Crowd crowd;
  private final Random random;
  private final Map<Fault, Integer> counts = new EnumMap<>(Fault.class);

  Faults(Fleet fleet, FleetDatabase database, Ledger ledger, Crowd crowd, Random random) {
    this.fleet = fleet;
    this.database = database;
    this.ledger = ledger;
    this.crowd = crowd;
    this.random = random;
  }

  Map<Fault, Integer> counts() {
    return counts;
  }

  /** Each once, in any order. */
  void all() throws Exception {
    var order = new ArrayList<>(List.of(Fault.values()));
    Collections.shuffle(order, random);
    for (var fault : order) {
      long begun = System.nanoTime();
      happen(fault);
      counts.merge(fault, 1, Integer::sum);
      crowd.awaitNews(fault + "-" + counts.get(fault));
      System.out.printf(
          "%s: %,d ms%n", fault, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun));
    }
  }

  private void happen(Fault fault) throws Exception {
    int server = random.nextInt(fleet.size());
    switch (fault) {
      case KILLED_SERVER -> fleet.killAndReplace(server);
      case FROZEN_SERVER -> {
        fleet.freeze(server);
        TimeUnit.SECONDS.sleep(FROZEN_SECONDS);
        fleet.thaw(server);
      }
      case RESTARTED_DATABASE -> database.restart("INT");
      case CRASHED_DATABASE -> database.restart("QUIT");
      case DOORBELL_HUNG_UP -> database.hangUpDoorbells();
      case BLACKHOLED_SERVER -> {
        crowd.visit(BLACKHOLED_SERVER);
        long stale = crowd.stale();
        database.blackhole(true);
        TimeUnit.SECONDS.sleep(SILENT_SECONDS);
        crowd.await("a bookmark that says stale", () -> crowd.stale() > stale);
        database.blackhole(false);
      }
      case PURGE -> {
        long expired = crowd.expired();
        crowd.await("operations that expired", () -> crowd.expired() > expired);
      }
      case ROLLING_DRAIN -> {
        for (int each = 0; each < fleet.size(); each++) {
          fleet.drainAndReplace(each);
        }
      }
      case PROMOTION -> promote();
    }
  }

  /** A standby is promoted that lacks changes which were acknowledged, and which everybody saw. */
  private void promote() throws Exception {
    database.prepareStandby();
    long before = ledger.losing();
    database.holdStandbyBack();
    int acknowledged = ledger.acknowledgements();
    crowd.awaitNews("lost-" + before);
    crowd.await("changes to lose", () -> ledger.acknowledgements() >= acknowledged + LOST_MIN);
    database.losePrimary();
    ledger.lost();
    database.promoteStandby();
    crowd.awaitNews("promoted-" + before);
    ledger.recovered();
  }

  @Override
  public String toString() {
    return "faults " + counts;
  }
}
