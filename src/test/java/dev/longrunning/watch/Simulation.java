package dev.longrunning.watch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longrunning.operation.Answer;
import dev.longrunning.operation.Change;
import dev.longrunning.operation.Change.Guard;
import dev.longrunning.operation.CollectionPattern;
import dev.longrunning.operation.OperationKey;
import dev.longrunning.operation.OperationName;
import dev.longrunning.operation.Snapshot;
import dev.longrunning.store.ChangeLog.Selection;
import dev.longrunning.store.Cursors;
import dev.longrunning.store.MemoryStore;
import dev.longrunning.store.Samples;
import dev.longrunning.watch.SimFaults.Fault;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** One run: replicas, watchers and faults, all of it decided by a seed. */
final class Simulation {
  private static final Duration STATEMENT = Duration.ofMillis(1);
  private static final Duration RETENTION = Duration.ofMillis(2);
  private static final int SETTLING_MAX = 20_000;
  private static final List<String> COLLECTIONS = List.of("projects/a", "projects/b");
  private static final List<OperationKey> KEYS = keys();

  private final SimWorld world;
  private final MemoryStore store;
  private final SimFaults faults;
  private final SimHistory history = new SimHistory();
  private final SimStore database;
  private final List<SimReplica> replicas = new ArrayList<>();
  private final List<SimClient> clients = new ArrayList<>();
  private final Set<OperationKey> everDeleted = new HashSet<>();
  private MemoryStore.@Nullable Backup backup;

  /** In which epoch nothing can be written: the database failed over, and nobody has noticed. */
  private @Nullable UUID frozenIn;

  /** The server that answers is another one, which every look at the log tells. */
  private boolean promoted;

  private int written;

  Simulation(long seed) {
    this.world = new SimWorld(seed);
    this.store = new MemoryStore(world);
    this.faults = new SimFaults(world.random);
    this.database = new SimStore(world, store, faults);
    store.limitStates(world.random.nextBoolean() ? 2 : 1_000, 24);
    history.in(nonce());
    int processes = 1 + world.random.nextInt(3);
    for (int i = 0; i < processes; i++) {
      replicas.add(replica());
    }
    int watchers = 4 + world.random.nextInt(4);
    for (int i = 0; i < watchers; i++) {
      clients.add(client());
    }
  }

  /** A dozen names in three lanes, so that batches hold several; some of them are flat. */
  private static List<OperationKey> keys() {
    var keys = new ArrayList<OperationKey>();
    for (int i = 0; keys.size() < 12; i++) {
      String collection = COLLECTIONS.get(i % 2);
      String name = i % 5 == 0 ? "operations/f" + i : OperationName.in(collection, "o" + i);
      var key = OperationKey.of(name);
      if (key.lane() < 3) {
        keys.add(key);
      }
    }
    return keys;
  }

  /** A name that does not say its collection is in another one each time. */
  private String collection(OperationKey key) {
    String own = OperationName.collectionOf(key.name());
    return own.isEmpty() ? COLLECTIONS.get(world.random.nextInt(2)) : own;
  }

  private SimReplica replica() {
    return new SimReplica(world, database, world.random.nextBoolean() ? 64 << 20 : 4_000);
  }

  private SimClient client() {
    if (world.random.nextInt(3) == 0) {
      return new SimOperationClient(history, faults, anyKey());
    }
    var pattern =
        CollectionPattern.of(
            world.random.nextInt(3) == 0 ? "projects/-" : COLLECTIONS.get(world.random.nextInt(2)));
    var watched =
        world.random.nextInt(3) == 0
            ? new Watched(OperationKey.DEFAULT_SERVICE, pattern, "even", Simulation::isEven)
            : Watched.all(OperationKey.DEFAULT_SERVICE, pattern);
    return new SimCollectionClient(history, faults, watched, world.random.nextInt(5) == 0);
  }

  private static boolean isEven(Snapshot snapshot) {
    var metadata = snapshot.metadata();
    return metadata == null || metadata.length() % 2 == 0;
  }

  private OperationKey anyKey() {
    return KEYS.get(world.random.nextInt(KEYS.size()));
  }

  private UUID nonce() {
    return store.poll(Cursors.NONE, Selection.NONE).result().epoch().nonce();
  }

  SimFaults faults() {
    return faults;
  }

  /** Lets so many things happen, then puts everything right and sees whether all know all. */
  void run(int steps) {
    for (int step = 0; step < steps; step++) {
      act();
      int moves = world.random.nextInt(10);
      for (int i = 0; i < moves; i++) {
        move();
      }
    }
    settle();
  }

  private void move() {
    world.pass(Duration.ofNanos(world.random.nextInt(2) * STATEMENT.toNanos() / 10));
    if (!world.step() || world.random.nextInt(12) == 0) {
      world.tick();
    }
    if (world.random.nextInt(4) == 0) {
      clients.get(world.random.nextInt(clients.size())).makeRoom();
    }
    history.in(nonce());
  }

  private boolean isFrozen() {
    return nonce().equals(frozenIn);
  }

  private void act() {
    int chosen = world.random.nextInt(100);
    if (chosen < 55) {
      write();
    } else if (chosen < 85) {
      disturbClient(clients.get(world.random.nextInt(clients.size())));
    } else {
      disturbServers();
    }
  }

  private void write() {
    if (isFrozen()) {
      return;
    }
    var changes = new HashMap<OperationKey, Change>();
    var first = anyKey();
    changes.put(first, change(first));
    while (world.random.nextInt(3) == 0) {
      var other = anyKey();
      if (other.lane() == first.lane()) {
        changes.put(other, change(other));
      }
    }
    List<Change> batch = List.copyOf(changes.values());
    List<Answer> answers;
    try {
      answers = store.applyTogether(batch);
    } catch (RuntimeException notNow) {
      return;
    }
    var written = store.written(batch, answers);
    for (int i = 0; i < batch.size(); i++) {
      if (answers.get(i).verdict() == Answer.Verdict.APPLIED) {
        applied(batch.get(i), answers.get(i).version());
      }
    }
    if (world.random.nextBoolean()) {
      replicas.get(world.random.nextInt(replicas.size())).tellWritten(written);
    }
    if (world.random.nextBoolean()) {
      replicas.get(world.random.nextInt(replicas.size())).wake();
    } else {
      faults.happened(Fault.LOST_DOORBELL);
    }
  }

  private void applied(Change change, long version) {
    var key = change.key();
    var found = store.find(key).result();
    var snapshot = found.snapshot();
    history.changed(key, version, snapshot);
    if (snapshot == null) {
      faults.happened(change instanceof Change.Purge ? Fault.PURGE : Fault.DELETION);
      everDeleted.add(key);
      return;
    }
    if (change instanceof Change.Start && everDeleted.contains(key)) {
      faults.happened(Fault.RECREATION);
    }
    if (snapshot.payloadBytes() > 24) {
      faults.happened(Fault.LARGE_STATE);
    }
    if (world.random.nextInt(3) == 0) {
      // The replica that wrote it hears of it by the answer.
      var home = replicas.get(world.random.nextInt(replicas.size())).anyHome();
      home.loop().now(() -> world.call(() -> false, () -> snapshot, own -> home.states().own(own)));
    }
  }

  private Change change(OperationKey key) {
    var found = Objects.requireNonNull(store.find(key).result());
    var snapshot = found.snapshot();
    String text = "m" + written++ + "x".repeat(world.random.nextInt(8) == 0 ? 24 : 1);
    if (snapshot == null) {
      var contents = Samples.metadata(text);
      return new Change.Start(key, collection(key), null, contents, RETENTION, null);
    }
    int chosen = world.random.nextInt(10);
    if (snapshot.isDone()) {
      return chosen < 5 ? new Change.Delete(key) : new Change.Purge(key);
    }
    if (chosen < 7) {
      return Samples.update(key, Guard.NONE, Samples.metadata(text));
    }
    return chosen < 8 ? new Change.Delete(key) : Samples.completion(key, Guard.NONE, text);
  }

  private void disturbClient(SimClient client) {
    int chosen = world.random.nextInt(12);
    if (!client.isConnected() || chosen < 2) {
      if (client.isConnected()) {
        leave(client);
      }
      if (!client.isConnected()) {
        client.connect(anyHome());
      }
    } else if (chosen < 4) {
      client.remember();
    } else if (chosen < 5) {
      faults.happened(Fault.OLD_TOKEN);
      client.goBack();
    } else if (chosen < 6) {
      faults.happened(Fault.FORGOTTEN_TOKEN);
      client.forget();
    } else if (chosen < 8) {
      faults.happened(Fault.SLOW_READER);
      client.read(false);
    } else if (chosen < 11) {
      client.read(true);
    } else {
      client.read(false);
      stall();
    }
  }

  private void leave(SimClient client) {
    if (world.random.nextBoolean()) {
      faults.happened(Fault.DISCONNECT);
      client.disconnect();
    } else {
      faults.happened(Fault.DRAIN);
      client.drain();
    }
  }

  /** So long that streams of who does not read are ended. */
  private void stall() {
    faults.happened(Fault.STALLED_READER);
    for (int i = 0; i < 40; i++) {
      world.pass(Duration.ofMillis(1_100));
      world.tick();
      world.tick();
    }
  }

  private SimReplica.Home anyHome() {
    return replicas.get(world.random.nextInt(replicas.size())).anyHome();
  }

  private void disturbServers() {
    switch (world.random.nextInt(9)) {
      case 0 -> faults.failCalls(2 + world.random.nextInt(6));
      case 1, 2 -> faults.failCalls(0);
      case 3 -> faults.holdPolls(true);
      case 4 -> faults.holdPolls(false);
      case 5 -> trim();
      case 6 -> failOver();
      case 7 -> killOne();
      default -> {
        faults.happened(Fault.TRUNCATED_POLL);
        store.limitStates(1 + world.random.nextInt(3), 24);
      }
    }
  }

  private void trim() {
    faults.happened(Fault.TRIMMED_LOG);
    store.trim(Duration.ofMillis(world.random.nextInt(40)), 1 + world.random.nextInt(40));
  }

  private void failOver() {
    if (isFrozen()) {
      return;
    }
    var saved = backup;
    boolean rewound = saved != null && world.random.nextInt(3) > 0;
    if (!rewound) {
      backup = store.backup();
      faults.happened(Fault.FAILOVER);
    } else {
      // A standby that lacks the newest commits, or a restored snapshot.
      faults.happened(Fault.REWIND);
      store.restore(saved);
      history.rewound(store.poll(Cursors.NONE, Selection.NONE).result().heads());
      history.in(nonce());
      backup = null;
    }
    frozenIn = nonce();
    promoted = !rewound || world.random.nextBoolean();
    if (promoted) {
      store.promote();
    } else {
      // Only who knows more than there is now can tell.
      faults.happened(Fault.UNNOTICED_REWIND);
    }
  }

  private void killOne() {
    faults.happened(Fault.KILLED_PROCESS);
    int chosen = world.random.nextInt(replicas.size());
    var killed = replicas.set(chosen, replica());
    killed.kill();
    clients.forEach(client -> client.lost(killed));
  }

  private void settle() {
    faults.failCalls(0);
    faults.holdPolls(false);
    store.limitStates(1_000, 24);
    int moves = 0;
    while (moves++ < SETTLING_MAX && (moves % 32 != 0 || !isSettled())) {
      clients.forEach(client -> client.read(true));
      clients.stream()
          .filter(client -> !client.isConnected())
          .forEach(client -> client.connect(anyHome()));
      move();
    }
    var now = now();
    for (var client : clients) {
      assertThat(client.isCurrent(now))
          .as("reliable: %s knows what there is in the end: %s", client, versions(now))
          .isTrue();
    }
  }

  private boolean isSettled() {
    var now = now();
    return !(promoted && isFrozen())
        && clients.stream().allMatch(client -> client.isConnected() && client.isCurrent(now));
  }

  private Map<OperationKey, Snapshot> now() {
    var now = new HashMap<OperationKey, Snapshot>();
    for (var key : KEYS) {
      var snapshot = store.find(key).result().snapshot();
      if (snapshot != null) {
        now.put(key, snapshot);
      }
    }
    return now;
  }

  private static Map<String, Long> versions(Map<OperationKey, Snapshot> now) {
    var versions = new HashMap<String, Long>();
    now.forEach((key, snapshot) -> versions.put(key.name(), snapshot.version()));
    return versions;
  }
}
