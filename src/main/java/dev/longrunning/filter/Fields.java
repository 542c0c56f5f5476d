package dev.longrunning.filter;

/** The fields of a message, or the entries of a map. */
public interface Fields {
  /** The value under a name; {@link Value#absent} if it is not set and has no default. */
  Value field(String name);

  /** Whether a field holds something other than its default, or a map has the key. */
  boolean has(String name);

  /** Whether nothing is set. */
  boolean isEmpty();
}
