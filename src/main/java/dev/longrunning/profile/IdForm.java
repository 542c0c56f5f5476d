package dev.longrunning.profile;

import java.util.regex.Pattern;

/**
 * How the ids of a service's operations look.
 *
 * @param pattern of a whole id
 * @param allowed the same in words
 */
public record IdForm(Pattern pattern, String allowed) {
  /** What the default profile takes. */
  public static final IdForm DEFAULT =
      new IdForm(
          Pattern.compile("[a-z][a-z0-9-]{3,62}"),
          "4 to 63 of a-z, 0-9 and '-', starting with a letter");

  boolean matches(String id) {
    return pattern.matcher(id).matches();
  }
}
