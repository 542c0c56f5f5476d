package dev.longrunning.auth;

import dev.longrunning.profile.Faults;
import dev.longrunning.profile.YamlMap;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A file of tokens as it is written: their hashes, and whom each is of.
 *
 * <p><b>Promise.</b> Every fault is found, each with its line; a file with one is no file. No fault
 * repeats what stands where a hash should: it may be a token.
 *
 * <p><b>Bounds.</b> 1 MiB, {@value #ENTRIES_MAX} tokens, {@value #ITEMS_MAX} groups and scopes of
 * one.
 */
public final class TokenFile {
  static final int ENTRIES_MAX = 4_096;
  static final int ITEMS_MAX = 64;

  private static final String WORD_ALLOWED = "letters, digits and ._/:@-";
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._/:@-]{1,128}");
  private static final Pattern GROUP = Pattern.compile("[A-Za-z0-9._/:@-]{1,256}");

  /** As RFC 6749 has them. */
  private static final Pattern SCOPE = Pattern.compile("[!#-\\[\\]-~]{1,256}");

  private static final Set<String> KEYS =
      Set.of("principal", "sha256", "groups", "scopes", "expires");

  /** What was read; faults, a line each, or else what there is. */
  record Read(Map<TokenHash, TokenEntry> entries, List<String> faults) {}

  private final Faults faults;
  private final Map<TokenHash, TokenEntry> entries = new LinkedHashMap<>();

  private TokenFile(String file) {
    this.faults = new Faults(file);
  }

  /** Whether this can be the name of a principal. */
  public static boolean isName(String text) {
    return NAME.matcher(text).matches();
  }

  /** Whether this can be the name of a group. */
  public static boolean isGroup(String text) {
    return GROUP.matcher(text).matches();
  }

  /** Whether this can be a scope. */
  public static boolean isScope(String text) {
    return SCOPE.matcher(text).matches();
  }

  /**
   * Reads one.
   *
   * @param file its name, for faults
   */
  static Read read(String file, String text) {
    var read = new TokenFile(file);
    YamlMap.parse(text, "a map with the key tokens", read.faults).ifPresent(read::root);
    var lines = read.faults.lines();
    return new Read(lines.isEmpty() ? Map.copyOf(read.entries) : Map.of(), lines);
  }

  private void root(YamlMap root) {
    root.onlyHas(Set.of("tokens"));
    if (!root.keys().contains("tokens")) {
      root.fault("tokens", "nothing", "a list, [] for none");
    }
    var all = root.maps("tokens");
    if (all.size() > ENTRIES_MAX) {
      root.fault("tokens", Integer.toString(all.size()), "up to " + ENTRIES_MAX);
    } else {
      all.forEach(this::entry);
    }
  }

  private void entry(YamlMap map) {
    map.onlyHas(KEYS);
    var principal = required(map, "principal").filter(name -> checked(map, name));
    var hash = required(map, "sha256").flatMap(hex -> hash(map, hex));
    var groups = items(map, "groups", GROUP, "up to 256 " + WORD_ALLOWED);
    var scopes = items(map, "scopes", SCOPE, "up to 256 visible characters of ASCII");
    boolean bounded = map.keys().contains("scopes");
    if (map.keys().contains("expires") && map.text("expires").isEmpty()) {
      map.fault("expires", "nothing", "a time, or no such key for never");
    }
    var expires = map.text("expires").flatMap(text -> time(map, text));
    if (principal.isPresent() && hash.isPresent()) {
      var entry =
          new TokenEntry(
              principal.get(), groups, bounded ? Optional.of(scopes) : Optional.empty(), expires);
      if (entries.putIfAbsent(hash.get(), entry) != null) {
        map.fault("sha256", "that of another entry", "each token once");
      }
    }
  }

  private static boolean checked(YamlMap map, String name) {
    if (!isName(name)) {
      map.fault("principal", "something else", "up to 128 " + WORD_ALLOWED);
    }
    return isName(name);
  }

  private static Optional<String> required(YamlMap map, String key) {
    var text = map.text(key);
    if (text.isEmpty()) {
      map.fault(key, "nothing", key.equals("sha256") ? "the SHA-256 of the token" : "a name");
    }
    return text;
  }

  /** A token in the clear is a fault that does not say it again. */
  private static Optional<TokenHash> hash(YamlMap map, String hex) {
    var hash = TokenHash.parse(hex);
    if (hash.isEmpty()) {
      map.fault(
          "sha256",
          "something else",
          "the SHA-256 of the token in 64 hexadecimal digits, never the token itself");
    }
    return hash;
  }

  private static Set<String> items(YamlMap map, String key, Pattern form, String allowed) {
    var texts = map.texts(key);
    if (texts.size() > ITEMS_MAX) {
      map.fault(key, Integer.toString(texts.size()), "up to " + ITEMS_MAX);
      return Set.of();
    }
    if (!texts.stream().allMatch(text -> form.matcher(text).matches())) {
      map.fault(key, "one of another form", allowed + " each");
    }
    return new HashSet<>(texts);
  }

  private static Optional<Instant> time(YamlMap map, String text) {
    try {
      return Optional.of(OffsetDateTime.parse(text).toInstant());
    } catch (DateTimeException e) {
      map.fault("expires", "something else", "a time such as 2026-12-31T00:00:00Z");
      return Optional.empty();
    }
  }
}
