package dev.longrunning.feed;

import dev.longrunning.operation.CollectionPattern;
import dev.longrunning.operation.Problem;
import dev.longrunning.store.ChangeLog;
import dev.longrunning.store.ChangeLog.Poll;
import dev.longrunning.store.Cursors;
import io.vertx.core.Future;
import java.util.List;

/**
 * One event loop's ring, and where it stands.
 *
 * <p><b>Threads.</b> Confined to its event loop.
 *
 * <p><b>Bounds.</b> Those of the {@link Ring}.
 */
final class LoopChanges implements Changes {
  private static final Applied NOBODY =
      new Applied() {
        @Override
        public void batches(List<AppliedBatch> batches) {}

        @Override
        public void reset(boolean rewound) {}
      };

  private final Feed feed;
  private final ChangeLog log;
  private final SharedInterest interest;
  private final Ring ring;
  private Position position = Position.NONE;
  private Applied told = NOBODY;

  LoopChanges(Feed feed, ChangeLog log, SharedInterest interest, long ringBytes) {
    this.feed = feed;
    this.log = log;
    this.interest = interest;
    this.ring = new Ring(ringBytes);
  }

  void told(Delta delta) {
    boolean another = !position.isOf(delta.position().epoch());
    position = delta.position();
    if (another || delta.reset()) {
      ring.clear();
      ring.beAt(position.cursors());
      told.reset(another);
    }
    delta.batches().forEach(ring::add);
    ring.beAt(position.cursors());
    if (!delta.batches().isEmpty()) {
      told.batches(delta.batches());
    }
  }

  @Override
  public Position position() {
    return position;
  }

  @Override
  public Ring ring() {
    return ring;
  }

  @Override
  public States.Interest follow(String service, CollectionPattern pattern) {
    interest.add(service, pattern);
    return new States.Interest() {
      private boolean closed;

      @Override
      public void close() {
        if (!closed) {
          closed = true;
          interest.remove(service, pattern);
        }
      }
    };
  }

  @Override
  public long since(String service, CollectionPattern pattern) {
    return interest.since(service, pattern);
  }

  @Override
  public Future<Stretch> history(Cursors from, String service, CollectionPattern pattern) {
    var sift =
        Sift.of((key, collection) -> key.service().equals(service) && pattern.matches(collection));
    return log.history(from, sift).map(poll -> stretch(from, poll, sift));
  }

  private Stretch stretch(Cursors from, Poll poll, Sift sift) {
    if (!poll.isCurrent()) {
      // A standby, or the first to see a failover: the feed will find out.
      throw Problem.databaseUnavailable();
    }
    var applied = sift.applied(from, poll, feed::state);
    var after = from;
    boolean trimmed = false;
    for (var batch : applied) {
      trimmed |= batch.revision() != after.at(batch.lane()) + 1;
      after = after.with(batch.lane(), batch.revision());
    }
    return new Stretch(
        applied, new Position(poll.epoch(), after), after.reach(poll.heads()), trimmed);
  }

  @Override
  public boolean isStale() {
    return feed.isStale();
  }

  @Override
  public void knownAlready(Position claimed) {
    feed.knownAlready(claimed);
  }

  @Override
  public void onApplied(Applied other) {
    told = other;
  }
}
