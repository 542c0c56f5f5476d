package dev.longrunning.service;

import dev.longrunning.feed.StoreStates;
import dev.longrunning.feed.VirtualTime;
import dev.longrunning.operation.Bytes;
import dev.longrunning.operation.KeyRing;
import dev.longrunning.store.MemoryStore;
import dev.longrunning.store.Switches;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

/** The use cases of one replica over a store in memory, and time that a test lets pass. */
public final class Fixture {
  public static final OperationsSettings SETTINGS =
      new OperationsSettings(Duration.ofMinutes(10), 3);

  public final VirtualTime clock = new VirtualTime();
  public final MemoryStore store = new MemoryStore(clock);
  public final StoreStates states = new StoreStates(store, OperationWire::operation);
  public KeyRing keys = new KeyRing(Map.of(1, Bytes.of(new byte[32])), 1);
  public final Operations operations =
      new Operations(states, store, () -> keys, clock, clock, SETTINGS);
  private final AtomicLong random = new AtomicLong();
  public final Producer producer =
      new Producer(
          states,
          store,
          clock,
          () -> new UUID(0xABCD, random.incrementAndGet()),
          ProducerSettings.DEFAULT);

  /** What streams of reports share, on the only event loop that there is. */
  public final Reports.Service reports =
      new Reports.Service(producer, states, clock, WriteTurns.ofOneLoopOf(1, this::nanos));

  private long nanos() {
    return Duration.between(Instant.EPOCH, clock.instant()).toNanos();
  }

  public Switches switches() {
    return store.switches();
  }
}
