package dev.longrunning.profile;

import java.util.regex.Pattern;

/**
 * How the ids of a service's operations look.
 *
 * @param pattern of a whole id
 * @param allowed the same in words
 * @param ofNames whether ids in whole names are of this form too
 */
public record IdForm(Pattern pattern, String allowed, boolean ofNames) {
  /** What the default profile takes. */
  public static final IdForm DEFAULT =
      new IdForm(
          Pattern.compile("[a-z][a-z0-9-]{3,62}"),
          "4 to 63 of a-z, 0-9 and '-', starting with a letter",
          false);

  boolean matches(String id) {
    return pattern.matcher(id).matches();
  }
}
