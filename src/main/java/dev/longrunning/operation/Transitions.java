package dev.longrunning.operation;

import dev.longrunning.operation.Answer.Verdict;
import dev.longrunning.operation.Change.Cancel;
import dev.longrunning.operation.Change.Complete;
import dev.longrunning.operation.Change.Expire;
import dev.longrunning.operation.Change.Guard;
import dev.longrunning.operation.Change.Start;
import dev.longrunning.operation.Change.Update;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * How each change is judged, and what it makes of an operation.
 *
 * <p><b>Promise.</b> Done is final; versions only grow; a repeat of the newest request changes
 * nothing. The database judges by the same rules under the lane's lock; one contract test holds
 * both to them, and another compares them over random batches.
 */
public final class Transitions {
  private Transitions() {}

  /** All that is stored under one key. */
  public record Stored(
      @Nullable Snapshot snapshot,
      @Nullable Lease lease,
      @Nullable Tombstone tombstone,
      @Nullable UUID createRequest,
      @Nullable UUID lastRequest,
      Rate rate) {
    public static final Stored NOTHING = new Stored(null, null, null, null, null, Rate.NONE);

    Snapshot present() {
      return Objects.requireNonNull(snapshot, "judged without an operation");
    }

    /** The operation ends: nobody holds it any more. */
    Stored ended(Snapshot next) {
      return new Stored(next, null, tombstone, createRequest, lastRequest, rate);
    }

    Stored withSnapshot(Snapshot next) {
      return new Stored(next, lease, tombstone, createRequest, lastRequest, rate);
    }

    /** The same with another lease, as time or a sweep moves it. */
    public Stored withLease(@Nullable Lease moved) {
      return new Stored(snapshot, moved, tombstone, createRequest, lastRequest, rate);
    }
  }

  /** An answer and what is stored after it. The same {@code stored} if nothing changed. */
  public record Step(Answer answer, Stored after) {}

  /** Judges {@code change} at {@code now}; an applied one takes {@code revision} as its version. */
  public static Step judge(Stored before, Change change, Instant now, long revision) {
    return before.snapshot != null || change instanceof Start
        ? change.judged(before, now, revision)
        : refused(before, missing(before.tombstone), 0, now);
  }

  static Step started(Stored before, Start start, Instant now, long revision) {
    if (before.snapshot != null) {
      return repeatedStart(before, before.snapshot, start, now);
    }
    var tombstone = before.tombstone;
    if (tombstone != null
        && start.request() != null
        && start.request().equals(tombstone.createRequest())
        && start.collection().equals(tombstone.collection())) {
      return refused(before, missing(tombstone), 0, now);
    }
    var terms = start.lease();
    var lease =
        terms == null
            ? null
            : new Lease(
                terms.token(),
                now.plus(terms.duration()),
                terms.duration(),
                terms.adoptionWindow(),
                start.request());
    var next = Composed.created(start, now, revision);
    var rate = Rate.NONE.after(null, next.progress(), now);
    return new Step(
        new Answer(
            Verdict.APPLIED,
            revision,
            0,
            now,
            null,
            start.contents().ownEstimate(),
            lease == null ? null : lease.shown()),
        new Stored(next, lease, tombstone, start.request(), null, rate));
  }

  private static Step repeatedStart(Stored before, Snapshot snapshot, Start start, Instant now) {
    var request = start.request();
    if (request == null
        || !request.equals(before.createRequest)
        || !start.collection().equals(snapshot.collection())) {
      return refused(before, Verdict.EXISTS, snapshot.version(), now);
    }
    var lease = before.lease;
    boolean obtained = lease != null && request.equals(lease.request()) && lease.isAlive(now);
    return new Step(answer(Verdict.REPEATED, snapshot, now, obtained ? lease : null), before);
  }

  static Step updated(Stored before, Update update, Instant now, long revision) {
    var snapshot = before.present();
    var guard = update.guard();
    boolean repeated = guard.request() != null && guard.request().equals(before.lastRequest);
    if (snapshot.isDone()) {
      return repeated
          ? new Step(answer(Verdict.REPEATED, snapshot, now, null), before)
          : refused(before, Verdict.DONE, snapshot.version(), now);
    }
    var lease = before.lease;
    if (!holds(lease, guard)) {
      return refused(before, Verdict.LEASE_LOST, snapshot.version(), now);
    }
    if (lease == null && update.leaseDuration() != null) {
      return refused(before, Verdict.NO_LEASE, snapshot.version(), now);
    }
    if (!repeated && guard.version() != 0 && guard.version() != snapshot.version()) {
      return refused(before, Verdict.VERSION_MISMATCH, snapshot.version(), now);
    }
    var renewed = lease == null ? null : lease.renewed(now, update.leaseDuration());
    if (repeated || update.contents().isEmpty()) {
      var verdict = repeated ? Verdict.REPEATED : Verdict.RENEWED;
      return new Step(answer(verdict, snapshot, now, renewed), before.withLease(renewed));
    }
    var time = later(now, snapshot.updateTime());
    var contents = update.contents();
    var rate =
        contents.replacesProgress()
            ? before.rate.after(snapshot.progress(), contents.progress(), time)
            : before.rate;
    var estimate = contents.ownEstimate();
    if (estimate == null && contents.replacesProgress() && contents.progress() != null) {
      estimate = rate.estimate(contents.progress(), time);
    }
    var next = Composed.replaced(snapshot, contents, estimate, time, revision);
    return new Step(
        applied(snapshot, next, estimate, renewed),
        new Stored(next, renewed, before.tombstone, before.createRequest, guard.request(), rate));
  }

  static Step completed(Stored before, Complete complete, Instant now, long revision) {
    var snapshot = before.present();
    if (snapshot.isDone()) {
      boolean same =
          snapshot.outcome() == complete.outcome() && snapshot.result().equals(complete.result());
      return same
          ? new Step(answer(Verdict.REPEATED, snapshot, now, null), before)
          : refused(before, Verdict.DONE, snapshot.version(), now);
    }
    var guard = complete.guard();
    if (!holds(before.lease, guard)) {
      return refused(before, Verdict.LEASE_LOST, snapshot.version(), now);
    }
    if (guard.version() != 0 && guard.version() != snapshot.version()) {
      return refused(before, Verdict.VERSION_MISMATCH, snapshot.version(), now);
    }
    var time = later(now, snapshot.updateTime());
    // What has ended needs no estimate.
    var estimate = complete.contents().ownEstimate();
    var next =
        Composed.replaced(snapshot, complete.contents(), estimate, time, revision)
            .ended(complete.outcome(), complete.result(), time);
    return new Step(
        applied(snapshot, next, estimate, null),
        new Stored(
            next, null, before.tombstone, before.createRequest, guard.request(), before.rate));
  }

  static Step cancelled(Stored before, Cancel cancel, Instant now, long revision) {
    var snapshot = before.present();
    var lease = before.lease;
    boolean asks = lease != null && lease.isAlive(now);
    if (snapshot.isDone() || (asks && snapshot.cancelRequestTime() != null)) {
      return new Step(answer(Verdict.UNCHANGED, snapshot, now, null), before);
    }
    var time = later(now, snapshot.updateTime());
    var requested = snapshot.cancelRequestTime() == null ? time : snapshot.cancelRequestTime();
    var next = snapshot.at(revision, time).withCancelRequestTime(requested);
    if (!asks) {
      next = next.ended(Outcome.ERROR, lease == null ? cancel.cancelled() : cancel.lost(), time);
    }
    return new Step(
        applied(snapshot, next, null, null), before.ended(next).withLease(asks ? lease : null));
  }

  static Step expired(Stored before, Expire expire, Instant now, long revision) {
    var snapshot = before.present();
    if (snapshot.isDone()) {
      return new Step(answer(Verdict.UNCHANGED, snapshot, now, null), before);
    }
    if (before.lease == null || !before.lease.isLost(now)) {
      return refused(before, Verdict.NOT_DUE, snapshot.version(), now);
    }
    var time = later(now, snapshot.updateTime());
    var result = snapshot.cancelRequestTime() == null ? expire.aborted() : expire.cancelled();
    var next = snapshot.at(revision, time).ended(Outcome.ERROR, result, time);
    return new Step(applied(snapshot, next, null, null), before.ended(next));
  }

  static Step adopted(Stored before, Adopt adopt, Instant now) {
    var snapshot = before.present();
    if (snapshot.isDone()) {
      return refused(before, Verdict.DONE, snapshot.version(), now);
    }
    var lease = before.lease;
    if (lease != null && adopt.request() != null && adopt.request().equals(lease.request())) {
      // The same token again. If the lease ran out meanwhile, it begins again.
      boolean alive = lease.isAlive(now);
      var same = alive ? lease : lease.renewed(now, adopt.duration());
      var verdict = alive ? Verdict.REPEATED : Verdict.RENEWED;
      return new Step(answer(verdict, snapshot, now, same), before.withLease(same));
    }
    if (lease != null && lease.isAlive(now) && !adopt.force()) {
      return refused(before, Verdict.LEASE_ALIVE, snapshot.version(), now);
    }
    var next =
        new Lease(
            adopt.token(),
            now.plus(adopt.duration()),
            adopt.duration(),
            lease == null ? Duration.ZERO : lease.adoptionWindow(),
            adopt.request());
    return new Step(answer(Verdict.ADOPTED, snapshot, now, next), before.withLease(next));
  }

  static Step purged(Stored before, Instant now, long revision) {
    var snapshot = before.present();
    boolean due = snapshot.expireTime() != null && !snapshot.expireTime().isAfter(now);
    return due
        ? removed(before, true, now, revision)
        : refused(before, Verdict.NOT_DUE, snapshot.version(), now);
  }

  static Step removed(Stored before, boolean purged, Instant now, long revision) {
    var snapshot = before.present();
    var tombstone = new Tombstone(revision, purged, snapshot.collection(), before.createRequest);
    return new Step(
        new Answer(Verdict.APPLIED, revision, snapshot.version(), now, null, null, null),
        new Stored(null, null, tombstone, null, null, Rate.NONE));
  }

  /** A lease needs its token; an operation without one takes none. */
  private static boolean holds(@Nullable Lease lease, Guard guard) {
    return Objects.equals(lease == null ? null : lease.token(), guard.leaseToken());
  }

  private static Verdict missing(@Nullable Tombstone tombstone) {
    if (tombstone == null) {
      return Verdict.NOT_FOUND;
    }
    return tombstone.purged() ? Verdict.EXPIRED : Verdict.DELETED;
  }

  private static Instant later(Instant a, Instant b) {
    return a.isAfter(b) ? a : b;
  }

  static Answer applied(
      Snapshot before, Snapshot after, @Nullable Instant estimate, @Nullable Lease lease) {
    return new Answer(
        Verdict.APPLIED,
        after.version(),
        before.version(),
        after.updateTime(),
        after.cancelRequestTime(),
        estimate,
        lease == null ? null : lease.shown());
  }

  private static Answer answer(
      Verdict verdict, Snapshot snapshot, Instant now, @Nullable Lease lease) {
    return new Answer(
        verdict,
        snapshot.version(),
        snapshot.version(),
        now,
        snapshot.cancelRequestTime(),
        null,
        lease == null ? null : lease.shown());
  }

  static Step refused(Stored before, Verdict verdict, long version, Instant now) {
    return new Step(new Answer(verdict, version, version, now, null, null, null), before);
  }
}
