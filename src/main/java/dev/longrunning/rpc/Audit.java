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
 * <p><b>Promise.</b> A call that needs a line is not begun while there is no room for one.
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

  /** Why a call must not begin; empty: it may. */
  Optional<Problem> refusal(Row<?, ?> row) {
    return log == null || log.hasRoom() || !watches(row)
        ? Optional.empty()
        : Optional.of(Problem.overloaded("audit lines"));
  }

  /** A call has ended. */
  void ended(Row<?, ?> row, Call call, String name, Optional<Problem> problem) {
    if (log != null && (watches(row) || problem.filter(Audit::isRefusal).isPresent())) {
      log.write(line(row, call, name, problem));
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
