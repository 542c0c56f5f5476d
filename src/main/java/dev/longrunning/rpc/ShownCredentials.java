package dev.longrunning.rpc;

import dev.longrunning.auth.Authentication;
import dev.longrunning.auth.ClientCertificates;
import dev.longrunning.auth.Identity;
import dev.longrunning.auth.WatchTokens;
import dev.longrunning.operation.CallerProblems;
import io.vertx.core.Future;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.util.Optional;

/**
 * What a request shows of who makes it: its Authorization header, else the cookie of a watch, else
 * the certificate of its connection.
 *
 * <p><b>Promise.</b> A cookie, which browsers send by themselves, counts for watches alone: it can
 * have nothing changed. One that is good no longer hides no certificate.
 */
public final class ShownCredentials implements Callers.Proof {
  private final Authentication authentication;
  private final WatchTokens watchTokens;

  /** Takes what is taken there, and cookies that hold one of these tokens. */
  public ShownCredentials(Authentication authentication, WatchTokens watchTokens) {
    this.authentication = authentication;
    this.watchTokens = watchTokens;
  }

  @Override
  public Future<Identity> of(HttpServerRequest request, Row<?, ?> row) {
    var headers = request.headers().getAll(HttpHeaders.AUTHORIZATION);
    if (headers.size() > 1) {
      // A proxy in front may have gone by another one.
      return Future.failedFuture(CallerProblems.credentialsInvalid("got several, allowed one"));
    }
    if (!headers.isEmpty()) {
      return authentication.identify(headers.get(0), () -> certificate(request));
    }
    var byCookie = cookie(request, row);
    if (byCookie.isPresent() && byCookie.get().succeeded()) {
      return byCookie.get();
    }
    var byCertificate = authentication.identify(null, () -> certificate(request));
    return byCookie.isPresent() && byCertificate.failed() ? byCookie.get() : byCertificate;
  }

  /** Who shows one; empty: nobody. */
  private Optional<Future<Identity>> cookie(HttpServerRequest request, Row<?, ?> row) {
    boolean watch = row instanceof StreamMethod && row.guard().byTicket();
    var cookie = watch ? request.getCookie(WatchCookie.NAME) : null;
    return cookie == null ? Optional.empty() : watchTokens.identify(cookie.getValue());
  }

  private static Optional<Identity> certificate(HttpServerRequest request) {
    return ClientCertificates.of(request.sslSession());
  }
}
