package dev.longrunning.profile;

import dev.longrunning.filter.Dialect;
import dev.longrunning.operation.CollectionPattern;
import dev.longrunning.operation.OperationName;
import dev.longrunning.operation.Problem;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What a service's lists take.
 *
 * @param parents the forms of collections, without a trailing /operations; empty: {@code name} must
 *     not be set, and what is listed is said by the filter, or is all there is
 * @param wildcards whether {@code -} may stand in place of an id
 * @param dialect how filters are written, and whether there must be one
 * @param pageSizeDefault for who does not say
 * @param pageSizeMax the most there is on a page
 * @param refusesMore whether a larger page_size is an error; else it is cut down
 */
public record ListRules(
    List<PathTemplate> parents,
    boolean wildcards,
    Dialect dialect,
    int pageSizeDefault,
    int pageSizeMax,
    boolean refusesMore) {
  /** For a caller that does not say, of a service that does not. */
  public static final int PAGE_SIZE_DEFAULT = 50;

  /** More than this no service has. */
  public static final int PAGE_SIZE_MAX = 1_000;

  private static final String NESTED = "/operations";

  public ListRules {
    parents = List.copyOf(parents);
  }

  /** Whether it is the filter that says which collections are listed. */
  public boolean areNamedByFilter() {
    return parents.isEmpty() || dialect.isRequired();
  }

  /** The form of collections that a list's template names. */
  static PathTemplate parent(String form) {
    String parent = withoutSuffix(form);
    return parent.isEmpty() ? PathTemplate.empty() : PathTemplate.parse('/' + parent);
  }

  /** Of "operations" nothing is left: the flat collection. */
  private static String withoutSuffix(String form) {
    if (form.equals("operations")) {
      return "";
    }
    return form.endsWith(NESTED) ? form.substring(0, form.length() - NESTED.length()) : form;
  }

  /** Whether collections are called so, and how exact the form is: the smaller the more. */
  Optional<PathTemplate> form(String name) {
    if (name.length() > OperationName.NAME_BYTES_MAX) {
      return Optional.empty();
    }
    if (parents.isEmpty()) {
      return isNone(name) ? Optional.of(PathTemplate.empty()) : Optional.empty();
    }
    var segments = segments(withoutSuffix(name));
    return parents.stream().filter(form -> form.isText(segments)).min(Comparator.naturalOrder());
  }

  private static boolean isNone(String name) {
    return name.isEmpty() || name.equals("operations");
  }

  private static List<String> segments(String name) {
    return name.isEmpty() ? List.of() : List.of(name.split("/", -1));
  }

  /**
   * Which collections {@code name} stands for, or throws {@link Problem} INVALID naming {@code
   * field}.
   *
   * @param told what the filter says instead; empty: nothing
   */
  public CollectionPattern collections(String field, String name, Optional<String> told) {
    var named = named(field, name);
    return told.map(pattern -> OperationName.pattern("filter", pattern)).orElse(named);
  }

  private CollectionPattern named(String field, String name) {
    if (parents.isEmpty()) {
      if (!isNone(name)) {
        throw Problem.invalid(field, name, "nothing: the filter says what is listed");
      }
      return CollectionPattern.of("");
    }
    var pattern =
        wildcards
            ? OperationName.pattern(field, name)
            : CollectionPattern.of(OperationName.collection(field, name));
    if (form(name).isEmpty()) {
      throw Problem.invalid(field, name, allowed());
    }
    return pattern;
  }

  /** The forms of collections as path templates without the first slash; an empty one: flat. */
  public List<String> patterns() {
    return parents.stream().map(form -> form.toString().substring(1)).toList();
  }

  private String allowed() {
    return patterns().stream()
        .map(form -> form.isEmpty() ? "nothing" : form)
        .collect(Collectors.joining(" or "));
  }

  /**
   * How many a page has.
   *
   * @param wanted 0: the caller does not say
   * @param paged whether there is more than one page
   */
  public int pageSize(int wanted, boolean paged) {
    if (wanted != 0 && !paged) {
      throw Problem.invalid("page_size", wanted, "none with this filter");
    }
    if (wanted == 0) {
      return pageSizeDefault;
    }
    if (wanted > pageSizeMax && refusesMore) {
      throw Problem.invalid("page_size", wanted, "0 to " + pageSizeMax);
    }
    return Math.min(wanted, pageSizeMax);
  }
}
