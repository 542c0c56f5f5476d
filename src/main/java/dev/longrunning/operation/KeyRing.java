package dev.longrunning.operation;

import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The secrets that authenticate page and resume tokens, by number; all replicas share them.
 *
 * <p><b>Promise.</b> New tokens are signed with the highest number; older keys still verify until
 * they are removed, so a rotation invalidates no token that is in use.
 */
public final class KeyRing {
  static final int SIGNATURE_BYTES = 16;

  /** A shorter one could be guessed. */
  public static final int KEY_BYTES_MIN = 16;

  private static final String ALGORITHM = "HmacSHA256";

  private final Map<Integer, Bytes> keys;
  private final int newest;

  /** The keys by number; at least one, none shorter than {@value #KEY_BYTES_MIN} bytes. */
  public KeyRing(Map<Integer, Bytes> keys) {
    if (keys.values().stream().anyMatch(key -> key.length() < KEY_BYTES_MIN)) {
      throw new IllegalStateException("a key of less than " + KEY_BYTES_MIN + " bytes");
    }
    this.keys = Map.copyOf(keys);
    this.newest =
        keys.keySet().stream()
            .max(Integer::compare)
            .orElseThrow(() -> new IllegalStateException("a key ring without keys"));
  }

  int newest() {
    return newest;
  }

  /** The first {@value #SIGNATURE_BYTES} bytes of the MAC; empty if the key is not on the ring. */
  Optional<Bytes> signature(int number, byte[] message) {
    var key = keys.get(number);
    if (key == null) {
      return Optional.empty();
    }
    try {
      var mac = Mac.getInstance(ALGORITHM);
      mac.init(new SecretKeySpec(key.array(), ALGORITHM));
      return Optional.of(Bytes.of(Arrays.copyOf(mac.doFinal(message), SIGNATURE_BYTES)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has " + ALGORITHM, e);
    }
  }

  @Override
  public String toString() {
    return keys.size() + " keys";
  }
}
