package dev.longrunning.grpc;

import com.google.rpc.Status;
import dev.longrunning.connection.Peer;
import dev.longrunning.operation.Problem;
import dev.longrunning.profile.Candidates;
import dev.longrunning.rpc.Call;
import dev.longrunning.rpc.CallBegin;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The headers of gRPC, read and written as its HTTP/2 protocol has them. */
final class GrpcHeaders {
  static final CharSequence STATUS = HttpHeaders.createOptimized("grpc-status");
  static final CharSequence MESSAGE = HttpHeaders.createOptimized("grpc-message");
  static final CharSequence DETAILS = HttpHeaders.createOptimized("grpc-status-details-bin");
  static final CharSequence TIMEOUT = HttpHeaders.createOptimized("grpc-timeout");
  static final CharSequence CONSISTENCY = HttpHeaders.createOptimized(Call.CONSISTENCY);
  static final CharSequence OK = HttpHeaders.createOptimized("0");
  static final CharSequence ENCODING = HttpHeaders.createOptimized("grpc-encoding");
  static final CharSequence ACCEPT_ENCODING = HttpHeaders.createOptimized("grpc-accept-encoding");
  static final CharSequence POLL_AFTER = HttpHeaders.createOptimized("longrunning-poll-after-ms");

  private static final int TIMEOUT_DIGITS_MAX = 8;
  private static final char[] HEX = "0123456789ABCDEF".toCharArray();

  private GrpcHeaders() {}

  /**
   * What the headers say of a call.
   *
   * @param services as the authority says
   */
  static Call call(
      Candidates services, HttpServerRequest request, CallBegin begin, Future<Void> gone) {
    var peer = Peer.of(request);
    var call =
        new Call(
            services,
            peer.network(),
            timeout(request.getHeader(TIMEOUT)).map(begin.at()::plus),
            Call.isCached(request.getHeader(CONSISTENCY)),
            Call.Transport.GRPC,
            gone);
    return call.by(begin).from(peer);
  }

  /** Reads {@code grpc-timeout}: at most eight digits and a unit; null: not sent. */
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
    return Problem.invalid("grpc-timeout", value, "1 to 8 digits and one of H, M, S, m, u, n");
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
