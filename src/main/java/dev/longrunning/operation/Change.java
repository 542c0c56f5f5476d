package dev.longrunning.operation;

import dev.longrunning.operation.Transitions.Step;
import dev.longrunning.operation.Transitions.Stored;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What somebody asks to be done to one operation. {@link Transitions} says what comes of it. */
public sealed interface Change
    permits Adopt,
        Change.Cancel,
        Change.Composable,
        Change.Delete,
        Change.Expire,
        Change.Purge,
        Signal {
  OperationKey key();

  /** The stored form of the kind; part of the interface to the database. */
  short kind();

  /** Payload bytes, for the bound of a batch. */
  int weight();

  /**
   * What comes of this change of {@code before}, which holds an operation unless this starts one.
   */
  Step judged(Stored before, Instant now, long revision);

  /** Calls the visitor's method for this kind. */
  void accept(Visitor visitor);

  /** One method a kind, so that whoever handles changes handles all of them. */
  interface Visitor {
    void start(Start start);

    void update(Update update);

    void complete(Complete complete);

    void cancel(Cancel cancel);

    void expire(Expire expire);

    void delete(Delete delete);

    void purge(Purge purge);

    void adopt(Adopt adopt);

    void signal(Signal signal);
  }

  /** A change whose result a writer can compose from the state before it and the answer. */
  sealed interface Composable extends Change {
    /**
     * The state that this change made when {@code answer} says that it was applied.
     *
     * @param before the state at the answer's previous version; null for a start
     */
    Snapshot composed(@Nullable Snapshot before, Answer answer);
  }

  /** Creates a running operation. */
  record Start(
      OperationKey key,
      String collection,
      @Nullable UUID request,
      Contents contents,
      Duration retention,
      @Nullable LeaseTerms lease)
      implements Composable {
    public static final short KIND = 1;

    @Override
    public short kind() {
      return KIND;
    }

    @Override
    public Step judged(Stored before, Instant now, long revision) {
      return Transitions.started(before, this, now, revision);
    }

    @Override
    public Snapshot composed(@Nullable Snapshot before, Answer answer) {
      return Composed.created(this, answer.time(), answer.version());
    }

    @Override
    public void accept(Visitor visitor) {
      visitor.start(this);
    }

    @Override
    public int weight() {
      return contents.weight();
    }
  }

  /**
   * Replaces contents and renews the lease. Without contents it is a bare renewal: no new version.
   *
   * @param leaseDuration null: for as long as before
   */
  record Update(OperationKey key, Guard guard, Contents contents, @Nullable Duration leaseDuration)
      implements Composable {
    public static final short KIND = 2;

    @Override
    public short kind() {
      return KIND;
    }

    @Override
    public Step judged(Stored before, Instant now, long revision) {
      return Transitions.updated(before, this, now, revision);
    }

    @Override
    public Snapshot composed(@Nullable Snapshot before, Answer answer) {
      return Composed.replaced(before, contents, answer)
          .withCancelRequestTime(answer.cancelRequestTime());
    }

    @Override
    public void accept(Visitor visitor) {
      visitor.update(this);
    }

    @Override
    public int weight() {
      return contents.weight();
    }
  }

  /** Ends the operation. */
  record Complete(OperationKey key, Guard guard, Outcome outcome, Bytes result, Contents contents)
      implements Composable {
    public static final short KIND = 3;

    @Override
    public short kind() {
      return KIND;
    }

    @Override
    public Step judged(Stored before, Instant now, long revision) {
      return Transitions.completed(before, this, now, revision);
    }

    @Override
    public Snapshot composed(@Nullable Snapshot before, Answer answer) {
      return Composed.replaced(before, contents, answer)
          .withCancelRequestTime(answer.cancelRequestTime())
          .ended(outcome, result, answer.time());
    }

    @Override
    public void accept(Visitor visitor) {
      visitor.complete(this);
    }

    @Override
    public int weight() {
      return contents.weight() + result.length();
    }
  }

  /**
   * Asks the producer to stop, or ends an operation that has no live lease.
   *
   * @param cancelled the error of an operation without a lease
   * @param lost the error of an operation that waits for adoption
   */
  record Cancel(OperationKey key, Bytes cancelled, Bytes lost) implements Change {
    public static final short KIND = 4;

    @Override
    public short kind() {
      return KIND;
    }

    @Override
    public Step judged(Stored before, Instant now, long revision) {
      return Transitions.cancelled(before, this, now, revision);
    }

    @Override
    public void accept(Visitor visitor) {
      visitor.cancel(this);
    }

    @Override
    public int weight() {
      return cancelled.length() + lost.length();
    }
  }

  /**
   * Ends an operation whose lease and adoption window ran out.
   *
   * @param aborted the error if no cancellation was requested
   * @param cancelled the error if one was
   */
  record Expire(OperationKey key, Bytes aborted, Bytes cancelled) implements Change {
    public static final short KIND = 5;

    @Override
    public short kind() {
      return KIND;
    }

    @Override
    public Step judged(Stored before, Instant now, long revision) {
      return Transitions.expired(before, this, now, revision);
    }

    @Override
    public void accept(Visitor visitor) {
      visitor.expire(this);
    }

    @Override
    public int weight() {
      return aborted.length() + cancelled.length();
    }
  }

  /** Removes the record, running or not. */
  record Delete(OperationKey key) implements Change {
    public static final short KIND = 6;

    @Override
    public short kind() {
      return KIND;
    }

    @Override
    public Step judged(Stored before, Instant now, long revision) {
      return Transitions.removed(before, false, now, revision);
    }

    @Override
    public void accept(Visitor visitor) {
      visitor.delete(this);
    }

    @Override
    public int weight() {
      return 0;
    }
  }

  /** Removes a done operation whose retention is over. */
  record Purge(OperationKey key) implements Change {
    public static final short KIND = 7;

    @Override
    public short kind() {
      return KIND;
    }

    @Override
    public Step judged(Stored before, Instant now, long revision) {
      return Transitions.purged(before, now, revision);
    }

    @Override
    public void accept(Visitor visitor) {
      visitor.purge(this);
    }

    @Override
    public int weight() {
      return 0;
    }
  }

  /**
   * What must hold for a producer's change to be applied.
   *
   * @param request makes a repeat of the newest change harmless
   * @param leaseToken required if the operation has a lease
   * @param version the version to be changed; 0: any
   */
  record Guard(@Nullable UUID request, @Nullable UUID leaseToken, long version) {
    public static final Guard NONE = new Guard(null, null, 0);
  }

  /** The lease that a start asks for. */
  record LeaseTerms(UUID token, Duration duration, Duration adoptionWindow) {}
}
