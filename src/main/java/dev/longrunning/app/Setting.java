package dev.longrunning.app;

import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One thing that can be set.
 *
 * @param key as in the file, such as {@code cors.origins}
 * @param fallback the default, spelled as in the file
 * @param allowed in words, with unit and range
 * @param secret whether a value may hold a secret, and is never repeated
 * @param parser empty for what is not allowed
 */
record Setting<T>(
    String key,
    String fallback,
    String allowed,
    boolean secret,
    Function<String, Optional<T>> parser) {

  static final String PREFIX = "LONGRUNNING_";

  Setting(String key, String fallback, String allowed, Function<String, Optional<T>> parser) {
    this(key, fallback, allowed, false, parser);
  }

  /** The same, its values never repeated in a fault. */
  Setting<T> withSecretValues() {
    return new Setting<>(key, fallback, allowed, true, parser);
  }

  /**
   * A key is there once. What records have by themselves is spun at run time, which a start pays.
   */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Setting<?> setting && key.equals(setting.key);
  }

  @Override
  public int hashCode() {
    return key.hashCode();
  }

  /** Such as {@code LONGRUNNING_CORS_ORIGINS}. */
  String environmentName() {
    return PREFIX + key.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
  }
}
