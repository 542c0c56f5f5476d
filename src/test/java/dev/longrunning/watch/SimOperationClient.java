package dev.longrunning.watch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longrunning.operation.OperationKey;
import dev.longrunning.operation.Problem;
import dev.longrunning.operation.Snapshot;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A client that waits for the end of one operation. */
final class SimOperationClient implements SimClient, Outlet {
  private final SimHistory history;
  private final SimFaults faults;
  private final OperationKey key;
  private SimReplica.@Nullable Home home;
  private @Nullable Watch watch;
  private Memory memory = new Memory("", 0, null, false);
  private Memory old = memory;
  private boolean reads = true;
  private boolean ready;

  /** Its stream has sent something: from then on it does not end because the database is away. */
  private boolean began;

  /** What there was when its stream began without a token, and in which history. */
  private long present;

  private @Nullable UUID presentIn;

  /** What it knows; it has come to its end, or there was nothing. */
  private record Memory(
      String token, long version, @Nullable Instant createTime, boolean finished) {}

  SimOperationClient(SimHistory history, SimFaults faults, OperationKey key) {
    this.history = history;
    this.faults = faults;
    this.key = key;
  }

  @Override
  public boolean isConnected() {
    return home != null || memory.finished();
  }

  @Override
  public void connect(SimReplica.Home to) {
    home = to;
    ready = reads;
    began = false;
    presentIn = memory.token().isEmpty() ? history.epoch() : null;
    present = history.version(key);
    to.loop()
        .now(
            () -> {
              var opened = to.hub().watchOperation(key, memory.token(), this);
              if (to.equals(home)) {
                watch = opened;
              } else {
                opened.close();
              }
            });
  }

  @Override
  public void disconnect() {
    var leaving = home;
    var closing = watch;
    home = null;
    watch = null;
    if (leaving != null && closing != null) {
      leaving.loop().now(closing::close);
    }
  }

  @Override
  public void drain() {
    var leaving = home;
    var told = watch;
    if (leaving != null && told != null) {
      // Its connection may have room again, and nobody has told the watch of that yet.
      ready = reads;
      leaving.loop().now(told::lastWords);
    }
    disconnect();
  }

  @Override
  public void lost(SimReplica replica) {
    if (home != null && home.replica() == replica) {
      home = null;
      watch = null;
    }
  }

  @Override
  public void remember() {
    old = memory;
  }

  @Override
  public void goBack() {
    disconnect();
    memory = old;
  }

  @Override
  public void forget() {
    disconnect();
    memory = new Memory("", 0, null, false);
  }

  @Override
  public void read(boolean on) {
    reads = on;
    if (!on) {
      ready = false;
    } else if (!ready) {
      ready = true;
      var there = home;
      var told = watch;
      if (there != null && told != null) {
        there.loop().now(told::ready);
      }
    }
  }

  @Override
  public void makeRoom() {
    if (reads) {
      read(true);
    }
  }

  @Override
  public boolean isReady() {
    return ready && home != null;
  }

  @Override
  public boolean showsLast() {
    return true;
  }

  @Override
  public void end() {
    assertThat(memory.finished()).as("the end comes after an end").isTrue();
    disconnect();
  }

  @Override
  public void fail(Problem problem) {
    assertThat(problem.kind()).isIn(Problem.Kind.UNAVAILABLE, Problem.Kind.NOT_FOUND);
    assertThat(!began || problem.reason().equals("STALLED")).as("given up: %s", problem).isTrue();
    boolean missing = problem.kind() == Problem.Kind.NOT_FOUND;
    if (missing) {
      assertThat(memory.version()).as("what was there is not unknown").isZero();
      memory = new Memory("", 0, null, true);
    }
    disconnect();
  }

  @Override
  public void send(Event event) {
    assertThat(isReady()).as("sent while it does not read").isTrue();
    ready = !faults.fills();
    began = true;
    assertThat(memory.finished()).as("sent after the end").isFalse();
    if (event instanceof Event.Changed changed) {
      changed(changed);
    } else if (event instanceof Event.Gone gone) {
      assertThat(gone.name()).isEqualTo(key.name());
      assertThat(gone.version()).as("ordered").isGreaterThan(memory.version());
      assertNotBeforeItsTime(gone.version() - 1);
      memory = new Memory(gone.token(), gone.version(), memory.createTime(), true);
    } else if (event instanceof Event.Reset) {
      assertThat(history.lost(key)).as("something to take back").isTrue();
      memory = new Memory(event.token(), 0, null, false);
    } else {
      memory = new Memory(event.token(), memory.version(), memory.createTime(), memory.finished());
    }
  }

  private void changed(Event.Changed event) {
    var snapshot = event.snapshot();
    assertThat(history.has(snapshot)).as("a state that never was").isTrue();
    assertThat(snapshot.version()).as("unique and ordered").isGreaterThan(memory.version());
    assertNotBeforeItsTime(snapshot.version());
    if (memory.createTime() != null) {
      assertThat(snapshot.createTime()).as("the same operation").isEqualTo(memory.createTime());
    }
    memory =
        new Memory(event.token(), snapshot.version(), snapshot.createTime(), snapshot.isDone());
  }

  /** A stream begins with what is there then, not with what was there before. */
  private void assertNotBeforeItsTime(long version) {
    if (presentIn != null && presentIn.equals(history.epoch())) {
      assertThat(version).as("present").isGreaterThanOrEqualTo(present);
    }
  }

  @Override
  public boolean isCurrent(Map<OperationKey, Snapshot> now) {
    var there = now.get(key);
    return memory.finished() || (there != null && there.version() == memory.version());
  }

  @Override
  public String toString() {
    return "operation " + key.name() + " " + memory + (isConnected() ? "" : " disconnected");
  }
}
