package dev.longrunning.rpc;

import com.google.rpc.Code;
import dev.longrunning.observe.AuditLine;
import dev.longrunning.observe.LineLog;
import dev.longrunning.operation.Problem;
import dev.longrunning.profile.SignalVerb;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Writes a line for every call that somebody may be asked about later.
 *
 * <p><b>Promise.</b> A call that needs a line is begun only once room is kept for it. Lines of
 * refusals, which anybody can cause, take no such room: where it is short they are left out and
 * counted.
 *
 * <p><b>Threads.</b> Any.
 */
public final class Audit {
  /** Writes nothing. */
  public static final Audit NONE = new Audit(null, InstantSource.system());

  private static final Set<String> WATCHED =
      Set.of(
          "google.longrunning.Operations/CancelOperation",
          "google.longrunning.Operations/DeleteOperation",
          ProducerMethods.SERVICE + "/AdoptOperation",
          ProducerMethods.SERVICE + "/CompleteOperation",
          WatcherMethods.SERVICE + "/MintWatchToken");

  private final @Nullable LineLog log;
  private final InstantSource clock;

  public Audit(@Nullable LineLog log, InstantSource clock) {
    this.log = log;
    this.clock = clock;
  }

  /** Whether calls of a method have a line, however they end. */
  boolean watches(Row<?, ?> row) {
    return log != null && (WATCHED.contains(row.fullName()) || isSignal(row));
  }

  private static boolean isSignal(Row<?, ?> row) {
    return row.guard().permission().equals(SignalVerb.PERMISSION);
  }

  /** Keeps room for the line of a call that is watched; why it must not begin; empty: it may. */
  Optional<Problem> begins(Row<?, ?> row) {
    return log == null || !watches(row) || log.reserve()
        ? Optional.empty()
        : Optional.of(Problem.overloaded("audit lines"));
  }

  /** A call that is watched, and began, has ended. */
  void ended(Row<?, ?> row, Call call, String name, Optional<Problem> problem) {
    if (log != null) {
      log.writeReserved(line(row, call, name, problem));
    }
  }

  /** A call that is not watched, or did not begin, has ended. */
  void endedUnwatched(Row<?, ?> row, Call call, String name, Optional<Problem> problem) {
    if (log != null && problem.filter(Audit::isRefusal).isPresent()) {
      log.writeIfRoom(line(row, call, name, problem));
    }
  }

  private static boolean isRefusal(Problem problem) {
    return problem.kind() == Problem.Kind.DENIED || problem.kind() == Problem.Kind.UNAUTHENTICATED;
  }

  private AuditLine line(Row<?, ?> row, Call call, String name, Optional<Problem> problem) {
    var facts = problem.map(Problem::facts);
    String denied = facts.map(all -> all.getOrDefault("resource", "")).orElse("");
    return new AuditLine(
        clock.instant(),
        call.isKnown() ? call.identity().principal() : "",
        call.address(),
        call.transport().name().toLowerCase(Locale.ROOT),
        row.fullName(),
        name.isEmpty() ? denied : name,
        problem.map(why -> StatusTable.code(why.kind())).orElse(Code.OK).name(),
        problem.map(Problem::reason).orElse(""),
        facts.map(all -> all.getOrDefault("permission", "")).orElse(""));
  }
}
