package dev.longrunning.profile;

import com.google.errorprone.annotations.Immutable;

/**
 * One HTTP binding of a method, as {@code google.api.http} has them.
 *
 * @param verb GET, POST, PATCH, PUT or DELETE
 * @param template such as <code>/v1/{name=operations/**}:cancel</code>
 * @param body {@code *}, a field's name, or empty: no body, all other fields from the query
 */
@Immutable
public record HttpRule(String verb, String template, String body) {
  /** Which requests a rule is for: equal ones are for the same, whatever their variables. */
  public record Place(String verb, PathTemplate template) {
    @Override
    public String toString() {
      return verb + ' ' + template;
    }
  }

  /** Throws {@code IllegalStateException} if the template is none. */
  public Place place() {
    return new Place(verb, PathTemplate.parse(template));
  }

  public static HttpRule get(String template) {
    return new HttpRule("GET", template, "");
  }

  public static HttpRule delete(String template) {
    return new HttpRule("DELETE", template, "");
  }

  public static HttpRule post(String template) {
    return new HttpRule("POST", template, "*");
  }
}
