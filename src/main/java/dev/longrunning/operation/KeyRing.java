package dev.longrunning.operation;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.IvParameterSpec;
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
  private static final String CIPHER = "AES";
  private static final String CIPHER_MODE = "AES/CTR/NoPadding";
  private static final int CIPHER_KEY_BYTES = 16;

  /** No message that is signed begins so: they begin with a length. */
  private static final byte[] CIPHER_KEY_LABEL = "cipher".getBytes(StandardCharsets.US_ASCII);

  private final Map<Integer, Key> keys;
  private final int signing;

  /**
   * What is made of a secret once: tokens are made for every event of every watch, and to look up
   * an algorithm and set it up takes longer than to use it. Each thread has its own.
   */
  private record Key(ThreadLocal<Mac> signs, ThreadLocal<Cipher> hides, SecretKeySpec hidesWith) {
    static Key of(Bytes secret) {
      var signs = ThreadLocal.withInitial(() -> macOf(secret));
      byte[] hiding = Arrays.copyOf(signs.get().doFinal(CIPHER_KEY_LABEL), CIPHER_KEY_BYTES);
      return new Key(
          signs, ThreadLocal.withInitial(Key::cipher), new SecretKeySpec(hiding, CIPHER));
    }

    private static Mac macOf(Bytes secret) {
      try {
        var mac = Mac.getInstance(ALGORITHM);
        mac.init(new SecretKeySpec(secret.array(), ALGORITHM));
        return mac;
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException("every JDK has " + ALGORITHM, e);
      }
    }

    private static Cipher cipher() {
      try {
        return Cipher.getInstance(CIPHER_MODE);
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException("every JDK has " + CIPHER_MODE, e);
      }
    }

    Bytes signature(byte[] message) {
      return Bytes.of(Arrays.copyOf(signs.get().doFinal(message), SIGNATURE_BYTES));
    }

    Bytes masked(Bytes signature, byte[] text) {
      var cipher = hides.get();
      try {
        cipher.init(Cipher.ENCRYPT_MODE, hidesWith, new IvParameterSpec(signature.array()));
        return Bytes.of(cipher.doFinal(text));
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException("a stream cipher takes every text", e);
      }
    }
  }

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
    this.keys =
        keys.entrySet().stream()
            .collect(
                Collectors.toUnmodifiableMap(Map.Entry::getKey, each -> Key.of(each.getValue())));
    this.signing = signing;
  }

  int signing() {
    return signing;
  }

  /** The first {@value #SIGNATURE_BYTES} bytes of the MAC; empty if the key is not on the ring. */
  Optional<Bytes> signature(int number, byte[] message) {
    return Optional.ofNullable(keys.get(number)).map(key -> key.signature(message));
  }

  /**
   * Hides {@code text} under its own signature, or shows again what was hidden; empty if the key is
   * not on the ring. Whoever shows it must check the signature: as in SIV (RFC 5297), that is the
   * initialization vector and what authenticates at once, so no random number is needed.
   */
  Optional<Bytes> masked(int number, Bytes signature, byte[] text) {
    return Optional.ofNullable(keys.get(number)).map(key -> key.masked(signature, text));
  }

  @Override
  public String toString() {
    return keys.size() + " keys";
  }
}
