package dev.longrunning.profile;

import static java.util.stream.Collectors.joining;

import dev.longrunning.filter.Dialect;
import dev.longrunning.filter.Filter;
import dev.longrunning.operation.Problem;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * The section {@code longrunning} of a service's configuration: what {@code google.api.Service} has
 * no field for.
 *
 * <p><b>Promise.</b> Strict: a key that nobody knows is a fault. Without the section a service is
 * what its HTTP rules say: names as Get has them, collections as List has them.
 */
record OwnSection(
    List<String> hosts,
    Set<StandardMethod> methods,
    Absent absent,
    Names names,
    CollectionRule collection,
    ListRules lists,
    IdForm ids,
    boolean resultOptional,
    Filter running,
    Map<StandardMethod, List<String>> scopes,
    Map<StandardMethod, List<String>> permissions,
    Access.Combine combine,
    Access.Resource resource,
    List<SignalVerb> signals,
    List<String> metadataTypes,
    List<String> responseTypes) {
  static final String KEY = "longrunning";

  /** What HTTP has at the paths of methods that the service lacks. */
  enum Absent {
    UNBOUND,
    UNIMPLEMENTED
  }

  static final Set<String> LIST_KEYS =
      Set.of(
          "parent",
          "parents",
          "wildcards",
          "filter",
          "filter_required",
          "page_size",
          "page_size_max",
          "larger_page");
  static final Set<String> COLLECTION_KEYS = Set.of("from", "pattern", "form");
  static final Set<String> KEYS =
      Set.of(
          "hosts",
          "methods",
          "absent_methods",
          "names",
          "ids",
          "collection",
          "list",
          "result",
          "running",
          "scopes",
          "permissions",
          "combine",
          "authorized",
          SignalVerb.KEY,
          "metadata_types",
          "response_types");

  /**
   * Reads the section of a service.
   *
   * @param rules where REST finds its methods
   */
  static OwnSection read(YamlMap service, Map<StandardMethod, List<HttpRule>> rules) {
    var own = service.map(KEY);
    return new Reader(own.orElse(YamlMap.none()), rules).read();
  }

  /** Reads one section. */
  private record Reader(YamlMap own, Map<StandardMethod, List<HttpRule>> rules) {
    OwnSection read() {
      own.onlyHas(KEYS);
      var combine = own.choice("combine", Access.Combine.class);
      var resource = own.choice("authorized", Access.Resource.class);
      return new OwnSection(
          own.texts("hosts"),
          methods(),
          own.choice("absent_methods", Absent.class),
          names(),
          collection(),
          lists(),
          ids(),
          own.choice("result", "required", "optional").equals("optional"),
          running(),
          perMethod("scopes"),
          perMethod("permissions"),
          combine,
          resource,
          SignalVerb.read(own, combine, resource),
          own.texts("metadata_types"),
          own.texts("response_types"));
    }

    private Filter running() {
      String text = own.text("running").orElse("");
      try {
        return Dialect.standard().parse(text).written(text);
      } catch (Problem problem) {
        own.fault("running", text, "a filter: " + problem.getMessage());
        return Filter.NONE;
      }
    }

    private Set<StandardMethod> methods() {
      var all = new LinkedHashSet<StandardMethod>();
      var named = own.texts("methods");
      if (named.isEmpty()) {
        all.addAll(Arrays.asList(StandardMethod.values()));
      }
      named.forEach(name -> method(own, "methods", name).ifPresent(all::add));
      return all;
    }

    private static Optional<StandardMethod> method(YamlMap map, String key, String name) {
      var method = StandardMethod.named(name);
      if (method.isEmpty()) {
        map.fault(
            key,
            name,
            Arrays.stream(StandardMethod.values())
                .map(StandardMethod::methodName)
                .collect(joining(", ")));
      }
      return method;
    }

    private Map<StandardMethod, List<String>> perMethod(String key) {
      var found = new EnumMap<StandardMethod, List<String>>(StandardMethod.class);
      own.map(key)
          .ifPresent(
              map -> {
                for (String name : map.keys()) {
                  method(map, name, name).ifPresent(method -> found.put(method, map.texts(name)));
                }
              });
      return found;
    }

    /** As said, or else what Get's paths hold. */
    private Names names() {
      var forms = own.texts("names");
      if (forms.isEmpty()) {
        forms = forms(StandardMethod.GET);
      } else {
        forms.removeIf(form -> template(own, "names", form).isEmpty());
      }
      return Names.of(forms);
    }

    private List<String> forms(StandardMethod method) {
      var forms = new ArrayList<String>();
      for (var rule : rules.getOrDefault(method, List.of())) {
        PathTemplate.parse(rule.template()).form("name").ifPresent(forms::add);
      }
      return forms;
    }

    private static Optional<PathTemplate> template(YamlMap map, String key, String text) {
      try {
        return Optional.of(PathTemplate.parse('/' + text));
      } catch (IllegalStateException e) {
        map.fault(key, text, "segments such as projects/*/operations/*: " + e.getMessage());
        return Optional.empty();
      }
    }

    private CollectionRule collection() {
      var section = own.map("collection");
      if (section.isEmpty()) {
        return new CollectionRule.Parent();
      }
      var map = section.get();
      map.onlyHas(COLLECTION_KEYS);
      var form = new Form(map.text("form").orElse(""));
      String from = map.text("from").orElse("");
      if (from.equals("labels")) {
        if (form.variables().isEmpty()) {
          map.fault("form", form.text(), "text with labels, such as projects/{project_id}");
        }
        return new CollectionRule.OfLabels(form);
      }
      if (!from.equals("name") && !from.equals("decoded-id")) {
        map.fault("from", from, "name, decoded-id or labels");
      }
      String text = map.text("pattern").orElse("");
      var pattern = template(map, "pattern", text);
      if (pattern.isEmpty() || !pattern.get().fields().containsAll(form.variables())) {
        map.fault("form", form.text(), "text with variables of pattern");
        return new CollectionRule.Parent();
      }
      return from.equals("name")
          ? new CollectionRule.OfName(pattern.get(), form)
          : new CollectionRule.OfDecodedId(pattern.get(), form);
    }

    private ListRules lists() {
      var map = own.map("list").orElse(YamlMap.none());
      map.onlyHas(LIST_KEYS);
      boolean named = map.choice("parent", "named", "none").equals("named");
      var forms = map.texts("parents");
      if (forms.isEmpty()) {
        forms = forms(StandardMethod.LIST);
      }
      var parents = new ArrayList<PathTemplate>();
      if (named) {
        for (String form : forms) {
          template(map, "parents", form).ifPresent(good -> parents.add(ListRules.parent(form)));
        }
      }
      int max = size(map, "page_size_max", ListRules.PAGE_SIZE_MAX, ListRules.PAGE_SIZE_MAX);
      return new ListRules(
          parents,
          map.choice("wildcards", "false", "true").equals("true"),
          dialect(map),
          size(map, "page_size", Math.min(ListRules.PAGE_SIZE_DEFAULT, max), max),
          max,
          map.choice("larger_page", "cut", "refused").equals("refused"));
    }

    private static Dialect dialect(YamlMap map) {
      var name = map.text("filter");
      var found = name.map(Dialect::named).orElse(Optional.of(Dialect.standard()));
      if (found.isEmpty()) {
        map.fault("filter", name.orElse(""), Dialect.names());
      }
      var dialect = found.orElse(Dialect.standard());
      boolean required = map.choice("filter_required", "false", "true").equals("true");
      return required ? dialect.required() : dialect;
    }

    private static int size(YamlMap map, String key, int usual, int max) {
      var text = map.text(key);
      if (text.isEmpty()) {
        return usual;
      }
      if (!text.get().matches("[1-9][0-9]{0,3}") || Integer.parseInt(text.get()) > max) {
        map.fault(key, text.get(), "1 to " + max);
        return usual;
      }
      return Integer.parseInt(text.get());
    }

    private IdForm ids() {
      var text = own.text("ids");
      if (text.isEmpty()) {
        return IdForm.DEFAULT;
      }
      try {
        return new IdForm(Pattern.compile(text.get()), text.get(), true);
      } catch (PatternSyntaxException e) {
        own.fault("ids", text.get(), "a regular expression: " + e.getDescription());
        return IdForm.DEFAULT;
      }
    }
  }
}
