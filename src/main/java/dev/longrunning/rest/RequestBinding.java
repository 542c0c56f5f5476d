package dev.longrunning.rest;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Message;
import dev.longrunning.operation.Problem;
import dev.longrunning.rpc.HttpRoutes;
import io.vertx.core.json.JsonObject;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * One request's parts put into its message, as {@code google.api.http} says: the path's variables,
 * the body, and the query for what is in neither.
 *
 * <p><b>Promise.</b> The path wins over the body. Every part that has no place is {@link Problem}
 * INVALID.
 *
 * @param match what answers, and the path's variables
 * @param parameters those of the query that are no {@link SystemParameters}
 * @param body the text of the body; empty: none came
 */
record RequestBinding(HttpRoutes.Match match, List<QueryString.Parameter> parameters, String body) {

  /** Fills {@code builder}, a new one of the method's request. */
  void fill(Message.Builder builder, JsonMessages json) {
    bindBody(builder, json);
    bindQuery(builder);
    for (var variable : match.variables().entrySet()) {
      path(builder.getDescriptorForType(), variable.getKey())
          .bind(builder, variable.getKey(), variable.getValue());
    }
  }

  private static FieldPath path(Descriptor type, String field) {
    return FieldPath.find(type, field)
        .orElseThrow(() -> new IllegalStateException(field + " was checked with its template"));
  }

  private void bindBody(Message.Builder builder, JsonMessages json) {
    String field = match.rule().body();
    if (body.isEmpty()) {
      return;
    }
    if (field.isEmpty()) {
      // Google's clients for Node post an object without fields where the rule has no body.
      if (match.rule().verb().equals("POST") && isEmptyObject(body)) {
        return;
      }
      throw Problem.invalid("body", body.length() + " characters", "none: this method has no body");
    }
    json.merge(field.equals("*") ? body : wrapped(field, body), builder);
  }

  private static boolean isEmptyObject(String body) {
    return body.strip().matches("\\{\\s*}");
  }

  /** An object with the body as its only field. Decoded first, lest it add fields of its own. */
  private static String wrapped(String field, String body) {
    return new JsonObject().put(field, StrictJson.value(body)).encode();
  }

  private void bindQuery(Message.Builder builder) {
    Set<FieldPath> seen = new HashSet<>();
    for (var parameter : parameters) {
      var path =
          FieldPath.find(builder.getDescriptorForType(), parameter.name())
              .orElseThrow(() -> unknown(parameter.name(), builder.getDescriptorForType()));
      if (isBoundElsewhere(path)) {
        throw Problem.invalid(
            Problem.shown(parameter.name()), "it in the query", "it in the path or the body only");
      }
      if (!seen.add(path) && !path.isRepeated()) {
        throw Problem.invalid(parameter.name(), "it more than once", "it once");
      }
      path.bind(builder, parameter.name(), parameter.value());
    }
  }

  private static Problem unknown(String name, Descriptor type) {
    return Problem.invalid(
        Problem.shown(name), "an unknown query parameter", "the fields of " + type.getFullName());
  }

  private boolean isBoundElsewhere(FieldPath path) {
    String body = match.rule().body();
    String name = path.name();
    return body.equals("*")
        || body.equals(path.fields().get(0).getName())
        || match.variables().containsKey(name);
  }
}
