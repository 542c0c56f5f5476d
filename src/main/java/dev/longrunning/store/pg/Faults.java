package dev.longrunning.store.pg;

import dev.longrunning.operation.Problem;
import io.vertx.pgclient.PgException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What an error of the database means. The only place that looks at SQLSTATEs. */
final class Faults {
  private static final Logger log = LoggerFactory.getLogger(Faults.class);

  private Faults() {}

  /**
   * Whether the statement itself was refused, for what it holds: sent again it is refused again.
   *
   * <p>Classes 22 (data), 23 (constraint) and 54 (limit).
   */
  static boolean isDefinite(Throwable error) {
    var state = state(error);
    return state.startsWith("22") || state.startsWith("23") || state.startsWith("54");
  }

  /**
   * Whether the server has no disk or memory left (class 53): nothing was changed, and what needs
   * less of it may still work.
   */
  static boolean isExhausted(Throwable error) {
    return state(error).startsWith("53");
  }

  /** Whether the connection is of no more use, or leads to a server that cannot write. */
  static boolean isFatalToConnection(Throwable error) {
    var state = state(error);
    return state.isEmpty()
        || state.startsWith("08")
        || state.startsWith("57P")
        || state.startsWith("25")
        // A prepared statement that no longer fits the schema, or that the server forgot.
        || state.equals("0A000")
        || state.equals("26000")
        || state.equals("XX000");
  }

  /** The failure of a read, or of whatever else may simply be tried again. */
  static Problem problem(Throwable error) {
    if (error instanceof Links.NotSent) {
      return Problem.databaseUnavailable();
    }
    if (error instanceof Problem problem) {
      return problem;
    }
    var state = state(error);
    // 42: schema or rights are not as they must be. Nobody is helped by trying again.
    if (isDefinite(error) || state.startsWith("42")) {
      return Problem.broken("the database refused a statement (" + state + ")", error);
    }
    if (isExhausted(error)) {
      return Problem.databaseExhausted(state);
    }
    log.atDebug().addKeyValue("sqlstate", state).setCause(error).log("statement.failed");
    return Problem.databaseUnavailable();
  }

  /** Five characters; empty if the database did not answer with an error. */
  static String state(Throwable error) {
    if (error instanceof PgException pg && pg.getSqlState() != null) {
      return pg.getSqlState();
    }
    return "";
  }
}
