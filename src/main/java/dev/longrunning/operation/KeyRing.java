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
 * <p><b>Promise.</b> New tokens are signed with one key; all on the ring verify. So a new key is
 * put on every replica's ring before any signs with it, and an old one stays until its tokens are
 * out of use: a rotation invalidates none.
 */
public final class KeyRing {
  static final int SIGNATURE_BYTES = 16;

  /** A shorter one could be guessed. */
  public static final int KEY_BYTES_MIN = 16;

  private static final String ALGORITHM = "HmacSHA256";

  private final Map<Integer, Bytes> keys;
  private final int signing;

  /**
   * Makes a ring.
   *
   * @param keys by number; none shorter than {@value #KEY_BYTES_MIN} bytes
   * @param signing number of the key that signs; one of them
   */
  public KeyRing(Map<Integer, Bytes> keys, int signing) {
    if (!keys.containsKey(signing)) {
      throw new IllegalStateException("the key that signs is not on the ring");
    }
    if (keys.values().stream().anyMatch(key -> key.length() < KEY_BYTES_MIN)) {
      throw new IllegalStateException("a key of less than " + KEY_BYTES_MIN + " bytes");
    }
    this.keys = Map.copyOf(keys);
    this.signing = signing;
  }

  int signing() {
    return signing;
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
