package dev.longrunning.auth;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The public keys of an issuer at one time, by their ids.
 *
 * <p><b>Promise.</b> Immutable. What cannot verify tokens is left out: keys without an id, for
 * encryption, symmetric, too short, or not understood.
 *
 * <p><b>Bounds.</b> {@value #KEYS_MAX} keys.
 */
final class KeySet {
  static final int KEYS_MAX = 64;

  /** No key at all. */
  static final KeySet NONE = new KeySet(Map.of());

  private final Map<String, IssuerKey> keys;

  private KeySet(Map<String, IssuerKey> keys) {
    this.keys = Map.copyOf(keys);
  }

  /**
   * Reads what an issuer publishes.
   *
   * @throws KeyFault if there is no key in it, or it is something else
   */
  static KeySet parse(String text) throws KeyFault {
    var list =
        JsonText.object(text)
            .map(json -> json.get("keys"))
            .filter(List.class::isInstance)
            .map(value -> (List<?>) value)
            .orElseThrow(() -> new KeyFault("got no key set, allowed JSON with a list of keys"));
    if (list.size() > KEYS_MAX) {
      throw new KeyFault("got " + list.size() + " keys, allowed up to " + KEYS_MAX);
    }
    var keys = new HashMap<String, IssuerKey>();
    for (Object item : list) {
      if (item instanceof Map<?, ?> map) {
        IssuerKey.of(named(map)).ifPresent(key -> keys.putIfAbsent(key.kid(), key));
      }
    }
    if (keys.isEmpty()) {
      throw new KeyFault("got no key that can verify tokens, allowed at least one with a kid");
    }
    return new KeySet(keys);
  }

  private static Map<String, Object> named(Map<?, ?> map) {
    var named = new HashMap<String, Object>();
    map.forEach((key, value) -> named.put(String.valueOf(key), value));
    return named;
  }

  Optional<IssuerKey> find(String kid) {
    return Optional.ofNullable(keys.get(kid));
  }

  /** Whether it has this very key. */
  boolean has(IssuerKey key) {
    var known = keys.get(key.kid());
    return known == key || (known != null && known.isSame(key));
  }

  boolean hasSameKeysAs(KeySet other) {
    return keys.size() == other.keys.size() && keys.values().stream().allMatch(other::has);
  }

  int size() {
    return keys.size();
  }
}
