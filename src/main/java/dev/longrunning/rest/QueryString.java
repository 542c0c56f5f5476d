package dev.longrunning.rest;

import dev.longrunning.operation.Percent;
import dev.longrunning.operation.Problem;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The parameters of a request's query, in the order in which they came.
 *
 * <p><b>Bounds.</b> {@value #PARAMETERS_MAX} parameters; their length is bounded by that of the
 * request line.
 */
record QueryString(List<Parameter> parameters) {
  static final int PARAMETERS_MAX = 100;

  private static final String FIELD = "query";

  /**
   * One parameter.
   *
   * @param raw the value, not decoded yet: it may be a secret, which no message may repeat
   */
  record Parameter(String name, String raw) {
    String value() {
      return Percent.decodedQuery(name, raw);
    }
  }

  /** Reads what follows the question mark; null: there is none. */
  static QueryString parse(@Nullable String raw) {
    var parameters = new ArrayList<Parameter>();
    for (String part : raw == null ? new String[0] : raw.split("&")) {
      if (part.isEmpty()) {
        continue;
      }
      if (parameters.size() == PARAMETERS_MAX) {
        throw Problem.invalid(FIELD, "more parameters", "at most " + PARAMETERS_MAX);
      }
      int equals = part.indexOf('=');
      String name = Percent.decodedQuery(FIELD, equals < 0 ? part : part.substring(0, equals));
      parameters.add(new Parameter(name, equals < 0 ? "" : part.substring(equals + 1)));
    }
    return new QueryString(List.copyOf(parameters));
  }
}
