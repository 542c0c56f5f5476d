package dev.longrunning.rpc;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import dev.longrunning.operation.Bytes;
import dev.longrunning.operation.Problem;
import io.vertx.core.Future;
import java.util.List;

/**
 * One row of the method table: a unary method.
 *
 * @param service full name, such as {@code google.longrunning.Operations}
 * @param name such as {@code GetOperation}
 * @param request an empty request, to parse into
 * @param response an empty response
 * @param rules where REST finds it; may be empty
 * @param permission what the caller needs, such as {@code longrunning.operations.get}
 * @param effort what a call of it takes
 */
public record Method<Q extends Message, A extends Message>(
    String service,
    String name,
    Q request,
    A response,
    List<HttpRule> rules,
    String permission,
    Effort effort,
    Handler<Q> handler) {

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
      String permission,
      Handler<Q> handler) {
    this(service, name, request, response, rules, permission, Effort.WORK, handler);
  }

  /** The same, but one that waits. */
  Method<Q, A> waiting() {
    return new Method<>(service, name, request, response, rules, permission, Effort.WAIT, handler);
  }

  public String fullName() {
    return service + '/' + name;
  }

  /** Parses a serialized request, or throws {@link Problem} INVALID. */
  public Q parse(Bytes serialized) {
    try {
      return built(request.newBuilderForType().mergeFrom(serialized.array()));
    } catch (InvalidProtocolBufferException e) {
      throw Problem.invalid(
          "request",
          serialized.length() + " bytes that are not one",
          "a serialized " + request.getDescriptorForType().getFullName());
    }
  }

  /** Finishes a request that was filled field by field; {@code builder} is one of its own. */
  @SuppressWarnings("unchecked")
  public Q built(Message.Builder builder) {
    return (Q) builder.build();
  }
}
