package dev.longrunning.rpc;

import java.time.Duration;

/**
 * What the streams of one event loop may take.
 *
 * @param streamsMax open streams; one more is refused
 * @param requestWait longest until the one request of a stream is there whole; of streams with
 *     many, from the first byte of a message to its last
 * @param linger longest that an ended stream waits for its caller to read what was sent
 */
public record StreamSettings(int streamsMax, Duration requestWait, Duration linger) {
  /** Two event loops hold a million streams, with some room. */
  public static final StreamSettings DEFAULT =
      new StreamSettings(600_000, Duration.ofSeconds(30), Duration.ofSeconds(30));
}
