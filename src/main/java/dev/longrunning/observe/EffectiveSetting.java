package dev.longrunning.observe;

/**
 * A setting as it counts while the server runs.
 *
 * @param value as it was written; {@code ***} in place of a secret
 * @param source where it came from, such as {@code flag --listen} or {@code default}
 */
public record EffectiveSetting(String key, String value, String source) {}
