package dev.longrunning.fleet;

import static dev.longrunning.testing.Calls.payload;

import com.google.protobuf.util.Durations;
import com.google.rpc.Code;
import dev.longrunning.fleet.Ledger.Kind;
import dev.longrunning.fleet.Ledger.Life;
import dev.longrunning.fleet.Ledger.Write;
import dev.longrunning.testing.CallFailure;
import dev.longrunning.v1.CompleteOperationRequest;
import dev.longrunning.v1.OperationSnapshot;
import dev.longrunning.v1.StartOperationRequest;
import dev.longrunning.v1.UpdateOperationRequest;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * A producer that leads one operation after the other from start to end, the later ones sometimes
 * by the name of one that was deleted. What is acknowledged stands in the ledger.
 */
final class Writer {
  private static final int UPDATES_MAX = 8;
  private static final int PAUSE_MILLIS_MAX = 60;
  private static final String LEFT = "left-";
  private static final int RETENTION_SECONDS = 1;

  private final Call call;
  private final Ledger ledger;
  private final Random random;
  private final String prefix;
  private int names;
  private String reused = "";

  /** How often history had become another one when that was free. */
  private int reusedAfter;

  /** An answer that no repetition and no lost history explains. */
  static final class Unexplained extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Unexplained(Write write, CallFailure failure) {
      super(write + ", attempt " + write.attempts() + ": " + failure.getMessage(), failure);
    }
  }

  /** One that gives its operations names that begin so. */
  Writer(Fleet fleet, Ledger ledger, Random random, String prefix) {
    this.random = new Random(random.nextLong());
    this.call = new Call(fleet, this.random);
    this.ledger = ledger;
    this.prefix = prefix;
  }

  private static String collection(String name) {
    return "projects/p" + (1 + Math.floorMod(name.hashCode(), 3));
  }

  /** Operations one after the other, until it is enough. */
  void live(BooleanSupplier enough) throws InterruptedException {
    while (!enough.getAsBoolean()) {
      int updates = random.nextInt(UPDATES_MAX);
      lead(random.nextInt(3) == 0, step -> step < updates, ledger::begun);
    }
  }

  /** One operation that is not done before it is enough. */
  void liveLong(BooleanSupplier enough, Consumer<String> started) throws InterruptedException {
    lead(false, step -> !enough.getAsBoolean(), started);
  }

  /** Starts one that nobody goes on with; answers its state. */
  OperationSnapshot leave(String collection, String id) throws InterruptedException {
    var start = ledger.begin(collection + "/operations/" + LEFT + id, false);
    return start(start, collection, LEFT + id);
  }

  /** Starts some that nobody goes on with. */
  void leave(int number) throws InterruptedException {
    for (int i = 0; i < number; i++) {
      String id = prefix + "-" + i;
      leave(collection(id), id);
    }
  }

  /** Whether nobody goes on with this one. */
  static boolean isLeft(String name) {
    return name.contains("/operations/" + LEFT);
  }

  /** How long to go on. */
  private interface Steps {
    boolean goOn(int step);
  }

  /** Ends an operation that nobody leads any more. */
  void end(Life life) throws InterruptedException {
    complete(ledger.next(life, Kind.COMPLETE, false), 0);
  }

  private void lead(boolean expires, Steps steps, Consumer<String> started)
      throws InterruptedException {
    // A deletion may be lost, too.
    boolean again = !reused.isEmpty() && reusedAfter == ledger.failovers();
    String id = again ? reused : "%s-%05d".formatted(prefix, names++);
    reused = "";
    var lead = new Lead(collection(id), id, expires);
    try {
      boolean settled = lead.toTheEnd(steps, started);
      reused = settled && random.nextBoolean() ? id : "";
      reusedAfter = lead.failoversBefore;
    } catch (CallFailure failure) {
      if (!lead.explains(failure)) {
        throw new Unexplained(lead.under, failure);
      }
    }
  }

  /** One operation from start to end. */
  private final class Lead {
    private final int failoversBefore = ledger.failovers();
    private final Write start;
    private final Life life;
    private final String parent;
    private final String id;

    /** What was asked for last. */
    private Write under;

    /** Guards the next change; 0: that is made at any. */
    private long version;

    Lead(String parent, String id, boolean expires) {
      this.parent = parent;
      this.id = id;
      this.start = ledger.begin(parent + "/operations/" + id, expires);
      this.life = start.life;
      this.under = start;
    }

    /** Answers whether it was deleted, and nothing of it can be applied any more. */
    boolean toTheEnd(Steps steps, Consumer<String> started) throws InterruptedException {
      version = start(start, parent, id).getVersion();
      started.accept(life.name());
      for (int step = 0; steps.goOn(step); step++) {
        pause();
        change(Kind.UPDATE);
      }
      do {
        pause();
      } while (!change(Kind.COMPLETE));
      if (life.expires() || random.nextInt(3) == 0) {
        return false;
      }
      pause();
      under = ledger.next(life, Kind.DELETE, false);
      delete(under);
      // A late attempt of either would be taken for one of the next life.
      return start.attempts() == 1 && under.attempts() == 1;
    }

    /** False if the version was of a history that is lost; then the next change has no guard. */
    private boolean change(Kind kind) throws InterruptedException {
      under = ledger.next(life, kind, version != 0);
      try {
        version = (kind == Kind.UPDATE ? update(under, version) : complete(under, version));
        return true;
      } catch (CallFailure failure) {
        if (failure.code() != Code.ABORTED || !isRewound()) {
          throw failure;
        }
        version = 0;
        return false;
      }
    }

    private boolean isRewound() {
      return ledger.failovers() > failoversBefore;
    }

    /** Whether it was purged before a repetition, or is of a history that is lost. */
    boolean explains(CallFailure failure) {
      boolean purged =
          life.expires()
              && under.kind == Kind.COMPLETE
              && failure.code() == Code.NOT_FOUND
              && under.attempts() > 1;
      return purged || isRewound();
    }
  }

  private void pause() throws InterruptedException {
    TimeUnit.MILLISECONDS.sleep(1 + random.nextInt(PAUSE_MILLIS_MAX));
  }

  private OperationSnapshot start(Write write, String parent, String id)
      throws InterruptedException {
    var request =
        StartOperationRequest.newBuilder()
            .setParent(parent)
            .setOperationId(id)
            .setRequestId(UUID.randomUUID().toString())
            .setMetadata(payload(write.number));
    if (write.life.expires()) {
      request.setRetention(Durations.fromSeconds(RETENTION_SECONDS));
    }
    var sent = request.build();
    return acknowledged(write, until(write, server -> server.start(sent)).getSnapshot());
  }

  private <T> T until(Write write, Call.Attempt<T> attempt) throws InterruptedException {
    return call.until(
        server -> {
          write.attempted();
          return attempt.at(server);
        });
  }

  private OperationSnapshot acknowledged(Write write, OperationSnapshot snapshot) {
    ledger.acknowledge(write, snapshot.getVersion());
    return snapshot;
  }

  private long update(Write write, long version) throws InterruptedException {
    var request =
        UpdateOperationRequest.newBuilder()
            .setName(write.life.name())
            .setVersion(version)
            .setRequestId(UUID.randomUUID().toString())
            .setMetadata(payload(write.number))
            .build();
    return acknowledged(write, until(write, server -> server.update(request)).getSnapshot())
        .getVersion();
  }

  private long complete(Write write, long version) throws InterruptedException {
    var request =
        CompleteOperationRequest.newBuilder()
            .setName(write.life.name())
            .setVersion(version)
            .setRequestId(UUID.randomUUID().toString())
            .setMetadata(payload(write.number))
            .setResponse(payload(write.number))
            .build();
    return acknowledged(write, until(write, server -> server.complete(request)).getSnapshot())
        .getVersion();
  }

  private void delete(Write write) throws InterruptedException {
    try {
      until(write, server -> server.delete(write.life.name()));
    } catch (CallFailure failure) {
      boolean repeated = failure.code() == Code.NOT_FOUND && write.attempts() > 1;
      if (!repeated) {
        throw failure;
      }
    }
    ledger.acknowledge(write, 0);
  }

  @Override
  public String toString() {
    return "writer " + prefix;
  }
}
