package dev.longrunning.app;

import dev.longrunning.auth.Authentication;
import dev.longrunning.auth.BearerTokens;
import dev.longrunning.auth.IssuerClient;
import dev.longrunning.auth.IssuerKeys;
import dev.longrunning.auth.JwtTokens;
import dev.longrunning.auth.OidcSettings;
import dev.longrunning.auth.StaticTokens;
import dev.longrunning.auth.TokenFileFault;
import dev.longrunning.feed.VertxLoop;
import dev.longrunning.feed.VertxTimers;
import dev.longrunning.store.pg.StartFault;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What finds out who calls, for as long as the server runs.
 *
 * <p><b>Promise.</b> The start does not wait for an issuer of tokens: its keys come when they come.
 *
 * <p><b>Threads.</b> {@link #read} and {@link #check} block: plain ones, one at a time; {@link
 * #ofThisLoop} is called on the event loop that it is for. All else is for any.
 */
final class Authenticators implements Reloading.Files {
  private static final int CA_BYTES_MAX = 1_048_576;
  private static final String PEM_CERTIFICATE = "-----BEGIN CERTIFICATE-----";

  private final AuthSettings settings;
  private final InstantSource clock;
  private final Optional<StaticTokens> listed;
  private final Optional<IssuerKeys> keys;

  private Authenticators(
      AuthSettings settings,
      InstantSource clock,
      Optional<StaticTokens> listed,
      Optional<IssuerKeys> keys) {
    this.settings = settings;
    this.clock = clock;
    this.listed = listed;
    this.keys = keys;
  }

  /** Reads the files that the settings name, and begins to fetch keys. */
  static Authenticators read(AuthSettings settings, Vertx vertx, InstantSource clock)
      throws StartFault {
    Optional<StaticTokens> listed = Optional.empty();
    Optional<IssuerKeys> keys = Optional.empty();
    if (settings.tokens().isPresent()) {
      listed = Optional.of(tokens(settings.tokens().get(), clock));
    }
    if (settings.oidc().isPresent()) {
      var authorities = settings.issuerAuthorities();
      keys =
          Optional.of(
              keys(
                  settings.oidc().get(),
                  authorities.isPresent() ? Optional.of(pem(authorities.get())) : Optional.empty(),
                  vertx,
                  clock));
    }
    keys.ifPresent(IssuerKeys::start);
    return new Authenticators(settings, clock, listed, keys);
  }

  private static StaticTokens tokens(Path file, InstantSource clock) throws StartFault {
    try {
      return StaticTokens.read(file, clock);
    } catch (TokenFileFault fault) {
      throw new StartFault(String.join("\n", fault.lines()), fault);
    }
  }

  private static Buffer pem(Path file) throws StartFault {
    try (var stream = Files.newInputStream(file)) {
      var bytes = Buffer.buffer(stream.readNBytes(CA_BYTES_MAX));
      if (bytes.toString().contains(PEM_CERTIFICATE)) {
        return bytes;
      }
    } catch (IOException e) {
      throw new StartFault("auth.oidc.ca: got " + file + ", allowed a file that can be read", e);
    }
    throw new StartFault("auth.oidc.ca: got " + file + ", allowed certificates in PEM");
  }

  /** On an event loop of their own choice, where they stay. */
  private static IssuerKeys keys(
      OidcSettings settings, Optional<Buffer> authorities, Vertx vertx, InstantSource clock) {
    var home = VertxLoop.current(vertx);
    var timers = new VertxTimers(vertx);
    var client = new IssuerClient(vertx, settings, authorities, home, timers);
    return new IssuerKeys(client, home, timers, clock);
  }

  /**
   * What finds out who calls on the calling event loop.
   *
   * @param others kinds of tokens that are asked first
   */
  Authentication ofThisLoop(Vertx vertx, List<BearerTokens> others) {
    if (!settings.asks()) {
      return Authentication.NONE;
    }
    var tokens = new ArrayList<>(others);
    var oidc = settings.oidc();
    if (oidc.isPresent() && keys.isPresent()) {
      tokens.add(new JwtTokens(oidc.get(), keys.get(), VertxLoop.current(vertx), clock));
    }
    listed.ifPresent(tokens::add);
    return new Authentication(tokens, settings.clientCertificates(), clock);
  }

  /** Tokens of a file; empty: there is none. */
  Optional<StaticTokens> listed() {
    return listed;
  }

  /** Keys of an issuer; empty: there is none. */
  Optional<IssuerKeys> keys() {
    return keys;
  }

  @Override
  public void check(boolean asked) {
    listed.ifPresent(tokens -> tokens.check(asked));
  }

  /** Fetches no keys from now on. */
  void stop() {
    keys.ifPresent(IssuerKeys::stop);
  }
}
