package dev.longrunning.service;

import dev.longrunning.operation.Change.Composable;
import dev.longrunning.operation.MergedUpdate;
import dev.longrunning.operation.OperationKey;
import dev.longrunning.operation.Problem;
import dev.longrunning.operation.Problem.Kind;
import dev.longrunning.service.Producer.Written;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * The changes of one operation that one stream reports, in their order.
 *
 * <p><b>Promise.</b> A change is given to the store once the one before it is answered. Updates
 * that wait one behind the other and that nobody could tell apart are merged, and all of them have
 * the answer of the one they became; nothing is merged into a change that was given to the store.
 * If the database does not answer one, those that wait behind it are refused and were not begun: so
 * nothing is made without what came before it only because that was unlucky.
 *
 * <p><b>Threads.</b> Confined to the event loop of its stream.
 *
 * <p><b>Bounds.</b> Those of its stream.
 */
final class ReportQueue implements WriteTurns.Claim {
  /** What a queue is part of. */
  interface Owner {
    /** Asks for a turn at the store. */
    void claim(ReportQueue queue);

    /** Gives a change to the store. Never throws. */
    Future<Written> write(Composable change);

    /** Nothing is under way any more. */
    void idle(ReportQueue queue);
  }

  private static final class Waiting {
    private Composable change;
    private final List<Promise<Written>> reports = new ArrayList<>(1);

    Waiting(Composable change) {
      this.change = change;
    }
  }

  private final OperationKey key;
  private final Owner owner;
  private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();

  /** Whether a turn was asked for, or has come and its change is not answered. */
  private boolean claimed;

  ReportQueue(OperationKey key, Owner owner) {
    this.key = key;
    this.owner = owner;
  }

  OperationKey key() {
    return key;
  }

  Future<Written> add(Composable change) {
    Promise<Written> promise = Promise.promise();
    last(change).reports.add(promise);
    claim();
    return promise.future();
  }

  /** The one that waits last, with this change merged into it, or a new one. */
  private Waiting last(Composable change) {
    var last = waiting.peekLast();
    if (last != null) {
      var merged = MergedUpdate.of(last.change, change);
      if (merged.isPresent()) {
        last.change = merged.get();
        return last;
      }
    }
    var added = new Waiting(change);
    waiting.add(added);
    return added;
  }

  /** Refuses everything that was not given to the store. */
  void refuse(Problem problem) {
    var refused = List.copyOf(waiting);
    waiting.clear();
    refused.forEach(each -> fail(each, problem));
  }

  /** Forgets everything that was not given to the store: nobody is there to hear of it. */
  void drop() {
    waiting.clear();
  }

  private void claim() {
    if (!claimed) {
      claimed = true;
      owner.claim(this);
    }
  }

  @Override
  public int weight() {
    return waiting.isEmpty() ? 0 : waiting.element().change.weight();
  }

  @Override
  public Future<Written> begin() {
    if (waiting.isEmpty()) {
      next();
      return Future.failedFuture(Problem.cancelled());
    }
    var begun = waiting.remove();
    return owner.write(begun.change).transform(written -> answered(begun, written));
  }

  private Future<Written> answered(Waiting begun, AsyncResult<Written> written) {
    if (written.failed()) {
      failed(begun, written.cause());
      return Future.failedFuture(written.cause());
    }
    begun.reports.forEach(report -> report.complete(written.result()));
    next();
    return Future.succeededFuture(written.result());
  }

  private void failed(Waiting begun, Throwable failure) {
    begun.reports.forEach(report -> report.fail(failure));
    if (failure instanceof Problem problem && problem.kind() == Kind.UNAVAILABLE) {
      refuse(ofThoseBehind(problem));
    }
    next();
  }

  /** Of them it is known that they were not begun. */
  private static Problem ofThoseBehind(Problem problem) {
    return problem.reason().equals(Problem.outcomeUnknown().reason())
        ? Problem.databaseUnavailable()
        : problem;
  }

  private void next() {
    claimed = false;
    if (waiting.isEmpty()) {
      owner.idle(this);
    } else {
      claim();
    }
  }

  private static void fail(Waiting refused, Problem problem) {
    refused.reports.forEach(report -> report.fail(problem));
  }
}
