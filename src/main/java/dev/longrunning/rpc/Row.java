package dev.longrunning.rpc;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import dev.longrunning.operation.Bytes;
import dev.longrunning.operation.Problem;
import dev.longrunning.profile.HttpRule;
import java.util.List;

/** One row of the method table. */
public sealed interface Row<Q extends Message, A extends Message> permits Method, StreamMethod {
  /** Full name, such as {@code google.longrunning.Operations}. */
  String service();

  /** Such as {@code GetOperation}. */
  String name();

  /** An empty request, to parse into. */
  Q request();

  /** An empty response. */
  A response();

  /** Where REST finds it, whatever the service; empty: where services say, if anywhere. */
  List<HttpRule> rules();

  /** Who may call it. */
  Guard<Q> guard();

  default String fullName() {
    return service() + '/' + name();
  }

  /** Parses a serialized request, or throws {@link Problem} INVALID. */
  default Q parse(Bytes serialized) {
    try {
      return built(request().newBuilderForType().mergeFrom(serialized.array()));
    } catch (InvalidProtocolBufferException e) {
      throw Problem.invalid(
          "request",
          serialized.length() + " bytes that are not one",
          "a serialized " + request().getDescriptorForType().getFullName());
    }
  }

  /** Finishes a request that was filled field by field; {@code builder} is one of its own. */
  @SuppressWarnings("unchecked")
  default Q built(Message.Builder builder) {
    return (Q) builder.build();
  }
}
