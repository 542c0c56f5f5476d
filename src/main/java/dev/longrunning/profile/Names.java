package dev.longrunning.profile;

import dev.longrunning.operation.OperationName;
import dev.longrunning.operation.Problem;
import dev.longrunning.operation.Problem.Violation;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * How a service's operations are called.
 *
 * <p><b>Promise.</b> A name is of one of the forms, each as in a path template; a <code>**</code>
 * at the end stands for at least one segment. The last segment holds no {@code :}, which would be a
 * verb in a path. What the name of any resource may be has been checked before.
 */
public final class Names {
  private final List<PathTemplate> forms;

  private Names(List<PathTemplate> forms) {
    this.forms = forms;
  }

  /** The most exact form goes first. */
  static Names of(List<String> forms) {
    return new Names(
        forms.stream().distinct().map(form -> PathTemplate.parse('/' + form)).sorted().toList());
  }

  /** Whether an operation may be called so. */
  public boolean isName(String name) {
    return form(name).isPresent();
  }

  /** Whether {@code name} is called so, and how exact the form is: the smaller the more. */
  Optional<PathTemplate> form(String name) {
    if (name.length() > OperationName.NAME_BYTES_MAX) {
      return Optional.empty();
    }
    for (var form : forms) {
      if (form.isName(name)) {
        return Optional.of(form);
      }
    }
    return Optional.empty();
  }

  /** Returns the name, or throws {@link Problem} INVALID naming {@code field}. */
  public String checked(String field, String name) {
    fault(field, name)
        .ifPresent(
            violation -> {
              throw Problem.invalid(List.of(violation));
            });
    return name;
  }

  /**
   * What is wrong with {@code name} as the name of an operation; empty: nothing.
   *
   * @param name of some resource: {@link OperationName#resourceFault} finds nothing
   */
  public Optional<Violation> fault(String field, String name) {
    return form(name).isPresent() && name.indexOf(':', name.lastIndexOf('/') + 1) < 0
        ? Optional.empty()
        : Optional.of(Violation.of(field, name, allowed() + ", no ':' in the id"));
  }

  /** The forms in words, such as {@code operations/{id} or {parent}/operations/{id}}. */
  public String allowed() {
    return forms.stream().map(Names::shown).collect(Collectors.joining(" or "));
  }

  /** The forms as path templates without the first slash, the most exact one first. */
  public List<String> patterns() {
    return forms.stream().map(form -> form.toString().substring(1)).toList();
  }

  private static String shown(PathTemplate form) {
    String text = form.toString().substring(1);
    if (text.equals("**")) {
      return "{id}";
    }
    return text.replaceFirst("^\\*\\*/", "{parent}/").replaceFirst("/\\*\\*?$", "/{id}");
  }
}
