package dev.longrunning.rpc;

import com.google.protobuf.Message;
import com.google.rpc.Code;
import dev.longrunning.operation.Problem;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.util.Optional;

/** Takes note of every call, for metrics, logs and traces. */
@FunctionalInterface
public interface CallRecorder {
  /**
   * One call, as it ended.
   *
   * @param recording what {@link #begun} answered
   * @param problem why it failed; empty if it did not
   * @param took from its arrival in the pipeline to its answer, of a stream to its end
   */
  record Ended(
      Row<?, ?> row, Call call, Recording recording, Optional<Problem> problem, Duration took) {
    /** Full name of the method. */
    public String method() {
      return row.fullName();
    }

    public Code code() {
      return problem.map(failure -> StatusTable.code(failure.kind())).orElse(Code.OK);
    }

    /** Why it failed, in one word; empty if it did not. */
    public String reason() {
      return problem.map(Problem::reason).orElse("");
    }

    Ended with(Recording other) {
      return new Ended(row, call, other, problem, took);
    }

    public Call.Transport transport() {
      return call.transport();
    }
  }

  /**
   * What is kept of one call from its beginning to its end.
   *
   * <p><b>Threads.</b> That of the call.
   */
  interface Recording {
    /** Keeps nothing. */
    Recording NONE = new Recording() {};

    /** The request, once it is known. */
    default void decoded(Message request) {}

    /** Until the answer is closed, what this thread does is part of the call. */
    default Scope enter() {
      return Scope.NONE;
    }
  }

  /** Ends what {@link Recording#enter} began. */
  interface Scope extends AutoCloseable {
    Scope NONE = () -> {};

    @Override
    void close();
  }

  /** Called for every request, before it is looked at, on its context; must not block or throw. */
  default void arrived(HttpServerRequest request) {}

  /** Called before a call is worked on; why it must not be, as no note could be taken of it. */
  default Optional<Problem> begins(Row<?, ?> row, Recording recording) {
    return Optional.empty();
  }

  /**
   * Called once a call, on the context of its request, before all else; must not block or throw.
   */
  default Recording begun(Row<?, ?> row, Call call) {
    return Recording.NONE;
  }

  /** Called once a call, on its event loop; must not block or throw. */
  void ended(Ended call);
}
