package dev.longrunning.store.pg;

import static dev.longrunning.store.pg.StoreFixture.await;

import dev.longrunning.operation.Answer;
import dev.longrunning.operation.Answer.Verdict;
import dev.longrunning.operation.Change;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** One sending of a batch; all that may differ between attempts can be set. */
record Attempt(
    PgConnection on,
    int lane,
    UUID nonce,
    UUID writer,
    long sequence,
    long since,
    boolean isRetry,
    Instant notAfter,
    List<Change> changes) {
  /** From this code on the answer is from the log: 100 applied by an earlier attempt, 101 not. */
  static final int APPLIED_EARLIER = 100;

  /** What became of a change, or of the batch if it was refused as a whole. */
  record Judged(int ord, int verdict, long version) {}

  Attempt retry() {
    return new Attempt(on, lane, nonce, writer, sequence, since, true, notAfter, changes);
  }

  Attempt nonce(UUID other) {
    return new Attempt(on, lane, other, writer, sequence, since, isRetry, notAfter, changes);
  }

  Attempt writer(UUID other) {
    return new Attempt(on, lane, nonce, other, sequence, since, isRetry, notAfter, changes);
  }

  Attempt since(long other) {
    return new Attempt(on, lane, nonce, writer, sequence, other, isRetry, notAfter, changes);
  }

  Attempt notAfter(Instant other) {
    return new Attempt(on, lane, nonce, writer, sequence, since, isRetry, other, changes);
  }

  /** The row of the answer. */
  Row row() throws Exception {
    return await(rowOn(on));
  }

  /** What the callers of the changes are told. */
  List<@Nullable Answer> answers(Row row) {
    var pending = new ArrayList<Pending>();
    for (var change : changes) {
      pending.add(new Pending(change, 0, Promise.promise()));
    }
    var batch = new Batch(new LaneQueue(lane), pending, writer, since, 0, notAfter);
    return new Verdicts(row).answers(batch);
  }

  List<Judged> send() throws Exception {
    return await(sendOn(on));
  }

  Future<List<Judged>> sendOn(PgConnection other) {
    return rowOn(other).map(Attempt::judged);
  }

  private Future<Row> rowOn(PgConnection other) {
    return other
        .preparedQuery(Statements.APPLY)
        .execute(arguments())
        .map(rows -> rows.iterator().next());
  }

  Tuple arguments() {
    var tuple =
        Tuple.tuple()
            .addShort((short) lane)
            .addUUID(nonce)
            .addUUID(writer)
            .addLong(sequence)
            .addLong(since)
            .addBoolean(isRetry)
            .addOffsetDateTime(OffsetDateTime.ofInstant(notAfter, ZoneOffset.UTC));
    new ChangeColumns(changes).addTo(tuple);
    return tuple;
  }

  private static List<Judged> judged(Row row) {
    Short refusal = row.getShort("refusal");
    if (refusal != null) {
      return List.of(new Judged(0, refusal, 0));
    }
    var previous = row.getArrayOfLongs("previous");
    var judged = new ArrayList<Judged>();
    for (short verdict : row.getArrayOfShorts("verdicts")) {
      int i = judged.size();
      boolean moved = verdict == Verdict.APPLIED.code() || verdict >= APPLIED_EARLIER;
      judged.add(new Judged(i + 1, verdict, moved ? row.getLong("revision") : previous[i]));
    }
    return judged;
  }
}
