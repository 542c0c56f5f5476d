package dev.longrunning.rpc;

import com.google.protobuf.Any;
import com.google.protobuf.Message;
import com.google.protobuf.Timestamp;
import dev.longrunning.operation.Bytes;
import dev.longrunning.operation.Change.Guard;
import dev.longrunning.operation.Contents;
import dev.longrunning.operation.OperationKey;
import dev.longrunning.operation.Progress;
import dev.longrunning.v1.UpdateOperationRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Parts of requests as our own values. The requests are within their {@link Bounds}. */
final class Decoding {
  /** Equals no lease's token: those are random. */
  private static final UUID NO_TOKEN = new UUID(0, 0);

  private Decoding() {}

  /** The operation that is meant; throws if it is none of a service that the call is for. */
  static OperationKey key(Call call, String service, String name) {
    return new OperationKey(call.services().ofOperation(service, "name", name).id(), name);
  }

  static Optional<UUID> request(String requestId) {
    return requestId.isEmpty() ? Optional.empty() : Optional.of(UUID.fromString(requestId));
  }

  static Guard guard(String requestId, String leaseToken, long version) {
    return new Guard(request(requestId).orElse(null), token(leaseToken), version);
  }

  private static @Nullable UUID token(String leaseToken) {
    if (leaseToken.isEmpty()) {
      return null;
    }
    try {
      var token = UUID.fromString(leaseToken);
      // fromString is lenient: what is not spelt as we did is not ours.
      return token.toString().equals(leaseToken) ? token : NO_TOKEN;
    } catch (IllegalArgumentException e) {
      return NO_TOKEN;
    }
  }

  static Duration duration(com.google.protobuf.Duration duration) {
    return Duration.ofSeconds(duration.getSeconds(), duration.getNanos());
  }

  static Optional<Duration> duration(boolean set, com.google.protobuf.Duration duration) {
    return set ? Optional.of(duration(duration)) : Optional.empty();
  }

  static Bytes serialized(Message message) {
    return Bytes.of(message.toByteArray());
  }

  /** No result at all is an empty one. */
  static Bytes response(boolean set, Any response) {
    return set ? serialized(response) : Bytes.EMPTY;
  }

  static @Nullable Bytes metadata(boolean set, Any metadata) {
    return set ? serialized(metadata) : null;
  }

  static @Nullable Progress progress(boolean set, dev.longrunning.v1.Progress progress) {
    if (!set) {
      return null;
    }
    return new Progress(
        progress.getDoneUnits(),
        progress.getTotalUnits(),
        progress.getUnit(),
        progress.getMessage(),
        progress.hasEstimatedEndTime() ? instant(progress.getEstimatedEndTime()) : null);
  }

  /** When the newest signal was received that the producer knows; empty: none. */
  static Optional<Instant> heard(UpdateOperationRequest update) {
    return update.hasSignalsHeardTime()
        ? Optional.of(instant(update.getSignalsHeardTime()))
        : Optional.empty();
  }

  private static Instant instant(Timestamp time) {
    return Instant.ofEpochSecond(time.getSeconds(), time.getNanos());
  }

  /** What an update replaces: what its mask names, or else what is set. */
  static Contents contents(UpdateOperationRequest update) {
    var masked = replaced(update);
    boolean metadata = masked.contains("metadata");
    boolean progress = masked.contains("progress");
    boolean labels = masked.contains("labels");
    return new Contents(
        metadata,
        metadata(metadata && update.hasMetadata(), update.getMetadata()),
        progress,
        progress(progress && update.hasProgress(), update.getProgress()),
        labels,
        labels ? update.getLabelsMap() : Map.of());
  }

  private static Set<String> replaced(UpdateOperationRequest update) {
    if (update.getUpdateMask().getPathsCount() > 0) {
      return Set.copyOf(new HashSet<>(update.getUpdateMask().getPathsList()));
    }
    var set = new HashSet<String>();
    if (update.hasMetadata()) {
      set.add("metadata");
    }
    if (update.hasProgress()) {
      set.add("progress");
    }
    if (!update.getLabelsMap().isEmpty()) {
      set.add("labels");
    }
    return set;
  }
}
