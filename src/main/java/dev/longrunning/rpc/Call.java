package dev.longrunning.rpc;

import java.time.Instant;
import java.util.Optional;

/**
 * What a handler may know of the call that it answers.
 *
 * @param service the service whose operations are meant, as the authority or the path says; {@code
 *     default} unless profiles say otherwise
 * @param deadline when the caller stops waiting
 * @param cached whether the caller takes a cached state ({@code longrunning-consistency: cached})
 * @param transport for logs and metrics
 */
public record Call(
    String service, Optional<Instant> deadline, boolean cached, Transport transport) {
  /** What the call came in on. */
  public enum Transport {
    GRPC,
    REST
  }
}
