package dev.longrunning.auth;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.CurveBasedJWK;
import com.nimbusds.jose.jwk.JWK;
import java.util.Optional;

/**
 * The algorithms that a token may be signed with: those of public keys.
 *
 * <p><b>Promise.</b> None without a signature, and none whose key whoever verifies could sign with
 * too. A key is good for the algorithms of its type only, one of a curve for that of the curve.
 */
public enum JwtAlgorithm {
  RS256("RS256", "RSA", ""),
  RS384("RS384", "RSA", ""),
  RS512("RS512", "RSA", ""),
  PS256("PS256", "RSA", ""),
  PS384("PS384", "RSA", ""),
  PS512("PS512", "RSA", ""),
  ES256("ES256", "EC", "P-256"),
  ES384("ES384", "EC", "P-384"),
  ES512("ES512", "EC", "P-521"),
  EDDSA("EdDSA", "OKP", "Ed25519");

  private final String text;
  private final String type;
  private final String curve;

  JwtAlgorithm(String text, String type, String curve) {
    this.text = text;
    this.type = type;
    this.curve = curve;
  }

  /** The one of this name, spelled as in a token; empty for all that may not be used. */
  public static Optional<JwtAlgorithm> of(String name) {
    for (var algorithm : values()) {
      if (algorithm.text.equals(name)) {
        return Optional.of(algorithm);
      }
    }
    return Optional.empty();
  }

  /** As it is spelled in a token. */
  public String text() {
    return text;
  }

  JWSAlgorithm jose() {
    return JWSAlgorithm.parse(text);
  }

  /** Whether a key is of its type, and on its curve. */
  boolean isOf(JWK key) {
    String itsCurve = key instanceof CurveBasedJWK on ? on.getCurve().getName() : "";
    return key.getKeyType().getValue().equals(type) && itsCurve.equals(curve);
  }
}
