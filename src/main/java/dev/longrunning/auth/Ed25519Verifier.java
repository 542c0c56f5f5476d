package dev.longrunning.auth;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.jca.JCAContext;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.util.Base64URL;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.EdECPoint;
import java.security.spec.EdECPublicKeySpec;
import java.security.spec.NamedParameterSpec;
import java.util.Set;

/**
 * Verifies by Ed25519 with what Java has of it; the library's own way wants another library.
 *
 * <p><b>Threads.</b> Any.
 */
final class Ed25519Verifier implements JWSVerifier {
  private static final String NAME = "Ed25519";
  private static final int BYTES = 32;

  private final PublicKey key;
  private final JCAContext context = new JCAContext();

  private Ed25519Verifier(PublicKey key) {
    this.key = key;
  }

  static Ed25519Verifier of(OctetKeyPair pair) throws JOSEException, GeneralSecurityException {
    byte[] x = pair.getDecodedX();
    if (!pair.getCurve().equals(Curve.Ed25519) || x.length != BYTES) {
      throw new JOSEException("no key of " + NAME);
    }
    // Little-endian; the highest bit is the sign of the other coordinate.
    boolean odd = (x[BYTES - 1] & 0x80) != 0;
    var bigEndian = new byte[BYTES];
    for (int i = 0; i < BYTES; i++) {
      bigEndian[i] = x[BYTES - 1 - i];
    }
    bigEndian[0] &= 0x7f;
    var point = new EdECPoint(odd, new BigInteger(1, bigEndian));
    var spec = new EdECPublicKeySpec(NamedParameterSpec.ED25519, point);
    return new Ed25519Verifier(KeyFactory.getInstance(NAME).generatePublic(spec));
  }

  @Override
  public Set<JWSAlgorithm> supportedJWSAlgorithms() {
    return Set.of(JWSAlgorithm.EdDSA);
  }

  @Override
  public JCAContext getJCAContext() {
    return context;
  }

  @Override
  public boolean verify(JWSHeader header, byte[] content, Base64URL signature)
      throws JOSEException {
    try {
      var verifier = Signature.getInstance(NAME);
      verifier.initVerify(key);
      verifier.update(content);
      return verifier.verify(signature.decode());
    } catch (GeneralSecurityException e) {
      return false;
    }
  }
}
