package dev.longrunning.rest;

import dev.longrunning.operation.Problem;
import java.util.List;
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
  static final String JSON = "json";
  static final String JSON_ENUM_NUMBERS = "json;enum-encoding=int";
  static final String LINES = "ndjson";
  static final String EVENTS = "sse";

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

  private final List<String> alts;
  private final boolean oneLine;
  private boolean pretty;
  private String alt = "";

  private SystemParameters(List<String> alts, boolean oneLine) {
    this.alts = alts;
    this.oneLine = oneLine;
    this.pretty = !oneLine && JsonStyle.DEFAULT.pretty();
  }

  /** Those of a method that answers once. */
  static SystemParameters ofAnswer() {
    return new SystemParameters(List.of(JSON, JSON_ENUM_NUMBERS), false);
  }

  /** Those of a stream, in which each message has a line. */
  static SystemParameters ofStream() {
    return new SystemParameters(List.of(JSON, JSON_ENUM_NUMBERS, LINES, EVENTS), true);
  }

  /** Takes the parameter if it is one of these. */
  boolean takes(QueryString.Parameter parameter) {
    String name = parameter.name();
    String bare = name.startsWith("$") ? name.substring(1) : name;
    if (SECRETS.contains(bare)) {
      throw Problem.invalid(name, "a token in the URL", "the Authorization header");
    }
    switch (bare) {
      case "alt" -> alt(parameter);
      case "prettyPrint", "pp" -> pretty(parameter);
      case "callback" -> throw Problem.invalid(name, "JSONP", "JSON only, without a callback");
      default -> {
        return IGNORED.contains(bare);
      }
    }
    return true;
  }

  private void alt(QueryString.Parameter parameter) {
    if (!alts.contains(parameter.value())) {
      throw Problem.invalid(parameter.name(), parameter.value(), String.join(" or ", alts));
    }
    alt = parameter.value();
  }

  private void pretty(QueryString.Parameter parameter) {
    pretty = isTrue(parameter);
    if (pretty && oneLine) {
      throw Problem.invalid(
          parameter.name(), parameter.value(), "false: a message of a stream has one line");
    }
  }

  private static boolean isTrue(QueryString.Parameter parameter) {
    return switch (parameter.value()) {
      case "true", "1", "" -> true;
      case "false", "0" -> false;
      default -> throw Problem.invalid(parameter.name(), parameter.value(), "true or false");
    };
  }

  /** What {@code alt} says; empty if it does not. */
  String alt() {
    return alt;
  }

  JsonStyle style() {
    return new JsonStyle(pretty, alt.equals(JSON_ENUM_NUMBERS));
  }
}
