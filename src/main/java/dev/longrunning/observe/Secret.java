package dev.longrunning.observe;

/**
 * A password, token or key.
 *
 * <p><b>Promise.</b> Prints as {@code ***}, so that no log line or message can show it by accident.
 * {@link #reveal} is called where it is used and nowhere else.
 */
public final class Secret {
  private final String value;

  private Secret(String value) {
    this.value = value;
  }

  public static Secret of(String value) {
    return new Secret(value);
  }

  public String reveal() {
    return value;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Secret that && value.equals(that.value);
  }

  @Override
  public int hashCode() {
    return Secret.class.hashCode();
  }

  @Override
  public String toString() {
    return "***";
  }
}
