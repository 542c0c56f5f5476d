package dev.longrunning.rpc;

import com.google.protobuf.Message;
import dev.longrunning.profile.HttpRule;
import io.vertx.core.Future;
import java.util.List;

/**
 * A unary method: one request, one reply. See {@link Row} for what its other parts are.
 *
 * @param effort what a call of it takes
 */
public record Method<Q extends Message, A extends Message>(
    String service,
    String name,
    Q request,
    A response,
    List<HttpRule> rules,
    Guard<Q> guard,
    Effort effort,
    Handler<Q> handler)
    implements Row<Q, A> {

  /** What a call takes. */
  public enum Effort {
    /** It is answered as soon as it can be. */
    WORK,
    /**
     * It is answered once something happens, or its time is up; until then it costs next to
     * nothing.
     */
    WAIT
  }

  /** Answers one call. Never throws: a failure is a failed future of a {@code Problem}. */
  @FunctionalInterface
  public interface Handler<Q extends Message> {
    Future<Reply> handle(Call call, Q request);
  }

  public Method {
    rules = List.copyOf(rules);
  }

  /** A method that is answered as soon as it can be. */
  public Method(
      String service,
      String name,
      Q request,
      A response,
      List<HttpRule> rules,
      Guard<Q> guard,
      Handler<Q> handler) {
    this(service, name, request, response, rules, guard, Effort.WORK, handler);
  }

  /** The same, but one that waits. */
  Method<Q, A> waiting() {
    return new Method<>(service, name, request, response, rules, guard, Effort.WAIT, handler);
  }
}
