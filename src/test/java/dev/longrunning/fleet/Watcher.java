package dev.longrunning.fleet;

import com.google.rpc.Code;
import com.google.rpc.Status;
import dev.longrunning.v1.WatchEvent;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * Somebody who watches: keeps what was seen, and after the end of a stream goes on at another
 * server, with the token that came last.
 *
 * <p><b>Threads.</b> Confined to a context of its own, but for what returns a future.
 */
final class Watcher {
  /** More than any heartbeat takes. */
  private static final long SILENCE_SECONDS_MAX = 4;

  private static final int PAUSE_MILLIS_MAX = 100;
  private static final int LOOK_MILLIS = 250;
  private static final int SLEEP_MILLIS_MAX = 1_500;

  private final Vertx vertx;
  private final Context context;
  private final Fleet fleet;
  private final Ledger ledger;
  private final Wire.Kind kind;
  private final Habit habit;
  private final Random random;
  private final History history;
  private final Promise<Void> finished = Promise.promise();
  private Wire wire;

  /** The number of the stream: what comes of an earlier one is not listened to. */
  private int stream;

  private int server = -1;

  /** Where it goes on next; -1: anywhere else. */
  private int next = -1;

  private long heardNanos;
  private boolean asleep;
  private boolean stopped;

  /**
   * What kind of client it is.
   *
   * @param patient stays with a server that says nothing
   * @param leavesOneIn events, and goes elsewhere; 0: never
   * @param sleepsOneIn events, and reads nothing for a while; 0: never
   */
  record Habit(boolean patient, int leavesOneIn, int sleepsOneIn) {
    static final Habit PLAIN = new Habit(false, 0, 0);
    static final Habit PATIENT = new Habit(true, 0, 0);
    static final Habit RESTLESS = new Habit(false, 60, 0);
    static final Habit FICKLE = new Habit(false, 6, 0);
    static final Habit SLEEPY = new Habit(false, 0, 300);
  }

  Watcher(Fleet fleet, Ledger ledger, Wire.Kind kind, Habit habit, Random random, History past) {
    this.vertx = fleet.vertx();
    this.context = ((VertxInternal) vertx).createEventLoopContext();
    this.fleet = fleet;
    this.ledger = ledger;
    this.kind = kind;
    this.habit = habit;
    this.random = new Random(random.nextLong());
    this.history = past;
  }

  Watcher start() {
    context.runOnContext(start -> connect());
    vertx.setPeriodic(LOOK_MILLIS, timer -> context.runOnContext(look -> look(timer)));
    return this;
  }

  /** What it has seen, once it watches no more. */
  Future<History> stop() {
    return ask(
        seen -> {
          stopped = true;
          stream++;
          wire.leave();
          return seen;
        });
  }

  /** Completes once the stream of one operation has come to its end. */
  Future<Void> finished() {
    return finished.future();
  }

  /** Asks it for something it knows; where it lives. */
  <T> Future<T> ask(Function<History, T> question) {
    Promise<T> answer = Promise.promise();
    context.runOnContext(now -> answer.complete(question.apply(history)));
    return answer.future();
  }

  private void connect() {
    if (stopped) {
      return;
    }
    int number = ++stream;
    server = next < 0 ? fleet.other(random, server) : next;
    next = -1;
    heardNanos = System.nanoTime();
    asleep = false;
    history.add(Seen.of(ledger.tick(), Seen.Kind.CONNECTED, server));
    var ear =
        new Wire.Ear() {
          @Override
          public void event(WatchEvent event) {
            if (number == stream) {
              heard(event);
            }
          }

          @Override
          public void ended(Status status) {
            if (number == stream) {
              over(status);
            }
          }
        };
    wire = kind.open(vertx, fleet.port(server), history.subject(), history.token(), ear);
  }

  private void heard(WatchEvent event) {
    heardNanos = System.nanoTime();
    history.add(Seen.of(ledger.tick(), server, event));
    if (is(habit.leavesOneIn())) {
      leave();
    } else if (is(habit.sleepsOneIn())) {
      sleep(stream);
    }
  }

  private boolean is(int oneIn) {
    return oneIn > 0 && random.nextInt(oneIn) == 0;
  }

  private void sleep(int number) {
    asleep = true;
    wire.read(false);
    vertx.setTimer(
        1 + random.nextInt(SLEEP_MILLIS_MAX), timer -> context.runOnContext(now -> wakeUp(number)));
  }

  private void wakeUp(int number) {
    if (number == stream) {
      asleep = false;
      heardNanos = System.nanoTime();
      wire.read(true);
    }
  }

  private void look(long timer) {
    if (stopped) {
      vertx.cancelTimer(timer);
    } else if (!habit.patient() && !asleep && isSilent()) {
      leave();
    }
  }

  private boolean isSilent() {
    return System.nanoTime() - heardNanos > TimeUnit.SECONDS.toNanos(SILENCE_SECONDS_MAX);
  }

  /** Goes on at another server, if it is not there already. */
  Future<Void> moveTo(int where) {
    return ask(
        seen -> {
          if (server != where) {
            next = where;
            leave();
          }
          return null;
        });
  }

  /** Where it was told something last. */
  static int placeOf(History seen) {
    var all = seen.all();
    return all.get(all.size() - 1).isNews() || all.get(all.size() - 1).isSynced()
        ? all.get(all.size() - 1).server()
        : -1;
  }

  private void leave() {
    int number = ++stream;
    wire.leave();
    vertx.setTimer(
        1 + random.nextInt(PAUSE_MILLIS_MAX),
        timer ->
            context.runOnContext(
                now -> {
                  if (number == stream) {
                    connect();
                  }
                }));
  }

  private void over(Status status) {
    switch (Code.forNumber(status.getCode())) {
      case UNAVAILABLE, UNKNOWN -> leave();
      case OK -> finish(Seen.Kind.ENDED);
      case NOT_FOUND -> finish(Seen.Kind.MISSING);
      default -> {
        ledger.fault(history.subject() + " at " + server + ": " + status);
        finish(Seen.Kind.MISSING);
      }
    }
  }

  private void finish(Seen.Kind end) {
    if (!history.subject().single()) {
      ledger.fault(history.subject() + " ended at " + server + ": " + end);
    }
    history.add(Seen.of(ledger.tick(), end, server));
    stopped = true;
    stream++;
    wire.leave();
    finished.complete();
  }

  @Override
  public String toString() {
    return habit + " watcher of " + history.subject() + " at " + server;
  }
}
