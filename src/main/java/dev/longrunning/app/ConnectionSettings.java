package dev.longrunning.app;

import dev.longrunning.connection.Limits;
import java.time.Duration;
import java.util.List;

/**
 * How long connections live, and how many there are.
 *
 * @param ageMax zero: as long as they like
 * @param idleMax without a call in flight
 * @param max of all callers
 */
record ConnectionSettings(Duration ageMax, Duration idleMax, int max) {
  static final Setting<Duration> AGE_MAX =
      new Setting<>(
          "connection.age-max",
          "1h",
          "1m..7d, or off",
          SettingParsers.or(
              "off",
              Duration.ZERO,
              SettingParsers.duration(Duration.ofMinutes(1), Duration.ofDays(7))));
  static final Setting<Duration> IDLE_MAX =
      new Setting<>(
          "connection.idle-max",
          "5m",
          "15s..24h",
          SettingParsers.duration(Duration.ofSeconds(15), Duration.ofHours(24)));
  static final Setting<Integer> MAX =
      new Setting<>("connection.max", "16384", "16..1000000", SettingParsers.count(16, 1_000_000));

  static final List<Setting<?>> ALL = List.of(AGE_MAX, IDLE_MAX, MAX);

  /** After the longest wait that a call may ask for: none is cut off for its connection's age. */
  private static final Duration GRACE_BEYOND_WAITS = Duration.ofMinutes(1);

  static ConnectionSettings read(SettingSources sources) {
    return new ConnectionSettings(sources.get(AGE_MAX), sources.get(IDLE_MAX), sources.get(MAX));
  }

  /** What the port keeps to. */
  static Limits limits(Settings settings) {
    var own = settings.connections();
    return new Limits(
        own.ageMax(),
        own.idleMax(),
        settings.waitMax().plus(GRACE_BEYOND_WAITS),
        own.max(),
        settings.callers().connectionsMax());
  }
}
