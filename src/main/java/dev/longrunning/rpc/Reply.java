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
 */
public record Reply(Bytes body, Optional<Duration> pollAfter, Optional<String> etag) {
  public static Reply of(Message response) {
    return of(Bytes.of(response.toByteArray()));
  }

  public static Reply of(Bytes body) {
    return new Reply(body, Optional.empty(), Optional.empty());
  }
}
