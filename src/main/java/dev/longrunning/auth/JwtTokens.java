package dev.longrunning.auth;

import dev.longrunning.feed.Loop;
import dev.longrunning.operation.CallerProblems;
import dev.longrunning.operation.Problem;
import io.vertx.core.Future;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The tokens of one issuer, as one event loop sees them.
 *
 * <p><b>Promise.</b> A token is taken if an issuer's key signed it, and if each claim is as the
 * settings say. It ends when it says, and when the issuer gives its key up. A token that was taken
 * before costs a hash and a lookup.
 *
 * <p><b>Threads.</b> Confined to one event loop.
 *
 * <p><b>Bounds.</b> {@value #CACHED_MAX} tokens are remembered, those that were shown last; each is
 * what was read in 8 KiB. Signatures take half of the loop's time at most; then new tokens are
 * refused UNAVAILABLE for a while.
 */
public final class JwtTokens implements BearerTokens {
  static final int CACHED_MAX = 4_096;

  private final OidcSettings settings;
  private final IssuerKeys keys;
  private final Loop loop;
  private final InstantSource clock;
  private final CheckTime time;
  private final Map<TokenHash, Identity> cache =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<TokenHash, Identity> eldest) {
          return size() > CACHED_MAX;
        }
      };

  /** Knows no token yet. */
  public JwtTokens(OidcSettings settings, IssuerKeys keys, Loop loop, InstantSource clock) {
    this(settings, keys, loop, clock, new CheckTime(System::nanoTime));
  }

  JwtTokens(
      OidcSettings settings, IssuerKeys keys, Loop loop, InstantSource clock, CheckTime time) {
    this.time = time;
    this.settings = settings;
    this.keys = keys;
    this.loop = loop;
    this.clock = clock;
  }

  @Override
  public Optional<Future<Identity>> identify(String token) {
    if (!Jwt.hasForm(token)) {
      return Optional.empty();
    }
    if (token.length() > TOKEN_CHARACTERS_MAX) {
      return Optional.of(Future.failedFuture(tooLarge()));
    }
    var hash = TokenHash.of(token);
    var known = cache.get(hash);
    return Optional.of(known == null ? checked(token, hash) : again(hash, known));
  }

  /** How many tokens are remembered. */
  int cached() {
    return cache.size();
  }

  private Future<Identity> again(TokenHash hash, Identity known) {
    var fault = known.credential().fault(clock.instant());
    if (fault.isPresent()) {
      cache.remove(hash);
      return Future.failedFuture(fault.get());
    }
    return Future.succeededFuture(known);
  }

  private Future<Identity> checked(String token, TokenHash hash) {
    try {
      var jwt = Jwt.parse(token, settings.algorithms());
      var key = keys.now().find(jwt.kid());
      return key.isPresent()
          ? Future.succeededFuture(take(hash, jwt, key.get()))
          : keys.newer(loop).compose(newer -> waited(hash, jwt, newer));
    } catch (Problem problem) {
      return Future.failedFuture(problem);
    }
  }

  /** Others who waited with the same token may have been first. */
  private Future<Identity> waited(TokenHash hash, Jwt jwt, KeySet newer) {
    var known = cache.get(hash);
    return known == null
        ? Future.succeededFuture(take(hash, jwt, key(newer, jwt.kid())))
        : again(hash, known);
  }

  private IssuerKey key(KeySet newer, String kid) {
    if (newer == KeySet.NONE) {
      throw CallerProblems.issuerUnavailable();
    }
    return newer
        .find(kid)
        .orElseThrow(
            () ->
                CallerProblems.credentialsInvalid(
                    "the token was signed by a key (kid) that the issuer does not have; get a new"
                        + " one"));
  }

  private Identity take(TokenHash hash, Jwt jwt, IssuerKey key) {
    var claims = new JwtClaims(settings, verified(jwt, key));
    var end = claims.check(clock.instant());
    var identity =
        new Identity(
            claims.principal(),
            claims.groups(),
            Optional.of(claims.scopes()),
            new Signed(end, key, jwt.algorithm()));
    cache.put(hash, identity);
    return identity;
  }

  private Map<String, Object> verified(Jwt jwt, IssuerKey key) {
    if (!time.isThere()) {
      throw Problem.overloaded("token_checks");
    }
    try {
      return jwt.claims(key);
    } finally {
      time.spend();
    }
  }

  private static Problem tooLarge() {
    return CallerProblems.credentialsInvalid(
        "the token is longer than " + TOKEN_CHARACTERS_MAX + " characters");
  }

  /** Holds until its end, as long as the issuer has its key. */
  private final class Signed implements Credential {
    private final Instant end;
    private final IssuerKey key;
    private final JwtAlgorithm algorithm;

    private Signed(Instant end, IssuerKey key, JwtAlgorithm algorithm) {
      this.end = end;
      this.key = key;
      this.algorithm = algorithm;
    }

    @Override
    public Optional<Problem> fault(Instant now) {
      if (!now.isBefore(end)) {
        return Optional.of(CallerProblems.credentialsExpired());
      }
      boolean known =
          keys.now().find(key.kid()).filter(it -> it.isSame(key) && it.fits(algorithm)).isPresent();
      return known
          ? Optional.empty()
          : Optional.of(
              CallerProblems.credentialsInvalid(
                  "the issuer has given up the key that signed the token; get a new one"));
    }

    @Override
    public Optional<Instant> expires() {
      return Optional.of(end);
    }
  }
}
