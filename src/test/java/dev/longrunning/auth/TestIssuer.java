package dev.longrunning.auth;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jose.util.JSONObjectUtils;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.interfaces.EdECPublicKey;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Issues tokens, also such as no issuer would. */
public final class TestIssuer {
  public static final String NAME = "https://issuer.example.com";
  public static final String AUDIENCE = "longrunning";

  public static final RSAKey RSA = rsa("rsa", 2_048);
  public static final RSAKey OTHER_RSA = rsa("rsa", 2_048);
  static final ECKey P256 = ec("p256", Curve.P_256);
  static final ECKey P384 = ec("p384", Curve.P_384);
  static final KeyPair ED = ed();

  private TestIssuer() {}

  static RSAKey rsa(String kid, int bits) {
    try {
      return new RSAKeyGenerator(bits, true).keyID(kid).generate();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static ECKey ec(String kid, Curve curve) {
    try {
      return new ECKeyGenerator(curve).keyID(kid).generate();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static KeyPair ed() {
    try {
      // One whose highest bit is not part of the number.
      var pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
      while (!((EdECPublicKey) pair.getPublic()).getPoint().isXOdd()) {
        pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
      }
      return pair;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** What an issuer of these keys publishes. */
  public static String published(JWK... keys) {
    return new JWKSet(List.of(keys)).toString(true);
  }

  /** The same with more members in each. */
  static String published(JWK key, Map<String, Object> more) {
    var json = new HashMap<>(key.toPublicJWK().toJSONObject());
    json.putAll(more);
    return JSONObjectUtils.toJSONString(Map.of("keys", List.of(json)));
  }

  /** The key of Ed25519 as it is published. */
  static Map<String, Object> edPublished() {
    var point = ((EdECPublicKey) ED.getPublic()).getPoint();
    var bytes = new byte[32];
    var big = point.getY().toByteArray();
    for (int i = 0; i < Math.min(32, big.length); i++) {
      bytes[i] = big[big.length - 1 - i];
    }
    if (point.isXOdd()) {
      bytes[31] |= (byte) 0x80;
    }
    return Map.of("kty", "OKP", "crv", "Ed25519", "kid", "ed", "x", encoded(bytes));
  }

  static String encoded(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  static String encoded(String text) {
    return encoded(text.getBytes(StandardCharsets.UTF_8));
  }

  /** A token in the making, which is good unless something is changed. */
  public static Draft draft(Instant now) {
    var draft = new Draft();
    draft.header.putAll(Map.of("alg", "RS256", "typ", "JWT", "kid", "rsa"));
    draft.claims.put("iss", NAME);
    draft.claims.put("aud", AUDIENCE);
    draft.claims.put("sub", "alice");
    draft.claims.put("iat", now.getEpochSecond());
    draft.claims.put("exp", now.getEpochSecond() + 300);
    return draft;
  }

  public static final class Draft {
    private final Map<String, Object> header = new HashMap<>();
    private final Map<String, Object> claims = new HashMap<>();

    public Draft header(String name, Object value) {
      header.put(name, value);
      return this;
    }

    public Draft without(String name) {
      header.remove(name);
      claims.remove(name);
      return this;
    }

    public Draft claim(String name, Object value) {
      claims.put(name, value);
      return this;
    }

    public Draft of(String alg, String kid) {
      return header("alg", alg).header("kid", kid);
    }

    String signedPart() {
      return encoded(JSONObjectUtils.toJSONString(header))
          + '.'
          + encoded(JSONObjectUtils.toJSONString(claims));
    }

    String withSignature(byte[] signature) {
      return signedPart() + '.' + encoded(signature);
    }

    public String signed(RSAKey key) {
      return signed(signedPart(), String.valueOf(header.get("alg")), () -> new RSASSASigner(key));
    }

    String signed(ECKey key) {
      return signed(signedPart(), String.valueOf(header.get("alg")), () -> new ECDSASigner(key));
    }

    /** By a secret that both sides know. */
    String signed(byte[] secret) {
      return signed(signedPart(), "HS256", () -> new MACSigner(secret));
    }

    /** By another algorithm than it says. */
    String signedAs(String alg, RSAKey key) {
      return signed(signedPart(), alg, () -> new RSASSASigner(key));
    }

    /** With something else in the place of the claims. */
    String signedOver(String content, RSAKey key) {
      String part = encoded(JSONObjectUtils.toJSONString(header)) + '.' + encoded(content);
      return signed(part, "RS256", () -> new RSASSASigner(key));
    }

    private interface Made {
      JWSSigner make() throws Exception;
    }

    private static String signed(String part, String alg, Made signer) {
      try {
        var content = part.getBytes(StandardCharsets.US_ASCII);
        var header = new JWSHeader(JWSAlgorithm.parse(alg));
        return part + '.' + signer.make().sign(header, content);
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }

    String signedByEd25519() {
      try {
        var signature = Signature.getInstance("Ed25519");
        signature.initSign(ED.getPrivate());
        signature.update(signedPart().getBytes(StandardCharsets.US_ASCII));
        return withSignature(signature.sign());
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  /** All pieces of a token that a message might repeat. */
  static Stream<String> pieces(String token) {
    return Stream.of(token.split("\\.", -1)).filter(part -> part.length() > 3);
  }
}
