package dev.longrunning.profile;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Optional;

/** Times in the configuration of a service. */
final class Times {
  private static final BigDecimal SECONDS_MAX =
      BigDecimal.valueOf(Duration.ofDays(365).toSeconds());

  private Times() {}

  /** The delays that pollers are recommended; empty if something is wrong with them. */
  static Optional<Polling> polling(YamlMap map) {
    var first = duration(map, "initial_poll_delay", Duration.ofSeconds(5));
    var max = duration(map, "max_poll_delay", Duration.ofSeconds(45));
    double multiplier = 1.5;
    var text = map.text("poll_delay_multiplier");
    if (text.isPresent()) {
      multiplier = number(text.get()).map(BigDecimal::doubleValue).orElse(0.0);
      if (multiplier < 1) {
        map.fault("poll_delay_multiplier", text.get(), "a number, at least 1");
        return Optional.empty();
      }
    }
    if (max.compareTo(first) < 0) {
      map.fault("max_poll_delay", max.toString(), "no less than initial_poll_delay");
      return Optional.empty();
    }
    return Optional.of(new Polling(first, multiplier, max));
  }

  private static Duration duration(YamlMap map, String key, Duration fallback) {
    var text = map.text(key);
    if (text.isEmpty()) {
      return fallback;
    }
    var duration = seconds(text.get().replaceFirst("s$", ""));
    if (duration.isEmpty()) {
      map.fault(key, text.get(), "seconds, as in 5s, more than 0");
    }
    return duration.orElse(fallback);
  }

  /** A time in seconds, more than 0 and at most a year. */
  static Optional<Duration> seconds(String text) {
    return number(text)
        .filter(seconds -> seconds.compareTo(SECONDS_MAX) <= 0)
        .map(seconds -> seconds.movePointRight(3).longValue())
        .filter(millis -> millis > 0)
        .map(Duration::ofMillis);
  }

  private static Optional<BigDecimal> number(String text) {
    try {
      return Optional.of(new BigDecimal(text))
          .filter(n -> Math.abs(n.scale()) < 20 && n.precision() < 20);
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }
}
