package dev.longrunning.rest;

import dev.longrunning.operation.Problem;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads {@value #HEADER}, by which REST clients say how long they wait: seconds. */
final class ServerTimeout {
  static final String HEADER = "x-server-timeout";

  private static final Pattern SECONDS = Pattern.compile("\\d{1,9}(\\.\\d{1,9})?");

  private ServerTimeout() {}

  /** The time that the caller waits; null: not sent. */
  static Optional<Duration> parse(@Nullable String value) {
    if (value == null) {
      return Optional.empty();
    }
    if (!SECONDS.matcher(value).matches()) {
      throw Problem.invalid(HEADER, value, "seconds, such as 30 or 0.5");
    }
    var nanos = new BigDecimal(value).movePointRight(9);
    return Optional.of(Duration.ofNanos(nanos.longValueExact()));
  }
}
