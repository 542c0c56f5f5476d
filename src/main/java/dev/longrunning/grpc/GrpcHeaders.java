package dev.longrunning.grpc;

import com.google.rpc.Status;
import dev.longrunning.operation.Problem;
import io.vertx.core.MultiMap;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The headers of gRPC, read and written as its HTTP/2 protocol has them. */
final class GrpcHeaders {
  static final String STATUS = "grpc-status";
  static final String MESSAGE = "grpc-message";
  static final String DETAILS = "grpc-status-details-bin";
  static final String TIMEOUT = "grpc-timeout";
  static final String ENCODING = "grpc-encoding";
  static final String ACCEPT_ENCODING = "grpc-accept-encoding";
  static final String POLL_AFTER = "longrunning-poll-after-ms";

  private static final int TIMEOUT_DIGITS_MAX = 8;
  private static final char[] HEX = "0123456789ABCDEF".toCharArray();

  private GrpcHeaders() {}

  /** Reads {@value #TIMEOUT}: at most eight digits and a unit; null: not sent. */
  static Optional<Duration> timeout(@Nullable String value) {
    if (value == null) {
      return Optional.empty();
    }
    int digits = value.length() - 1;
    if (digits < 1
        || digits > TIMEOUT_DIGITS_MAX
        || !value.chars().limit(digits).allMatch(c -> c >= '0' && c <= '9')) {
      throw badTimeout(value);
    }
    long count = Long.parseLong(value.substring(0, digits));
    return Optional.of(
        switch (value.charAt(digits)) {
          case 'H' -> Duration.ofHours(count);
          case 'M' -> Duration.ofMinutes(count);
          case 'S' -> Duration.ofSeconds(count);
          case 'm' -> Duration.ofMillis(count);
          case 'u' -> Duration.ofNanos(1_000 * count);
          case 'n' -> Duration.ofNanos(count);
          default -> throw badTimeout(value);
        });
  }

  private static Problem badTimeout(String value) {
    return Problem.invalid(TIMEOUT, value, "1 to 8 digits and one of H, M, S, m, u, n");
  }

  /** Writes the status of a failed call. */
  static void putStatus(MultiMap headers, Status status) {
    headers
        .set(STATUS, Integer.toString(status.getCode()))
        .set(MESSAGE, percentEncoded(status.getMessage()))
        .set(DETAILS, Base64.getEncoder().withoutPadding().encodeToString(status.toByteArray()));
  }

  static String percentEncoded(String message) {
    var encoded = new StringBuilder(message.length() + 16);
    for (byte octet : message.getBytes(StandardCharsets.UTF_8)) {
      if (octet >= ' ' && octet <= '~' && octet != '%') {
        encoded.append((char) octet);
      } else {
        encoded.append('%').append(HEX[(octet >> 4) & 0xF]).append(HEX[octet & 0xF]);
      }
    }
    return encoded.toString();
  }
}
