package dev.longrunning.store.pg;

import dev.longrunning.operation.Answer;
import dev.longrunning.operation.Answer.Verdict;
import dev.longrunning.operation.Change;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Changes of one lane that are judged and applied together.
 *
 * <p><b>Promise.</b> Every attempt is identical to the first but for the epoch and the mark of a
 * retry: that is what lets the database recognise it.
 *
 * <p><b>Threads.</b> Confined to the store's event loop.
 */
final class Batch {
  final LaneQueue queue;
  final List<Pending> rows;
  private final UUID writer;
  private final long sequence;
  private final long since;
  private final boolean afterUnresolved;
  private final long limitNanos;
  private final Instant notAfter;
  private final ChangeColumns columns;

  /** An attempt was sent and not answered: it may have been applied, or may yet be. */
  private boolean ambiguous;

  private int attempts;

  Batch(
      LaneQueue queue,
      List<Pending> rows,
      UUID writer,
      long since,
      long limitNanos,
      Instant notAfter) {
    this.queue = queue;
    this.rows = rows;
    this.writer = writer;
    this.sequence = queue.nextSequence();
    this.since = since;
    this.afterUnresolved = queue.unresolved;
    this.limitNanos = limitNanos;
    this.notAfter = notAfter;
    this.columns = new ChangeColumns(rows.stream().<Change>map(Pending::change).toList());
  }

  Tuple arguments(UUID nonce) {
    var tuple =
        Tuple.tuple()
            .addShort((short) queue.lane())
            .addUUID(nonce)
            .addUUID(writer)
            .addLong(sequence)
            .addLong(since)
            .addBoolean(leavesRow())
            .addOffsetDateTime(notAfter.atOffset(ZoneOffset.UTC));
    columns.addTo(tuple);
    return tuple;
  }

  /** Whether the next attempt leaves a row in the log in any case. */
  boolean leavesRow() {
    return attempts > 0 || afterUnresolved;
  }

  long since() {
    return since;
  }

  long limitNanos() {
    return limitNanos;
  }

  boolean isAmbiguous() {
    return ambiguous;
  }

  /** Takes note that an attempt was sent; {@code unanswered}: it may have been applied. */
  void attempted(boolean unanswered) {
    attempts++;
    ambiguous |= unanswered;
  }

  /** Whose callers were told nothing yet. */
  Stream<Pending> unanswered() {
    return rows.stream().filter(row -> !row.promise().future().isComplete());
  }

  /** Tells every caller; what is to be judged again, where there is no answer, waits once more. */
  void deliver(List<@Nullable Answer> answers, Consumer<Pending> release) {
    List<Pending> notJudged = new ArrayList<>();
    for (int i = 0; i < rows.size(); i++) {
      var pending = rows.get(i);
      var answer = answers.get(i);
      if (answer == null) {
        notJudged.add(pending);
        continue;
      }
      if (answer.verdict() == Verdict.APPLIED) {
        queue.lastRevision = Math.max(queue.lastRevision, answer.version());
      }
      release.accept(pending);
      pending.promise().tryComplete(answer);
    }
    queue.putBack(notJudged);
  }
}
