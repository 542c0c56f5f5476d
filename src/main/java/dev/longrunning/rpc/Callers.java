package dev.longrunning.rpc;

import dev.longrunning.auth.Identity;
import dev.longrunning.operation.CallerProblems;
import io.vertx.core.Future;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * Finds out who makes a request, before anything else of it is looked at.
 *
 * <p><b>Promise.</b> Who may be anybody is not asked. While a credential has to be looked into
 * elsewhere, nothing of the request's body is read.
 *
 * <p><b>Threads.</b> Confined to one event loop.
 */
public final class Callers {
  /** Nobody is asked who they are. */
  public static final Callers UNASKED =
      new Callers((request, row) -> Future.succeededFuture(Identity.ANYBODY));

  /** Takes what a request shows for a proof of who makes it. */
  @FunctionalInterface
  public interface Proof {
    /** Fails UNAUTHENTICATED, or UNAVAILABLE; complete at once wherever that can be. */
    Future<Identity> of(HttpServerRequest request, Row<?, ?> row);
  }

  /** For as long a credential may be looked into. */
  private static final Duration WAIT = Duration.ofSeconds(5);

  private final Proof proof;

  public Callers(Proof proof) {
    this.proof = proof;
  }

  private static Throwable problem(Throwable failure) {
    return failure instanceof TimeoutException ? CallerProblems.issuerUnavailable() : failure;
  }

  /**
   * Asks who makes a request for a method.
   *
   * @param begun when it came
   * @param lets whether the request's body may come as soon as it has been taken on; else whoever
   *     takes it on asks for it
   * @param then takes it on
   * @param refused told why nobody does
   */
  public void ask(
      HttpServerRequest request,
      Row<?, ?> row,
      Instant begun,
      boolean lets,
      Consumer<CallBegin> then,
      Consumer<Throwable> refused) {
    if (row.guard().who() == Guard.Who.ANYBODY) {
      then.accept(new CallBegin(begun, Identity.ANYBODY));
      return;
    }
    var answer = proof.of(request, row);
    if (answer.isComplete()) {
      answer.onComplete(who -> then.accept(new CallBegin(begun, who)), refused::accept);
      return;
    }
    request.pause();
    answer
        .timeout(WAIT.toMillis(), TimeUnit.MILLISECONDS)
        .recover(late -> Future.failedFuture(problem(late)))
        .onComplete(
            who -> {
              if (!request.response().closed()) {
                then.accept(new CallBegin(begun, who));
                if (lets) {
                  request.resume();
                }
              }
            },
            failure -> {
              if (!request.response().closed()) {
                refused.accept(failure);
                request.resume();
              }
            });
  }
}
