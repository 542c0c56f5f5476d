package dev.longrunning.connection;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The certificate of the port that callers use, for as long as the server runs.
 *
 * <p><b>Promise.</b> What {@link #check} finds new and good is shown to the next connection; those
 * that there are stay as they are. What is not good changes nothing, and is logged once; what the
 * ports could not take is tried again at the next look.
 *
 * <p><b>Threads.</b> {@link #read} and {@link #check} block: plain ones, one at a time.
 */
public final class Certificates {
  private static final Logger log = LoggerFactory.getLogger(Certificates.class);

  private final TlsFiles files;
  private final Vertx vertx;
  private final InstantSource clock;
  private final List<HttpServer> servers = new CopyOnWriteArrayList<>();
  private volatile TlsIdentity current;

  /** What not all ports could take, so that it is not known what each of them shows. */
  private volatile @Nullable TlsIdentity untaken;

  private String refused = "";

  private Certificates(TlsFiles files, Vertx vertx, InstantSource clock, TlsIdentity current) {
    this.files = files;
    this.vertx = vertx;
    this.clock = clock;
    this.current = current;
  }

  /** Reads them for the first time. */
  public static Certificates read(TlsFiles files, Vertx vertx, InstantSource clock)
      throws TlsFault {
    return new Certificates(files, vertx, clock, TlsIdentity.read(files, vertx, clock.instant()));
  }

  /** When the one in use is no longer in force. */
  public Instant expires() {
    return current.expires();
  }

  /** Lets a server speak TLS only, HTTP/2 or HTTP/1.1 as its client likes. */
  public void secure(HttpServerOptions options) {
    var tls = current.options();
    options
        .setSsl(true)
        .setUseAlpn(true)
        .setKeyCertOptions(tls.getKeyCertOptions())
        .setEnabledSecureTransportProtocols(tls.getEnabledSecureTransportProtocols())
        .setSslHandshakeTimeout(Connection.HEADERS_WITHIN.toSeconds())
        .setSslHandshakeTimeoutUnit(TimeUnit.SECONDS);
    if (tls.getTrustOptions() != null) {
      options.setTrustOptions(tls.getTrustOptions()).setClientAuth(tls.getClientAuth());
    }
  }

  /** Keeps a server, which listens, up to date. */
  public void keepUpToDate(HttpServer server) {
    servers.add(server);
  }

  /** Reads the files again; completes once the ports show what is in use from then on. */
  public Future<Void> check() {
    try {
      var read = TlsIdentity.read(files, vertx, clock.instant());
      refused = "";
      return untaken == null && read.isSame(current) ? Future.succeededFuture() : use(read);
    } catch (TlsFault fault) {
      if (!fault.line().equals(refused)) {
        refused = fault.line();
        log.atWarn().addKeyValue("reason", fault.line()).log("certificate.refused");
      }
      return Future.succeededFuture();
    }
  }

  private Future<Void> use(TlsIdentity read) {
    var updates =
        servers.stream().map(server -> server.updateSSLOptions(read.options(), true)).toList();
    return Future.join(updates)
        .onSuccess(all -> taken(read))
        .onFailure(failure -> notTaken(read, failure))
        .mapEmpty();
  }

  private void taken(TlsIdentity read) {
    current = read;
    untaken = null;
    log.atInfo().addKeyValue("expires", read.expires()).log("certificate.reloaded");
  }

  private void notTaken(TlsIdentity read, Throwable failure) {
    var before = untaken;
    untaken = read;
    if (before == null || !before.isSame(read)) {
      log.atWarn().setCause(failure).log("certificate.not_used");
    }
  }
}
