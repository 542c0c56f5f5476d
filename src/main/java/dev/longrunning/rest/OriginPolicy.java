package dev.longrunning.rest;

import dev.longrunning.operation.Problem;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.HostAndPort;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.HashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Keeps web pages from driving this port through their visitor's browser.
 *
 * <p><b>Promise.</b> On a loopback address only requests for a loopback name (or a listed host) are
 * let through: a page that has its own name resolve to 127.0.0.1 sends that name as Host. A request
 * with an Origin must come from a page of this very port or of a listed origin; the browser cannot
 * leave that header out. Programs that are no browser send no Origin and are not affected.
 *
 * <p>Applies to every transport on the port.
 */
public final class OriginPolicy {
  private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]", "::1");

  /** What a listed page may read beyond what any page may. */
  private static final String EXPOSED =
      "etag, retry-after, grpc-status, grpc-message, grpc-status-details-bin,"
          + " longrunning-poll-after-ms";

  private static final String PREFLIGHT_SECONDS = "600";

  /** A request target that begins with a scheme and names the host, as for a proxy. */
  private static final Pattern ABSOLUTE =
      Pattern.compile("[a-z][a-z0-9+.-]*://([^/?#]*).*", Pattern.CASE_INSENSITIVE);

  private final boolean checksHost;
  private final Set<String> hosts;
  private final Set<String> origins;

  private OriginPolicy(boolean checksHost, Set<String> hosts, Set<String> origins) {
    this.checksHost = checksHost;
    this.hosts = hosts;
    this.origins = origins;
  }

  /**
   * Makes the policy of a port.
   *
   * @param loopback whether it listens on a loopback address only
   * @param hosts further names that it may be asked by there, without a port
   * @param origins pages that may use it, such as {@code https://console.example.com}
   */
  public static OriginPolicy of(boolean loopback, Set<String> hosts, Set<String> origins) {
    var allHosts = new HashSet<>(LOOPBACK);
    hosts.forEach(host -> allHosts.add(host.toLowerCase(Locale.ROOT)));
    var allOrigins = new HashSet<String>();
    origins.forEach(origin -> allOrigins.add(origin.toLowerCase(Locale.ROOT)));
    return new OriginPolicy(loopback, Set.copyOf(allHosts), Set.copyOf(allOrigins));
  }

  /** Why the request must not be answered, if so. */
  public Optional<Problem> refusal(HttpServerRequest request) {
    var fault = hostFault(request);
    if (fault.isPresent()) {
      return fault;
    }
    var authority = request.authority();
    if (checksHost && !isKnownHost(authority)) {
      String host = authority == null ? "none" : authority.host();
      return Optional.of(
          Problem.denied("host: got " + Problem.shown(host) + ", allowed a loopback name"));
    }
    var origin = request.getHeader(HttpHeaders.ORIGIN);
    if (origin == null || isListed(origin) || isSame(origin, authority)) {
      return Optional.empty();
    }
    return Optional.of(
        Problem.denied("origin: got " + Problem.shown(origin) + ", allowed this port's own"));
  }

  /**
   * What is wrong with how the request names the host. Where two names could be meant, a proxy in
   * front might have decided by the other one.
   */
  private static Optional<Problem> hostFault(HttpServerRequest request) {
    if (request.version() == HttpVersion.HTTP_2) {
      // The library has compared the pseudo header with the other one.
      return Optional.empty();
    }
    var hosts = request.headers().getAll(HttpHeaders.HOST);
    if (hosts.size() > 1 || (hosts.isEmpty() && request.version() == HttpVersion.HTTP_1_1)) {
      String got = hosts.isEmpty() ? "none" : "several";
      return Optional.of(Problem.invalid("host", got, "one"));
    }
    var target = ABSOLUTE.matcher(request.uri());
    if (target.matches()
        && !target.group(1).equalsIgnoreCase(request.getHeader(HttpHeaders.HOST))) {
      return Optional.of(Problem.invalid("host", "another one than in the path", "the same"));
    }
    return Optional.empty();
  }

  /** Lets a listed page read the answer; answers its preflight request itself. */
  public boolean answersPreflight(HttpServerRequest request) {
    var origin = request.getHeader(HttpHeaders.ORIGIN);
    if (origin == null || !isListed(origin)) {
      return false;
    }
    request
        .response()
        .putHeader("access-control-allow-origin", origin)
        // Of cookies there is one, for a watch that the page had a token made for.
        .putHeader("access-control-allow-credentials", "true")
        .putHeader("access-control-expose-headers", EXPOSED)
        .putHeader("vary", "Origin");
    boolean preflight =
        request.method().equals(HttpMethod.OPTIONS)
            && request.getHeader("access-control-request-method") != null;
    if (preflight) {
      answerPreflight(request);
    }
    return preflight;
  }

  private static void answerPreflight(HttpServerRequest request) {
    var response = request.response();
    var headers = request.getHeader("access-control-request-headers");
    if (headers != null) {
      // Which headers mean anything is for the transports to know; none is dangerous by itself.
      response.putHeader("access-control-allow-headers", headers);
    }
    response
        .putHeader("access-control-allow-methods", "GET, POST, PUT, PATCH, DELETE")
        .putHeader("access-control-max-age", PREFLIGHT_SECONDS)
        .setStatusCode(204)
        .end();
  }

  private boolean isKnownHost(@Nullable HostAndPort authority) {
    return authority != null && hosts.contains(authority.host().toLowerCase(Locale.ROOT));
  }

  private boolean isListed(String origin) {
    return origins.contains(origin.toLowerCase(Locale.ROOT));
  }

  /** Compares host and port only: behind a proxy that ends TLS the scheme differs. */
  private static boolean isSame(String origin, @Nullable HostAndPort authority) {
    if (authority == null) {
      return false;
    }
    try {
      var page = new URI(origin);
      int usual = "https".equalsIgnoreCase(page.getScheme()) ? 443 : 80;
      int pagePort = page.getPort() < 0 ? usual : page.getPort();
      int port = authority.port() < 0 ? usual : authority.port();
      return authority.host().equalsIgnoreCase(page.getHost()) && pagePort == port;
    } catch (URISyntaxException e) {
      return false;
    }
  }
}
