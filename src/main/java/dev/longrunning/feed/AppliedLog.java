package dev.longrunning.feed;

import dev.longrunning.store.ChangeLog.Batch;
import dev.longrunning.store.ChangeLog.Poll;
import dev.longrunning.store.Cursors;
import dev.longrunning.store.Epoch;
import dev.longrunning.store.Written;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The log as far as this replica has applied it: to its cache, and to all who wait or watch.
 *
 * <p><b>Promise.</b> Batches are applied in the order of their lane, each once, without gaps,
 * whether a look at the log brought them or the answer of an own write. Where one is missing, or
 * history is another one, everything starts over from what the database holds now.
 *
 * <p><b>Threads.</b> Confined to the feed's; {@link #add} from any.
 */
final class AppliedLog {
  private static final Logger log = LoggerFactory.getLogger(AppliedLog.class);

  private final StateCache cache;
  private final SharedInterest interest;
  private final FeedMetrics metrics;
  private final List<FeedStates> loops = new CopyOnWriteArrayList<>();
  private final SeenPolls seen = new SeenPolls();
  private Cursors cursors = Cursors.NONE;
  private @Nullable Epoch epoch;

  AppliedLog(StateCache cache, SharedInterest interest, FeedMetrics metrics) {
    this.cache = cache;
    this.interest = interest;
    this.metrics = metrics;
  }

  /**
   * A poll under way.
   *
   * @param reached what was known when it began, so that the database must have it, or it was
   *     rewound
   */
  record Look(long number, long begunNanos, Cursors from, Cursors reached, Sift sift) {}

  /** What a look that begins now goes by. */
  Look look(long number) {
    var reached = cache.reached();
    return new Look(number, metrics.nanos(), cursors, reached, Sift.of(interest, cache));
  }

  /** From now on this loop is told too. */
  void add(FeedStates loop) {
    loops.add(loop);
  }

  List<FeedStates> loops() {
    return loops;
  }

  /** The number of the history that is followed; before the first, 0. */
  long epochNumber() {
    return epoch == null ? 0 : epoch.number();
  }

  /** Whether polls were seen that saw more than is applied. */
  boolean isBehind() {
    return !seen.isEmpty();
  }

  /** Whether what the look found is no continuation, so that a new epoch is to be begun. */
  boolean isBroken(Look look, Poll poll) {
    if (!poll.isCurrent()) {
      return true;
    }
    return isOf(poll.epoch().nonce())
        ? !poll.heads().reach(look.reached())
        : epoch != null && poll.epoch().number() <= epoch.number();
  }

  /** Applies what the look found; answers how many batches that were. */
  int apply(Look look, Poll poll) {
    if (!isOf(poll.epoch().nonce())) {
      return startOver(look, poll, epoch == null ? "start" : "epoch");
    }
    if (!isDense(poll.batches())) {
      return startOver(look, poll, "gap");
    }
    var before = cursors;
    poll.batches().forEach(this::advance);
    metrics.looked(look.begunNanos(), cursors, poll.heads());
    seen.add(look.number(), poll.heads());
    deliver(look.sift().applied(before, poll, cache::putFed), false);
    return poll.batches().size();
  }

  /**
   * Applies an own batch without a look; answers false where that takes one: it does not come next,
   * or somebody wants a state that is not known from it.
   */
  boolean apply(Written written) {
    var batch = written.batch();
    if (!isOf(written.epoch()) || batch.revision() != cursors.at(batch.lane()) + 1) {
      return false;
    }
    written.made().forEach(made -> cache.putMade(made.change(), made.answer()));
    var sift = Sift.of(interest, cache);
    if (!sift.isEmpty() && !sift.of(batch).isEmpty()) {
      return false;
    }
    var before = cursors;
    advance(batch);
    deliver(List.of(sift.applied(before, batch)), false);
    return true;
  }

  private boolean isOf(UUID nonce) {
    return epoch != null && epoch.nonce().equals(nonce);
  }

  private boolean isDense(List<Batch> batches) {
    var expected = cursors.toArray();
    for (var batch : batches) {
      // What was applied meanwhile, by the answer of an own write, comes once more.
      boolean known = batch.revision() <= cursors.at(batch.lane());
      if (!known && batch.revision() != ++expected[batch.lane()]) {
        return false;
      }
    }
    return true;
  }

  private void advance(Batch batch) {
    if (batch.revision() > cursors.at(batch.lane())) {
      cursors = cursors.with(batch.lane(), batch.revision());
      cache.apply(batch);
      metrics.applied(batch);
    }
  }

  private int startOver(Look look, Poll poll, String why) {
    log.atInfo()
        .addKeyValue("why", why)
        .addKeyValue("epoch", poll.epoch().number())
        .log("feed.resynchronised");
    metrics.resynchronised(why);
    metrics.looked(look.begunNanos(), poll.heads(), poll.heads());
    epoch = poll.epoch();
    cursors = poll.heads();
    cache.reset(poll.epoch(), poll.heads());
    seen.clear();
    seen.add(look.number(), poll.heads());
    deliver(List.of(), true);
    return 0;
  }

  /** Tells every loop that something concerns, one task each. */
  private void deliver(List<AppliedBatch> batches, boolean reset) {
    var position = new Position(Objects.requireNonNull(epoch), cursors);
    var delta = new Delta(batches, position, reset, seen.caughtUp(cursors));
    for (var each : loops) {
      each.feed(delta);
    }
  }
}
