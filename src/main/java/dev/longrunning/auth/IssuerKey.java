package dev.longrunning.auth;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.KeyOperation;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.util.Base64URL;
import java.security.GeneralSecurityException;
import java.text.ParseException;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A public key of an issuer.
 *
 * <p><b>Promise.</b> Immutable. It verifies by an algorithm of its own type only, and if the issuer
 * says which one it is for, by that only.
 *
 * <p><b>Bounds.</b> RSA of {@value #RSA_BITS_MIN} to {@value #RSA_BITS_MAX} bits; {@value
 * #KID_CHARACTERS_MAX} characters of id.
 */
final class IssuerKey {
  static final int RSA_BITS_MIN = 2_048;
  static final int RSA_BITS_MAX = 8_192;
  static final int KID_CHARACTERS_MAX = 256;

  /** Certificates and private parts are not looked at. */
  private static final Set<String> MEMBERS =
      Set.of("kty", "use", "key_ops", "alg", "kid", "n", "e", "crv", "x", "y");

  private final JWK jwk;
  private final JWSVerifier verifier;
  private final String thumbprint;

  private IssuerKey(JWK jwk, JWSVerifier verifier, String thumbprint) {
    this.jwk = jwk;
    this.verifier = verifier;
    this.thumbprint = thumbprint;
  }

  /** Reads one; empty for what is no key to verify tokens with. */
  static Optional<IssuerKey> of(Map<String, Object> json) {
    var members =
        json.entrySet().stream()
            .filter(member -> MEMBERS.contains(member.getKey()) && member.getValue() != null)
            .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    try {
      var jwk = JWK.parse(members);
      if (!isToVerify(jwk)) {
        return Optional.empty();
      }
      return Optional.of(new IssuerKey(jwk, verifier(jwk), jwk.computeThumbprint().toString()));
    } catch (ParseException | JOSEException | GeneralSecurityException e) {
      return Optional.empty();
    } catch (IllegalArgumentException | IllegalStateException e) {
      // What the library says of numbers and points that are none.
      return Optional.empty();
    }
  }

  private static boolean isToVerify(JWK jwk) {
    String kid = jwk.getKeyID();
    boolean named = kid != null && !kid.isEmpty() && kid.length() <= KID_CHARACTERS_MAX;
    boolean used = jwk.getKeyUse() == null || jwk.getKeyUse().equals(KeyUse.SIGNATURE);
    var operations = jwk.getKeyOperations();
    boolean verifies = operations == null || operations.contains(KeyOperation.VERIFY);
    return named && used && verifies;
  }

  private static JWSVerifier verifier(JWK jwk) throws JOSEException, GeneralSecurityException {
    if (jwk instanceof RSAKey rsa) {
      int bits = rsa.size();
      if (bits >= RSA_BITS_MIN && bits <= RSA_BITS_MAX) {
        return new RSASSAVerifier(rsa.toRSAPublicKey());
      }
    } else if (jwk instanceof ECKey ec) {
      return new ECDSAVerifier(ec.toECPublicKey());
    } else if (jwk instanceof OctetKeyPair pair) {
      return Ed25519Verifier.of(pair);
    }
    throw new JOSEException("no key to verify tokens with");
  }

  String kid() {
    return jwk.getKeyID();
  }

  /** Whether a token that says it was signed by this algorithm may have been signed by this key. */
  boolean fits(JwtAlgorithm algorithm) {
    boolean meant =
        jwk.getAlgorithm() == null || jwk.getAlgorithm().getName().equals(algorithm.text());
    return meant && algorithm.isOf(jwk);
  }

  /**
   * Whether this key signed it.
   *
   * @param algorithm one that fits
   * @param signature in Base64 of URLs
   */
  boolean signed(JwtAlgorithm algorithm, byte[] content, String signature) {
    try {
      return verifier.verify(new JWSHeader(algorithm.jose()), content, new Base64URL(signature));
    } catch (JOSEException e) {
      return false;
    }
  }

  /** Whether it is the same key, whatever is said of it. */
  boolean isSame(IssuerKey other) {
    return thumbprint.equals(other.thumbprint);
  }
}
