package dev.longrunning.rest;

import dev.longrunning.operation.Problem;
import java.util.Set;

/**
 * The query parameters that Google's clients send beside those of the method, with or without a
 * leading {@code $}.
 *
 * <p><b>Promise.</b> Those that say how the answer is written are obeyed; those that only serve
 * Google's accounting are ignored, and so is {@code fields}, because the whole answer contains what
 * it asks for. Tokens are refused without being repeated: a URL ends up in logs.
 */
final class SystemParameters {
  private static final Set<String> IGNORED =
      Set.of(
          "fields",
          "key",
          "outputDefaults",
          "quotaUser",
          "trace",
          "unique",
          "upload_protocol",
          "uploadType",
          "userIp",
          "userProject",
          ".xgafv",
          "xgafv");

  private static final Set<String> SECRETS =
      Set.of("access_token", "bearer_token", "oauth_token", "oauth_token_secret");

  private boolean pretty = JsonStyle.DEFAULT.pretty();
  private boolean enumNumbers = JsonStyle.DEFAULT.enumNumbers();

  /** Takes the parameter if it is one of these. */
  boolean takes(QueryString.Parameter parameter) {
    String name = parameter.name();
    String bare = name.startsWith("$") ? name.substring(1) : name;
    if (SECRETS.contains(bare)) {
      throw Problem.invalid(name, "a token in the URL", "the Authorization header");
    }
    switch (bare) {
      case "alt" -> alt(parameter);
      case "prettyPrint", "pp" -> pretty = isTrue(parameter);
      case "callback" -> throw Problem.invalid(name, "JSONP", "JSON only, without a callback");
      default -> {
        return IGNORED.contains(bare);
      }
    }
    return true;
  }

  private void alt(QueryString.Parameter parameter) {
    switch (parameter.value()) {
      case "json" -> enumNumbers = false;
      case "json;enum-encoding=int" -> enumNumbers = true;
      default ->
          throw Problem.invalid(
              parameter.name(), parameter.value(), "json or json;enum-encoding=int");
    }
  }

  private static boolean isTrue(QueryString.Parameter parameter) {
    return switch (parameter.value()) {
      case "true", "1", "" -> true;
      case "false", "0" -> false;
      default -> throw Problem.invalid(parameter.name(), parameter.value(), "true or false");
    };
  }

  JsonStyle style() {
    return new JsonStyle(pretty, enumNumbers);
  }
}
