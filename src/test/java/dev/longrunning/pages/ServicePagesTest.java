package dev.longrunning.pages;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longrunning.filter.Dialect;
import dev.longrunning.profile.Bindings;
import dev.longrunning.profile.Profile;
import dev.longrunning.profile.ServiceFile;
import dev.longrunning.profile.Services;
import dev.longrunning.profile.StandardMethod;
import dev.longrunning.profile.TestProfiles;
import dev.longrunning.types.Sets;
import dev.longrunning.types.TypeLookup;
import dev.longrunning.types.TypeSources;
import dev.longrunning.types.Types;
import dev.longrunning.types.TypesFault;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** What a page says, held against the file itself and not against what was read of it. */
final class ServicePagesTest {
  private static final String INTERFACE = StandardMethod.SERVICE + '.';
  private static final String HOSTILE = "</style><script>alert(1)</script><b title=\"x'y\">&amp;";

  private static TypeLookup shipped;

  @TempDir Path temp;

  @BeforeAll
  static void read() throws TypesFault {
    shipped = new TypeSources(Path.of("none"), true, List.of()).read().registry()::find;
  }

  static List<String> ids() {
    return TestProfiles.ids();
  }

  private static Page page(Profile profile, TypeLookup types) {
    var pages = new ServicePages(Services.of(List.of(profile)), () -> Optional.of(types));
    return pages.service(profile.id()).orElseThrow();
  }

  private static Profile profile(String yaml) {
    var read = ServiceFile.read("mine", "mine.yaml", yaml);
    assertThat(read.faults()).isEmpty();
    return read.profile().orElseThrow();
  }

  private static String text(Profile profile) {
    return text(page(profile, shipped).html());
  }

  /** What a reader sees, each element in lines of its own. */
  private static String text(String html) {
    return html.substring(html.indexOf("<body>"))
        .replace("<wbr>", "")
        .replaceAll("<[^>]*>", "\n")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&amp;", "&");
  }

  /** The texts below a path of keys of a file, through lists, whatever stands there. */
  private static List<String> said(Object node, String... keys) {
    if (node instanceof List<?> list) {
      return list.stream().flatMap(each -> said(each, keys).stream()).toList();
    }
    if (node instanceof Map<?, ?> map) {
      if (keys.length == 0) {
        return map.values().stream().flatMap(each -> said(each).stream()).toList();
      }
      String[] rest = List.of(keys).subList(1, keys.length).toArray(String[]::new);
      return said(map.get(keys[0]), rest);
    }
    return node == null ? List.of() : List.of(node.toString());
  }

  private static Object file(String id) throws Exception {
    var text = Files.readString(TestProfiles.DIRECTORY.resolve(id + ".yaml"));
    return new Load(LoadSettings.builder().build()).loadFromString(text);
  }

  private static List<String> methods(Object file) {
    var named = said(file, "longrunning", "methods");
    return named.isEmpty() ? List.of("GetOperation", "ListOperations") : named;
  }

  @ParameterizedTest
  @MethodSource("ids")
  void each_method_is_on_the_page_whether_the_service_has_it_or_not(String id) throws Exception {
    var profile = TestProfiles.profile(id);
    var lines = text(profile).lines().toList();

    assertThat(methods(file(id))).allMatch(lines::contains);
    for (var method : StandardMethod.values()) {
      assertThat(lines).contains(method.methodName(), method.fullName());
    }
    assertThat(lines)
        .containsAll(profile.bindings().all().keySet())
        .contains("WatchOperation", "WatchOperations", "StartOperation")
        .contains("UpdateOperation", "CompleteOperation", "AdoptOperation");
    long lacking = lines.stream().filter(line -> line.endsWith(": UNIMPLEMENTED")).count();
    assertThat(lacking).isEqualTo(StandardMethod.values().length - profile.methods().size());
  }

  @ParameterizedTest
  @MethodSource("ids")
  void each_binding_is_on_the_page(String id) throws Exception {
    var file = file(id);
    var lines = text(TestProfiles.profile(id)).lines().toList();
    var bindings = new ArrayList<String>();
    for (Object rule : (List<?>) ((Map<?, ?>) ((Map<?, ?>) file).get("http")).get("rules")) {
      String selector = String.join("", said(rule, "selector"));
      if (methods(file).contains(selector.replace(INTERFACE, ""))) {
        for (String verb : List.of("get", "post", "delete")) {
          said(rule, verb).forEach(path -> bindings.add(verb + ' ' + path));
          said(rule, "additional_bindings", verb).forEach(path -> bindings.add(verb + ' ' + path));
        }
      }
    }

    assertThat(bindings).isNotEmpty();
    for (String binding : bindings) {
      int space = binding.indexOf(' ');
      var verb = binding.substring(0, space).toUpperCase(java.util.Locale.ROOT);
      assertThat(lines).contains(verb + binding.substring(space));
    }
    Bindings all = TestProfiles.profile(id).bindings();
    all.all()
        .values()
        .forEach(
            rules -> rules.forEach(r -> assertThat(lines).contains(r.verb() + ' ' + r.template())));
  }

  @ParameterizedTest
  @MethodSource("ids")
  void each_scope_and_permission_is_on_the_page(String id) throws Exception {
    var file = file(id);
    var lines = text(TestProfiles.profile(id)).lines().toList();
    var scopes = said(file, "longrunning", "scopes");
    if (scopes.isEmpty()) {
      scopes =
          said(file, "authentication", "rules", "oauth", "canonical_scopes").stream()
              .flatMap(all -> List.of(all.split("[,\\s]+", -1)).stream())
              .toList();
    }

    assertThat(lines).containsAll(scopes);
    assertThat(lines).containsAll(said(file, "longrunning", "permissions"));
    TestProfiles.profile(id)
        .methods()
        .values()
        .forEach(access -> assertThat(lines).containsAll(access.permissions()));
  }

  @ParameterizedTest
  @MethodSource("ids")
  void names_lists_and_what_runs_are_on_the_page_as_the_file_has_them(String id) throws Exception {
    var file = file(id);
    var lines = text(TestProfiles.profile(id)).lines().toList();

    assertThat(lines).containsAll(said(file, "name"));
    assertThat(lines).containsAll(said(file, "title"));
    assertThat(lines).containsAll(said(file, "longrunning", "hosts"));
    assertThat(lines).containsAll(said(file, "longrunning", "names"));
    assertThat(lines).containsAll(said(file, "longrunning", "collection", "form"));
    assertThat(lines).containsAll(said(file, "longrunning", "collection", "pattern"));
    assertThat(lines).containsAll(said(file, "longrunning", "running"));
    assertThat(lines).containsAll(said(file, "longrunning", "ids"));
    assertThat(lines).anyMatch(line -> line.startsWith("at most " + max(file) + "; more is "));
  }

  private static String max(Object file) {
    var said = said(file, "longrunning", "list", "page_size_max");
    return said.isEmpty() ? "1,000" : said.get(0);
  }

  @ParameterizedTest
  @MethodSource("ids")
  void each_field_of_the_filter_and_an_example_are_on_the_page(String id) throws Exception {
    var dialect = said(file(id), "longrunning", "list", "filter");
    var guide = Dialect.named(dialect.isEmpty() ? "aip-160" : dialect.get(0)).orElseThrow().guide();
    var lines = text(TestProfiles.profile(id)).lines().toList();

    assertThat(lines).containsAll(guide.examples());
    for (var term : guide.terms()) {
      assertThat(lines).contains(term.name(), term.holds(), term.comparators());
    }
  }

  @ParameterizedTest
  @MethodSource("ids")
  void each_metadata_type_is_on_the_page_with_its_fields(String id) throws Exception {
    var lines = text(TestProfiles.profile(id)).lines().toList();

    for (String name : said(file(id), "longrunning", "metadata_types")) {
      var type = shipped.find(name);
      assertThat(type).as(name).isNotNull();
      assertThat(lines).contains(name);
      for (var field : type.getFields()) {
        assertThat(lines).as(name).contains(field.getName());
      }
    }
    assertThat(lines).noneMatch(line -> line.contains("not known to this server"));
  }

  @Test
  void fields_are_shown_as_deep_as_the_bound_and_no_deeper() {
    var lines = text(TestProfiles.profile("dataproc-v1")).lines().toList();

    assertThat(lines)
        .contains("status.state", "UNKNOWN, PENDING, RUNNING, DONE", "map of string to string")
        .contains("google.protobuf.Timestamp")
        .doesNotContain("status.state_start_time.seconds");
    int dots =
        lines.stream().filter(line -> line.matches("[a-z_]+(\\.[a-z_]+){3,}")).toList().size();
    assertThat(dots).isZero();
  }

  @Test
  void a_type_with_more_fields_than_the_bound_shows_its_outer_ones_first() throws Exception {
    var types =
        types(
            message("Pair", "x TYPE_STRING", "y TYPE_STRING")
                + message("Tight", MessageFields.ROWS_MAX - 2)
                + message("Full", MessageFields.ROWS_MAX - 3)
                + message("Over", MessageFields.ROWS_MAX));

    assertThat(fields(types, "Full")).hasSize(MessageFields.ROWS_MAX).endsWith("p", "p.x", "p.y");
    assertThat(fields(types, "Tight")).hasSize(MessageFields.ROWS_MAX - 1).endsWith("p");
    assertThat(fields(types, "Over")).hasSize(MessageFields.ROWS_MAX + 1).endsWith("f100", "…");
  }

  @Test
  void messages_are_opened_within_messages_to_a_depth_and_never_within_themselves()
      throws Exception {
    var types =
        types(
            message("A", "b .B", "self .A")
                + message("B", "c .C")
                + message("C", "d .D", "a .A")
                + message("D", "e TYPE_STRING"));

    assertThat(fields(types, "A")).containsExactly("b", "b.c", "b.c.d", "b.c.a", "self");
  }

  private static String message(String name, String... fields) {
    var message = new StringBuilder("message_type { name: '" + name + "' ");
    int number = 0;
    for (String field : fields) {
      number++;
      var parts = field.split(" ", -1);
      message.append(Sets.field(parts[0], number, parts[1]));
    }
    return message.append("} ").toString();
  }

  /** So many texts, and a pair. */
  private static String message(String name, int texts) {
    var fields = new ArrayList<String>();
    for (int i = 1; i <= texts; i++) {
      fields.add("f" + i + " TYPE_STRING");
    }
    fields.add("p .Pair");
    return message(name, fields.toArray(String[]::new));
  }

  private TypeLookup types(String messages) throws Exception {
    Files.write(temp.resolve("a.binpb"), Sets.set(Sets.file("a.proto", messages)));
    return new TypeSources(temp, false, List.of()).read().registry()::find;
  }

  private static List<String> fields(TypeLookup types, String name) {
    return MessageFields.of(types.find(name)).stream()
        .map(row -> row.get(0).lines().get(0).spans().get(0).text())
        .toList();
  }

  @Test
  void a_type_that_is_not_known_is_said_to_be_so_with_what_to_do() {
    var profile =
        profile("longrunning: {metadata_types: [acme.Copy], response_types: [acme.Done]}");

    var text = text(profile);

    assertThat(text.lines())
        .contains("acme.Copy", "acme.Done", " is not known to this server.")
        .anyMatch(line -> line.startsWith("protoc --include_imports --descriptor_set_out="));
  }

  @Test
  void a_page_shows_the_types_that_are_known_when_it_is_asked_for() {
    var known = new ArrayList<TypeLookup>();
    var services = TestProfiles.of("speech-v1");
    var pages = new ServicePages(services, () -> known.stream().findFirst());

    assertThat(text(pages.service("speech-v1").orElseThrow().html()))
        .contains("google.cloud.speech.v1.LongRunningRecognizeMetadata")
        .contains("still reading its message types")
        .doesNotContain("progress_percent");

    known.add(Types.builtIn().registry()::find);
    assertThat(text(pages.service("speech-v1").orElseThrow().html()))
        .contains("not known to this server");

    known.set(0, shipped);
    assertThat(text(pages.service("speech-v1").orElseThrow().html()))
        .contains("progress_percent")
        .doesNotContain("not known to this server");
  }

  @Test
  void what_a_file_says_is_text_whatever_it_holds() {
    String quoted = HOSTILE.replace("'", "''");
    var profile =
        profile(
            """
            name: 'a<b>"c&d'
            title: '%1$s'
            longrunning:
              names: ['<i>/*/operations/*']
              ids: '<img>'
              scopes: {GetOperation: ['%1$s']}
              permissions: {GetOperation: ['%1$s', '%1$s']}
              running: 'labels.x = "<script>"'
              metadata_types: ['%1$s']
            """
                .formatted(quoted));
    var page = page(profile, shipped);

    String html = page.html();
    assertThat(html).doesNotContain("<script", "<b ", "<b>", "<img>", "<i>");
    assertThat(html.split("</style>", -1)).hasSize(2);
    assertThat(text(html)).contains(HOSTILE, "labels.x = \"<script>\"");
    assertThat(page.markdown().replaceAll("`[^`\n]*`", ""))
        .doesNotContainPattern("(?<!\\\\)<(?!br>)");

    var index = new ServicePages(Services.of(List.of(profile)), Optional::empty).index();
    assertThat(index.html()).doesNotContain("<script", "<b ", "<b>");
    assertThat(text(index.html())).contains(HOSTILE);
  }

  @Test
  void characters_that_hide_what_is_there_are_not_passed_on() {
    var profile = profile("title: \"a\\u202eb\\x07c\\ud800\\u2066d\"");

    assertThat(page(profile, shipped).html())
        .contains("a\ufffdb\ufffdc\ufffd\ufffdd")
        .doesNotContain("\u202e", "\u0007");
    assertThat(page(profile, shipped).markdown()).startsWith("# a\ufffdb\ufffdc\ufffd\ufffdd");
  }

  @ParameterizedTest
  @CsvSource({"all, a.get and b.get", "any, a.get or b.get"})
  void permissions_are_shown_as_they_combine(String combine, String wanted) {
    var profile =
        profile(
            "longrunning: {combine: " + combine + ", permissions: {GetOperation: [a.get, b.get]}}");

    assertThat(text(profile).replace("\n", "")).contains(wanted);
  }

  @Test
  void what_differs_between_services_is_said_of_each() {
    var own =
        profile(
            """
            backend: {rules: [{selector: google.longrunning.Operations.*, deadline: 2.5}]}
            publishing:
              method_settings:
              - selector: acme.Copies.Copy
                long_running: {initial_poll_delay: 3s, poll_delay_multiplier: 2, max_poll_delay: 20s}
            longrunning:
              methods: [GetOperation, CancelOperation]
              result: optional
              list: {parent: none, filter_required: true, page_size: 7, page_size_max: 9, larger_page: refused}
            """);

    assertThat(text(own).lines())
        .doesNotContain("GetOperation: 2.5 s")
        .contains(
            "CancelOperation: 2.5 s", "after 3 s, then each time 2.0 times as long, up to 20 s")
        .contains("at most 9; more is INVALID_ARGUMENT", "7 for who does not say")
        .contains("yes: without one a list is INVALID_ARGUMENT")
        .contains("WatchOperations; the service has no ListOperations")
        .anyMatch(line -> line.contains("must be empty"))
        .anyMatch(line -> line.startsWith("optional: "));
    assertThat(text(TestProfiles.profile("default")).lines())
        .contains("at most 1,000; more is cut down to that", "the caller's alone")
        .contains("any that is no other service's")
        .anyMatch(line -> line.contains("stands for any id"))
        .anyMatch(line -> line.startsWith("required: "));
  }

  @Test
  void more_types_than_the_bound_are_counted() {
    String names = "[a.B" + ", a.B".repeat(TypesSection.TYPES_MAX) + ']';
    var text = text(profile("longrunning: {metadata_types: " + names + "}"));

    assertThat(text).contains("1 more in the file.");
    assertThat(text.lines().filter("a.B"::equals)).hasSize(TypesSection.TYPES_MAX);
  }
}
