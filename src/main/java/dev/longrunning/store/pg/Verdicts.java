package dev.longrunning.store.pg;

import dev.longrunning.operation.Adopt;
import dev.longrunning.operation.Answer;
import dev.longrunning.operation.Answer.Verdict;
import dev.longrunning.operation.Change;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What {@code longrunning.apply} answers, and to whom. */
final class Verdicts {
  private static final int APPLIED_EARLIER = 100;
  private static final int NOT_JUDGED = 101;

  private Verdicts() {}

  /** Why a whole batch was refused; nothing of it was applied. */
  enum Refusal {
    /** The writer's epoch is not the database's. */
    OTHER_HISTORY,
    /** The database holds less than this writer was told of: it was set back. */
    REWOUND,
    TOO_LATE,
    /** A later batch of this writer was applied already. */
    OVERTAKEN
  }

  /** Reads why; {@code since} is the revision that the writer knew. */
  static Refusal refusal(Row row, long since) {
    return switch (row.getShort("verdict")) {
      case -1 -> row.getLong("version") < since ? Refusal.REWOUND : Refusal.OTHER_HISTORY;
      case -2 -> Refusal.TOO_LATE;
      case -3 -> Refusal.OVERTAKEN;
      default -> throw new IllegalStateException("no refusal " + row.getShort("verdict"));
    };
  }

  /** Answers every row of the batch; returns the newest revision that was told. */
  static long deliver(Batch batch, RowSet<Row> rows, Consumer<Pending> release) {
    List<Pending> notJudged = new ArrayList<>();
    long revision = 0;
    for (var row : rows) {
      var pending = batch.rows.get(row.getInteger("ord") - 1);
      int code = row.getShort("verdict");
      if (code == NOT_JUDGED) {
        notJudged.add(pending);
        continue;
      }
      var answer = code == APPLIED_EARLIER ? earlier(row, pending.change()) : answer(row, code);
      if (answer.verdict() == Verdict.APPLIED) {
        revision = Math.max(revision, answer.version());
      }
      release.accept(pending);
      pending.promise().tryComplete(answer);
    }
    batch.queue.putBack(notJudged);
    return revision;
  }

  private static Answer answer(Row row, int code) {
    var token = row.getUUID("lease_token");
    return new Answer(
        Verdict.ofCode(code),
        row.getLong("version"),
        row.getLong("previous"),
        Rows.present(row, "at"),
        Rows.instant(row, "cancel_request_time"),
        Rows.instant(row, "estimated_end_time"),
        token == null ? null : new Answer.Lease(token, Rows.present(row, "lease_expires_at")));
  }

  /** Found in the log: applied, but what it was applied to is not known. */
  private static Answer earlier(Row row, Change change) {
    var at = Rows.present(row, "at");
    if (change instanceof Adopt adopt) {
      // The revision of its row in the log is no version of the operation.
      var lease = new Answer.Lease(adopt.token(), at.plus(adopt.duration()));
      return new Answer(Verdict.ADOPTED, Answer.UNKNOWN, Answer.UNKNOWN, at, null, null, lease);
    }
    return new Answer(
        Verdict.APPLIED, row.getLong("version"), Answer.UNKNOWN, at, null, null, lease(change, at));
  }

  private static Answer.@Nullable Lease lease(Change change, Instant at) {
    if (change instanceof Change.Start start && start.lease() != null) {
      return new Answer.Lease(start.lease().token(), at.plus(start.lease().duration()));
    }
    return null;
  }
}
