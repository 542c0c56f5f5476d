package dev.longrunning.rpc;

import com.google.protobuf.Message;
import dev.longrunning.operation.Problem;
import io.vertx.core.http.HttpServerRequest;
import java.util.Optional;

/**
 * Has calls audited, and everything else taken note of.
 *
 * <p><b>Threads.</b> Confined to its event loop.
 */
public final class AuditRecorder implements CallRecorder {
  private final CallRecorder others;
  private final Audit audit;

  public AuditRecorder(CallRecorder others, Audit audit) {
    this.others = others;
    this.audit = audit;
  }

  /** Remembers what a call was about. */
  private static final class Named implements Recording {
    private final Recording others;
    private String name = "";
    private boolean begun;

    Named(Recording others) {
      this.others = others;
    }

    @Override
    public void decoded(Message request) {
      name = RequestName.of(request);
      others.decoded(request);
    }

    @Override
    public Scope enter() {
      return others.enter();
    }
  }

  @Override
  public void arrived(HttpServerRequest request) {
    others.arrived(request);
  }

  @Override
  public Optional<Problem> begins(Row<?, ?> row, Recording recording) {
    if (!(recording instanceof Named named)) {
      return Optional.empty();
    }
    var refusal = audit.begins(row);
    named.begun = refusal.isEmpty();
    return refusal;
  }

  @Override
  public Recording begun(Row<?, ?> row, Call call) {
    var recording = others.begun(row, call);
    return audit.watches(row) ? new Named(recording) : recording;
  }

  @Override
  public void ended(Ended call) {
    if (!(call.recording() instanceof Named named)) {
      audit.endedUnwatched(call.row(), call.call(), "", call.problem());
      others.ended(call);
      return;
    }
    if (named.begun) {
      audit.ended(call.row(), call.call(), named.name, call.problem());
    } else {
      audit.endedUnwatched(call.row(), call.call(), named.name, call.problem());
    }
    others.ended(call.with(named.others));
  }
}
