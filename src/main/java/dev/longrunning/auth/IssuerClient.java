package dev.longrunning.auth;

import dev.longrunning.feed.Loop;
import dev.longrunning.feed.Timers;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.PemTrustOptions;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

/**
 * Gets the keys of an issuer over HTTP.
 *
 * <p><b>Promise.</b> From where the settings say, or from where the issuer's discovery document
 * says, which must name that issuer. Nothing else is followed: no redirect, no URL of a token.
 *
 * <p><b>Threads.</b> Confined to the event loop that it was made on.
 *
 * <p><b>Bounds.</b> {@value #DOCUMENT_BYTES_MAX} bytes and 10 seconds a document.
 */
public final class IssuerClient implements KeySource {
  static final int DOCUMENT_BYTES_MAX = 262_144;
  static final Duration DOCUMENT_WITHIN = Duration.ofSeconds(10);
  private static final int OK = 200;

  private final HttpClient client;
  private final OidcSettings settings;
  private final Loop loop;
  private final Timers timers;

  /**
   * Connects to nothing yet.
   *
   * @param authorities who signs the issuer's certificate, in PEM; empty: whom Java trusts
   */
  public IssuerClient(
      Vertx vertx, OidcSettings settings, Optional<Buffer> authorities, Loop loop, Timers timers) {
    this.settings = settings;
    this.loop = loop;
    this.timers = timers;
    var options = new HttpClientOptions();
    options.setConnectTimeout((int) DOCUMENT_WITHIN.toMillis()).setKeepAlive(false);
    authorities.ifPresent(pem -> options.setTrustOptions(new PemTrustOptions().addCertValue(pem)));
    this.client = vertx.createHttpClient(options);
  }

  @Override
  public Future<KeySet> fetch() {
    return keysUrl().compose(url -> document(url).compose(text -> keys(url, text)));
  }

  private static Future<KeySet> keys(URI url, String text) {
    try {
      return Future.succeededFuture(KeySet.parse(text));
    } catch (KeyFault fault) {
      return Future.failedFuture(fault(url, fault.line()));
    }
  }

  private Future<URI> keysUrl() {
    return settings
        .keys()
        .map(Future::succeededFuture)
        .orElseGet(
            () -> {
              var url = URI.create(IssuerUrl.discovery(settings.issuer()));
              return document(url).compose(text -> discovered(url, text));
            });
  }

  private Future<URI> discovered(URI url, String text) {
    var json = JsonText.object(text);
    if (json.isEmpty()) {
      return Future.failedFuture(fault(url, "got no JSON, allowed a discovery document"));
    }
    if (!settings.issuer().equals(json.get().get("issuer"))) {
      return Future.failedFuture(
          fault(url, "got another issuer, allowed " + settings.issuer() + ", letter for letter"));
    }
    return Optional.ofNullable(json.get().get("jwks_uri"))
        .filter(String.class::isInstance)
        .flatMap(found -> IssuerUrl.parse((String) found))
        .map(Future::succeededFuture)
        .orElseGet(() -> Future.failedFuture(fault(url, "jwks_uri: allowed " + IssuerUrl.ALLOWED)));
  }

  private Future<String> document(URI url) {
    Promise<String> answer = loop.promise();
    String late = "got no answer within " + DOCUMENT_WITHIN.toSeconds() + " s";
    var timer = timers.after(DOCUMENT_WITHIN, () -> answer.tryFail(fault(url, late)));
    var options = new RequestOptions().setMethod(HttpMethod.GET).setAbsoluteURI(url.toString());
    client
        .request(options.putHeader("accept", "application/json"))
        .compose(
            request -> {
              // Whatever ends it before its answer has: too late, too large.
              answer.future().onFailure(failure -> request.reset());
              return request.send().compose(response -> body(url, response));
            })
        .onSuccess(answer::tryComplete)
        .onFailure(failure -> answer.tryFail(understood(url, failure)));
    return answer.future().eventually(() -> cancelled(timer));
  }

  private static Future<Void> cancelled(Timers.Timer timer) {
    timer.cancel();
    return Future.succeededFuture();
  }

  private Future<String> body(URI url, HttpClientResponse response) {
    Promise<String> whole = loop.promise();
    response.exceptionHandler(whole::tryFail);
    if (response.statusCode() != OK) {
      return Future.failedFuture(
          fault(url, "got status " + response.statusCode() + ", allowed " + OK));
    }
    var all = Buffer.buffer();
    response.handler(
        part -> {
          if (all.length() + part.length() > DOCUMENT_BYTES_MAX) {
            whole.tryFail(fault(url, "got more, allowed " + DOCUMENT_BYTES_MAX + " bytes"));
          } else {
            all.appendBuffer(part);
          }
        });
    response.endHandler(end -> whole.tryComplete(all.toString(StandardCharsets.UTF_8)));
    return whole.future();
  }

  private static KeyFault understood(URI url, Throwable failure) {
    if (failure instanceof KeyFault known) {
      return known;
    }
    var cause = failure;
    while (cause.getCause() != null && cause.getCause() != cause) {
      cause = cause.getCause();
    }
    return fault(url, "cannot be reached: " + cause.getMessage());
  }

  private static KeyFault fault(URI url, String what) {
    return new KeyFault(IssuerUrl.shown(url) + ": " + what);
  }
}
