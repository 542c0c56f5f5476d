package dev.longrunning.watch;

import java.time.Duration;

/**
 * How watches are kept.
 *
 * @param heartbeat longest that a stream is silent
 * @param stall longest that a caller may leave events unread before its stream is reset
 */
public record HubSettings(Duration heartbeat, Duration stall) {
  public static final HubSettings DEFAULT =
      new HubSettings(Duration.ofSeconds(15), Duration.ofSeconds(30));
}
