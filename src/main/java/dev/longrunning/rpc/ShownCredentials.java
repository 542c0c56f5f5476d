package dev.longrunning.rpc;

import dev.longrunning.auth.Authentication;
import dev.longrunning.auth.ClientCertificates;
import dev.longrunning.auth.Identity;
import dev.longrunning.operation.CallerProblems;
import io.vertx.core.Future;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a request shows of who makes it: its Authorization header, else the cookie of a watch, else
 * the certificate of its connection.
 *
 * <p><b>Promise.</b> A cookie, which browsers send by themselves, counts for watches alone: it can
 * have nothing changed.
 */
public final class ShownCredentials implements Callers.Proof {
  private static final String BEARER = "Bearer ";

  private final Authentication authentication;

  public ShownCredentials(Authentication authentication) {
    this.authentication = authentication;
  }

  @Override
  public Future<Identity> of(HttpServerRequest request, Row<?, ?> row) {
    var headers = request.headers().getAll(HttpHeaders.AUTHORIZATION);
    if (headers.size() > 1) {
      // A proxy in front may have gone by another one.
      return Future.failedFuture(CallerProblems.credentialsInvalid("got several, allowed one"));
    }
    String header = headers.isEmpty() ? null : headers.get(0);
    return authentication.identify(
        header == null ? cookie(request, row) : header, () -> certificate(request));
  }

  private static @Nullable String cookie(HttpServerRequest request, Row<?, ?> row) {
    boolean watch = row instanceof StreamMethod && row.guard().byTicket();
    var cookie = watch ? request.getCookie(WatchCookie.NAME) : null;
    return cookie == null ? null : BEARER + cookie.getValue();
  }

  private static Optional<Identity> certificate(HttpServerRequest request) {
    return ClientCertificates.of(request.sslSession());
  }
}
