package dev.longrunning.profile;

import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Text with variables, such as <code>projects/{project}/locations/{location}</code>.
 *
 * @param text as it was written
 */
public record Form(String text) {
  private static final Pattern VARIABLE = Pattern.compile("\\{([a-z][a-z0-9_-]*)\\}");

  /** The text with the variables' values; empty if one has none, or one that is no segment. */
  Optional<String> of(Map<String, String> values) {
    var filled = new StringBuilder();
    var variable = VARIABLE.matcher(text);
    while (variable.find()) {
      String value = values.getOrDefault(variable.group(1), "");
      if (value.isEmpty() || value.startsWith("/") || value.endsWith("/")) {
        return Optional.empty();
      }
      variable.appendReplacement(filled, java.util.regex.Matcher.quoteReplacement(value));
    }
    return Optional.of(variable.appendTail(filled).toString());
  }

  /** In the order in which they come. */
  Set<String> variables() {
    var names = new LinkedHashSet<String>();
    var variable = VARIABLE.matcher(text);
    while (variable.find()) {
      names.add(variable.group(1));
    }
    return names;
  }
}
