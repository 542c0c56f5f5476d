package dev.longrunning.app;

import dev.longrunning.operation.Problem;
import java.time.Duration;
import java.util.List;

/**
 * How the server stops.
 *
 * @param pause between not being ready any more and refusing connections
 * @param grace how long the calls in flight have then
 * @param drain the part of it in which streams, and calls that wait, are ended one after the other
 */
record StopSettings(Duration pause, Duration grace, Duration drain) {
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

  /** In place of a time. */
  private static final Duration AUTO = Duration.ofMillis(-1);

  static final Setting<Duration> DRAIN =
      new Setting<>(
          "stop.drain",
          "auto",
          "0s..48m, no more than four fifths of stop.grace; or auto: half of it",
          SettingParsers.or(
              "auto", AUTO, SettingParsers.duration(Duration.ZERO, Duration.ofMinutes(48))));

  static final List<Setting<?>> ALL = List.of(PAUSE, GRACE, DRAIN);

  static StopSettings read(SettingSources sources) {
    var grace = sources.get(GRACE);
    var drain = sources.get(DRAIN);
    if (drain.equals(AUTO)) {
      return new StopSettings(sources.get(PAUSE), grace, grace.dividedBy(2));
    }
    // The last ones that are ended still have to take their last words.
    var most = grace.multipliedBy(4).dividedBy(5);
    if (drain.compareTo(most) > 0) {
      sources.fault(
          "stop.drain: got "
              + Problem.shown(sources.text(DRAIN))
              + ", allowed up to "
              + most.toMillis()
              + "ms: four fifths of stop.grace");
    }
    return new StopSettings(sources.get(PAUSE), grace, drain);
  }
}
