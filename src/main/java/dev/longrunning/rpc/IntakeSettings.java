package dev.longrunning.rpc;

import java.time.Duration;

/**
 * How long a request may take to come in.
 *
 * @param bodyTime from its headers to the end of its body. 30 s: the largest body at 1.1 Mbit/s
 * @param drainTime what is left of a request that was answered already may still come for so long
 * @param drainBytesMax and no more than this: a client that reads no answer before it has sent
 *     everything still gets one if its body is up to four times too large
 */
public record IntakeSettings(Duration bodyTime, Duration drainTime, int drainBytesMax) {
  public static final IntakeSettings DEFAULT =
      new IntakeSettings(Duration.ofSeconds(30), Duration.ofSeconds(10), 16_777_216);
}
