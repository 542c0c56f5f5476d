package dev.longrunning.app;

import java.time.Duration;
import java.util.List;

/**
 * How the server stops.
 *
 * @param pause between not being ready any more and refusing connections
 * @param grace how long the calls in flight have then
 */
record StopSettings(Duration pause, Duration grace) {
  static final Setting<Duration> PAUSE =
      new Setting<>(
          "stop.pause",
          "0s",
          "0s..5m",
          SettingParsers.duration(Duration.ZERO, Duration.ofMinutes(5)));
  static final Setting<Duration> GRACE =
      new Setting<>(
          "stop.grace",
          "10s",
          "1s..1h",
          SettingParsers.duration(Duration.ofSeconds(1), Duration.ofHours(1)));

  static final List<Setting<?>> ALL = List.of(PAUSE, GRACE);

  static StopSettings read(SettingSources sources) {
    return new StopSettings(sources.get(PAUSE), sources.get(GRACE));
  }
}
