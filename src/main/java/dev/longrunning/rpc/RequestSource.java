package dev.longrunning.rpc;

import com.google.protobuf.Message;
import dev.longrunning.operation.Problem;
import java.util.Optional;

/** Where the request of a call comes from: the bytes of a transport. */
@FunctionalInterface
public interface RequestSource<Q extends Message> {
  /** Reads all of it, or throws a {@link Problem} that says what is wrong. */
  Q decode();

  /** What is known of it if that cannot be read; empty: nothing. */
  default Optional<Q> outline() {
    return Optional.empty();
  }
}
