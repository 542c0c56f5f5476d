package dev.longrunning.rpc;

import com.google.protobuf.Message;
import dev.longrunning.profile.HttpRule;
import java.util.List;

/**
 * A method that answers with any number of replies. See {@link Row} for what its parts are.
 *
 * @param requests how many requests its caller sends
 */
public record StreamMethod<Q extends Message, A extends Message>(
    String service,
    String name,
    Q request,
    A response,
    List<HttpRule> rules,
    Guard<Q> guard,
    Requests requests,
    Handler<Q> handler)
    implements Row<Q, A> {

  /** How many requests a caller sends. */
  public enum Requests {
    /** Exactly one: the stream opens once it is there whole, and nothing came after it. */
    ONE,
    /** Any number, also none, as long as the stream is open; it opens at once. */
    MANY
  }

  /** Opens one stream. */
  @FunctionalInterface
  public interface Handler<Q extends Message> {
    /**
     * Answers who is to be told of what the caller does; a stream may be used and even ended from
     * within. What it throws ends the stream: a {@code Problem} as it is, anything else as
     * INTERNAL.
     */
    StreamListener<Q> open(Call call, StreamPeer peer);
  }

  public StreamMethod {
    rules = List.copyOf(rules);
  }
}
