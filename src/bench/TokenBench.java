import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import dev.longrunning.auth.Authentication;
import dev.longrunning.auth.IssuerClient;
import dev.longrunning.auth.IssuerKeys;
import dev.longrunning.auth.JwtAlgorithm;
import dev.longrunning.auth.JwtTokens;
import dev.longrunning.auth.OidcSettings;
import dev.longrunning.auth.StaticTokens;
import dev.longrunning.auth.TokenHash;
import dev.longrunning.feed.VertxLoop;
import dev.longrunning.feed.VertxTimers;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * What it costs an event loop to find out who calls.
 *
 * <p>Run it after {@code mvn package}: {@code java -cp target/longrunning.jar src/bench/TokenBench.java}. The median of the
 * rounds is printed with the smallest and the largest.
 */
public final class TokenBench {
  private static final int ROUNDS = Integer.getInteger("rounds", 7);
  /** As many as an event loop checks at once. */
  private static final int NEW_TOKENS = 200;
  private static final int REPEATS = 200_000;

  private final Vertx vertx = Vertx.vertx();

  public static void main(String[] args) throws Exception {
    var bench = new TokenBench();
    try {
      bench.run();
    } finally {
      bench.vertx.close();
    }
    System.exit(0);
  }

  private void run() throws Exception {
    var rsa = new RSAKeyGenerator(2_048).keyID("rsa").generate();
    var curve = new ECKeyGenerator(Curve.P_256).keyID("curve").generate();
    String published = new JWKSet(List.of(rsa, curve)).toString(true);
    var server =
        vertx
            .createHttpServer()
            .requestHandler(request -> request.response().end(published))
            .listen(0, "localhost")
            .toCompletionStage()
            .toCompletableFuture()
            .get();
    var url = URI.create("http://localhost:" + server.actualPort() + "/");
    var settings =
        new OidcSettings(
            "https://issuer.example.com",
            Optional.of(url),
            "longrunning",
            Set.of(JwtAlgorithm.RS256, JwtAlgorithm.ES256),
            "sub",
            "groups",
            Duration.ofSeconds(30));
    var home = VertxLoop.current(vertx);
    var timers = new VertxTimers(vertx);
    var client = new IssuerClient(vertx, settings, Optional.empty(), home, timers);
    var keys = new IssuerKeys(client, home, timers, InstantSource.system());
    keys.start();
    while (keys.count() == 0) {
      TimeUnit.MILLISECONDS.sleep(10);
    }
    var file = Files.createTempFile("tokens", ".yaml");
    String plain = "q1hA0v3mN8yT5bZ7kW2xC9dF4gJ6lP0sR1uVwXyZ123";
    Files.writeString(
        file, "tokens: [{principal: ci, sha256: " + TokenHash.of(plain).hex() + "}]");
    var listed = StaticTokens.read(file, InstantSource.system());
    var byRsa = tokens("RS256", "rsa", new RSASSASigner(rsa));
    var byCurve = tokens("ES256", "curve", new ECDSASigner(curve));
    System.out.println("a token of the issuer has " + byRsa.get(0).length() + " characters");

    measure("RS256 (2048 bits), shown for the first time", byRsa, settings, keys, listed, 1);
    measure("ES256, shown for the first time", byCurve, settings, keys, listed, 1);
    var known = byRsa.subList(0, 1);
    measure("RS256, shown again", known, settings, keys, listed, REPEATS);
    measure("a token of the file", List.of(plain), settings, keys, listed, REPEATS);
    measure("a token that nobody knows", List.of(plain + "x"), settings, keys, listed, REPEATS);
    String wrong = byRsa.get(0);
    wrong = wrong.substring(0, wrong.length() - 8) + "AAAAAAAA";
    measure("RS256 with a wrong signature", List.of(wrong), settings, keys, listed, 200);
  }

  private static List<String> tokens(String algorithm, String kid, JWSSigner signer)
      throws Exception {
    long now = InstantSource.system().instant().getEpochSecond();
    var all = new ArrayList<String>();
    for (int i = 0; i < NEW_TOKENS; i++) {
      var header = new JsonObject().put("alg", algorithm).put("typ", "JWT").put("kid", kid);
      var claims =
          new JsonObject()
              .put("iss", "https://issuer.example.com")
              .put("aud", new JsonArray().add("longrunning").add("account"))
              .put("sub", "3f0c9a5e-8b1d-4c67-9e2a-7d5b6c4e" + i)
              .put("exp", now + 3_600)
              .put("iat", now)
              .put("jti", "5b7e0c9a-1f2d-4a3b-8c4d-9e5f6a7b8c9d")
              .put("azp", "console")
              .put("scope", "openid profile email")
              .put("groups", new JsonArray().add("ops").add("builders").add("readers"))
              .put("preferred_username", "alice")
              .put("email", "alice@example.com")
              .put("email_verified", true);
      String part = encoded(header) + '.' + encoded(claims);
      var content = part.getBytes(StandardCharsets.US_ASCII);
      all.add(part + '.' + signer.sign(new JWSHeader(JWSAlgorithm.parse(algorithm)), content));
    }
    return all;
  }

  private static String encoded(JsonObject json) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(json.encode().getBytes(StandardCharsets.UTF_8));
  }

  private void measure(
      String what,
      List<String> tokens,
      OidcSettings settings,
      IssuerKeys keys,
      StaticTokens listed,
      int repeats)
      throws Exception {
    var headers = tokens.stream().map(token -> "Bearer " + token).toList();
    var nanos = new double[ROUNDS];
    // Two more, to warm up.
    for (int round = -2; round < ROUNDS; round++) {
      Promise<Double> done = Promise.promise();
      vertx.runOnContext(
          now -> {
            var loop = VertxLoop.current(vertx);
            var jwts = new JwtTokens(settings, keys, loop, InstantSource.system());
            var asked = new Authentication(List.of(jwts, listed), false, InstantSource.system());
            long begin = System.nanoTime();
            int answered = 0;
            for (int i = 0; i < repeats; i++) {
              for (String header : headers) {
                answered += asked.identify(header, Optional::empty).isComplete() ? 1 : 0;
              }
            }
            done.complete((System.nanoTime() - begin) / (double) answered);
          });
      double each = done.future().toCompletionStage().toCompletableFuture().get();
      if (round >= 0) {
        nanos[round] = each;
      }
    }
    Arrays.sort(nanos);
    System.out.printf(
        "%-45s %10.2f µs  (%.2f..%.2f)%n",
        what, nanos[ROUNDS / 2] / 1_000, nanos[0] / 1_000, nanos[ROUNDS - 1] / 1_000);
  }
}
