package dev.longrunning.operation;

import dev.longrunning.operation.Answer.Verdict;
import dev.longrunning.operation.Transitions.Step;
import dev.longrunning.operation.Transitions.Stored;
import java.time.Instant;

/**
 * Asks the operation's producer for something that its service has a verb for, such as to pause.
 * What the producer makes of it is its own: nothing else of the operation changes. Where nobody is
 * known to hear it, it is refused.
 */
public record Signal(OperationKey key, String verb) implements Change {
  public static final short KIND = 9;

  @Override
  public short kind() {
    return KIND;
  }

  @Override
  public Step judged(Stored before, Instant now, long revision) {
    var snapshot = before.present();
    var lease = before.lease();
    if (snapshot.isDone()) {
      return Transitions.refused(before, Verdict.DONE, snapshot.version(), now);
    }
    if (lease == null || !lease.isAlive(now)) {
      return Transitions.refused(before, Verdict.NO_PRODUCER, snapshot.version(), now);
    }
    // Later than all that was heard before: its time is what a producer knows it by.
    var next = snapshot.at(revision, time(snapshot, now));
    next = next.withSignals(next.signals().and(verb, next.updateTime()));
    return new Step(Transitions.applied(snapshot, next, null, null), before.withSnapshot(next));
  }

  private static Instant time(Snapshot before, Instant now) {
    var earliest = before.updateTime().plusNanos(1_000);
    return now.isAfter(earliest) ? now : earliest;
  }

  @Override
  public void accept(Visitor visitor) {
    visitor.signal(this);
  }

  @Override
  public int weight() {
    return verb.length();
  }
}
