package dev.longrunning.store.pg;

import dev.longrunning.operation.Adopt;
import dev.longrunning.operation.Answer;
import dev.longrunning.operation.Answer.Verdict;
import dev.longrunning.operation.Change;
import dev.longrunning.operation.Change.Cancel;
import dev.longrunning.operation.Change.Start;
import dev.longrunning.store.ChangeLog;
import dev.longrunning.store.ChangeLog.Entry;
import dev.longrunning.store.Written;
import dev.longrunning.store.Written.Made;
import io.vertx.sqlclient.Row;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What {@code longrunning.apply} answers: one row, with an array a column, an element a change.
 *
 * <p><b>Threads.</b> Confined to the store's event loop.
 */
final class Verdicts {
  private static final int APPLIED = Verdict.APPLIED.code();
  private static final int ADOPTED = Verdict.ADOPTED.code();
  private static final int APPLIED_EARLIER = 100;
  private static final int NOT_JUDGED = 101;

  private final long revision;
  private final Instant at;
  private final Short[] verdicts;
  private final @Nullable Long[] previous;
  private final @Nullable OffsetDateTime[] times;
  private final @Nullable OffsetDateTime[] cancels;
  private final @Nullable OffsetDateTime @Nullable [] estimates;
  private final @Nullable UUID[] tokens;
  private final @Nullable OffsetDateTime[] ends;
  private final @Nullable String @Nullable [] homes;

  /** Reads the answer to a batch that was not refused as a whole. */
  Verdicts(Row row) {
    revision = row.getLong("revision");
    at = Rows.present(row, "at");
    verdicts = row.getArrayOfShorts("verdicts");
    previous = row.getArrayOfLongs("previous");
    times = row.getArrayOfOffsetDateTimes("times");
    cancels = row.getArrayOfOffsetDateTimes("cancels");
    estimates = row.getArrayOfOffsetDateTimes("estimates");
    tokens = row.getArrayOfUUIDs("lease_tokens");
    ends = row.getArrayOfOffsetDateTimes("lease_ends");
    homes = row.getArrayOfStrings("homes");
  }

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

  /** Reads why, or null; {@code since} is the revision that the writer knew. */
  static @Nullable Refusal refusal(Row row, long since) {
    Short refusal = row.getShort("refusal");
    if (refusal == null) {
      return null;
    }
    return switch (refusal) {
      case -1 -> row.getLong("revision") < since ? Refusal.REWOUND : Refusal.OTHER_HISTORY;
      case -2 -> Refusal.TOO_LATE;
      case -3 -> Refusal.OVERTAKEN;
      default -> throw new IllegalStateException("no refusal " + refusal);
    };
  }

  /** What came of each change, in the order of the batch; null: it is to be judged again. */
  List<@Nullable Answer> answers(Batch batch) {
    var answers = new ArrayList<@Nullable Answer>(batch.rows.size());
    for (var pending : batch.rows) {
      int code = verdicts[answers.size()];
      var change = pending.change();
      answers.add(
          switch (code) {
            case NOT_JUDGED -> null;
            case APPLIED_EARLIER -> earlier(change);
            default -> answer(answers.size(), change);
          });
    }
    return answers;
  }

  /**
   * What the batch left in the log, if this attempt of it left something. One that was applied by
   * an earlier attempt is not told of: what it was applied to is not known.
   */
  Optional<Written> written(Batch batch, List<@Nullable Answer> answers, UUID epoch) {
    var entries = new ArrayList<Entry>(batch.rows.size());
    var made = new ArrayList<Made>(batch.rows.size());
    for (int i = 0; i < batch.rows.size(); i++) {
      if (verdicts[i] == APPLIED || verdicts[i] == ADOPTED) {
        var change = batch.rows.get(i).change();
        entries.add(new Entry(change.key(), change.kind(), homes == null ? null : homes[i]));
        made.add(new Made(change, Objects.requireNonNull(answers.get(i))));
      }
    }
    if (entries.isEmpty()) {
      return Optional.empty();
    }
    var logged = new ChangeLog.Batch(batch.queue.lane(), revision, at, entries);
    return Optional.of(new Written(epoch, logged, made));
  }

  private Answer answer(int i, Change change) {
    var verdict = Verdict.ofCode(verdicts[i]);
    boolean applied = verdict == Verdict.APPLIED;
    var time = applied ? times[i].toInstant() : at;
    var cancel = instant(cancels[i]);
    return new Answer(
        verdict,
        applied ? revision : previous[i],
        previous[i],
        time,
        applied && cancel == null && change instanceof Cancel ? time : cancel,
        applied && estimates != null ? instant(estimates[i]) : null,
        verdict.isRefusal() || ends[i] == null
            ? null
            : new Answer.Lease(token(i, verdict, change), ends[i].toInstant()));
  }

  private UUID token(int i, Verdict verdict, Change change) {
    if (verdict == Verdict.ADOPTED) {
      return ((Adopt) change).token();
    }
    return verdict == Verdict.APPLIED && change instanceof Start start
        ? Objects.requireNonNull(start.lease()).token()
        : tokens[i];
  }

  /** Found in the log: applied, but what it was applied to is not known. */
  private Answer earlier(Change change) {
    if (change instanceof Adopt adopt) {
      // The revision of its row in the log is no version of the operation.
      var lease = new Answer.Lease(adopt.token(), at.plus(adopt.duration()));
      return new Answer(Verdict.ADOPTED, Answer.UNKNOWN, Answer.UNKNOWN, at, null, null, lease);
    }
    return new Answer(
        Verdict.APPLIED, revision, Answer.UNKNOWN, at, null, null, earlierLease(change));
  }

  private Answer.@Nullable Lease earlierLease(Change change) {
    if (change instanceof Start start && start.lease() != null) {
      return new Answer.Lease(start.lease().token(), at.plus(start.lease().duration()));
    }
    return null;
  }

  private static @Nullable Instant instant(@Nullable OffsetDateTime time) {
    return time == null ? null : time.toInstant();
  }
}
