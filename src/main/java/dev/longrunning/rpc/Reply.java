package dev.longrunning.rpc;

import com.google.protobuf.Message;
import dev.longrunning.operation.Bytes;
import java.time.Duration;
import java.util.Optional;

/**
 * A successful answer: the serialized response, and what goes beside it.
 *
 * @param body the response message, serialized; gRPC sends it as it is, REST as JSON
 * @param pollAfter the interval at which a running operation should be asked for again (REST {@code
 *     Retry-After}, gRPC {@code longrunning-poll-after-ms})
 * @param etag names the state, for {@code If-None-Match}; empty if the answer has none
 * @param cookie that a browser is to keep
 */
public record Reply(
    Bytes body, Optional<Duration> pollAfter, Optional<String> etag, Optional<WatchCookie> cookie) {
  /** One that sets no cookie. */
  public Reply(Bytes body, Optional<Duration> pollAfter, Optional<String> etag) {
    this(body, pollAfter, etag, Optional.empty());
  }

  /** The same, which also sets a cookie over HTTP. */
  Reply with(WatchCookie set) {
    return new Reply(body, pollAfter, etag, Optional.of(set));
  }

  public static Reply of(Message response) {
    return of(Bytes.of(response.toByteArray()));
  }

  public static Reply of(Bytes body) {
    return new Reply(body, Optional.empty(), Optional.empty());
  }
}
