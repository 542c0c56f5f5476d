package dev.longrunning.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longrunning.profile.Profile;
import dev.longrunning.profile.ServiceFile;
import dev.longrunning.profile.Services;
import dev.longrunning.profile.StandardMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every binding that thirty services publish, all of them served at once: at its host it leads to
 * its service, its method and its name, and what is next to it does not.
 */
final class PublishedBindingsTest {
  private static final Pattern VARIABLE = Pattern.compile("\\{name=([^}]*)\\}");
  private static final List<Published> ALL = read();
  private static final Services SERVICES =
      Services.of(ALL.stream().map(Published::profile).toList());
  private static final Map<String, HttpRoutes> ROUTES = new HashMap<>();

  /** A service as it is published. */
  record Published(Profile profile, String host, JsonObject methods) {}

  /** One binding. */
  record Binding(Published service, String method, String verb, String template) {
    @Override
    public String toString() {
      return service.host() + ' ' + method + ' ' + verb + ' ' + template;
    }

    String name() {
      var variable = VARIABLE.matcher(template);
      return variable.find() ? filled(variable.group(1)) : "";
    }

    String path() {
      return filled(VARIABLE.matcher(template).replaceAll("$1"));
    }

    private static String filled(String form) {
      return form.replace("**", "any/thing").replace("*", "x1");
    }
  }

  private static List<Published> read() {
    var all = new ArrayList<Published>();
    try (var in = PublishedBindingsTest.class.getResourceAsStream("/services/services.json")) {
      var text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      for (Object each : new JsonArray(text)) {
        var service = (JsonObject) each;
        String host = service.getString("service");
        // Two files of one service say the same of its operations.
        boolean again = service.getString("config_file").contains("spanner/admin/instance");
        if (!again && !host.startsWith("(")) {
          all.add(new Published(profile(service), host, service.getJsonObject("methods")));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return all;
  }

  /** The configuration that says this. */
  private static Profile profile(JsonObject service) {
    var text = new StringBuilder("name: " + service.getString("service") + "\nhttp:\n  rules:\n");
    var methods = new ArrayList<String>();
    for (var entry : service.getJsonObject("methods")) {
      var rules = (JsonArray) entry.getValue();
      if (!rules.isEmpty()) {
        methods.add(entry.getKey());
        text.append("  - selector: google.longrunning.Operations.").append(entry.getKey());
        String indent = "\n    ";
        for (Object each : rules) {
          var rule = (JsonObject) each;
          text.append(indent).append(rule.getString("verb").toLowerCase(java.util.Locale.ROOT));
          text.append(": '").append(rule.getString("path")).append('\'');
          if (indent.equals("\n    ")) {
            text.append("\n    additional_bindings:");
          }
          indent = "\n    - ";
        }
        text.append('\n');
      }
    }
    text.append("longrunning:\n  methods: ").append(methods).append('\n');
    String file = service.getString("config_file");
    String id = file.replaceAll(".*/", "").replace(".yaml", "").replace('_', '-');
    var read = ServiceFile.read(id, file, text.toString());
    return read.profile().orElseThrow(() -> new AssertionError(read.faults() + "\n" + text));
  }

  static Stream<Binding> bindings() {
    return ALL.stream()
        .flatMap(
            service ->
                service.methods().stream()
                    .flatMap(
                        entry ->
                            ((JsonArray) entry.getValue())
                                .stream()
                                    .map(JsonObject.class::cast)
                                    .map(
                                        rule ->
                                            new Binding(
                                                service,
                                                entry.getKey(),
                                                rule.getString("verb"),
                                                rule.getString("path")))));
  }

  private static Optional<HttpRoutes.Match> find(Binding binding, String verb, String path) {
    var routes =
        ROUTES.computeIfAbsent(
            binding.service().host(),
            host ->
                HttpRoutes.of(
                    MethodTable.of(List.copyOf(MethodsDocs.methods())), SERVICES.at(host)));
    return routes.find(verb, path);
  }

  @ParameterizedTest
  @MethodSource("bindings")
  void a_published_binding_leads_to_its_service_its_method_and_its_name(Binding binding) {
    var match = find(binding, binding.verb(), binding.path()).orElseThrow();

    assertThat(match.method().fullName())
        .isEqualTo(StandardMethod.SERVICE + '/' + binding.method());
    assertThat(match.services().profiles()).containsExactly(binding.service().profile());
    assertThat(match.variables().getOrDefault("name", "")).isEqualTo(binding.name());
  }

  @ParameterizedTest
  @MethodSource("bindings")
  void what_is_next_to_a_published_binding_is_not_it(Binding binding) {
    var misses = new ArrayList<String>();
    misses.add(binding.path() + ":nope");
    misses.add("/v0" + binding.path());
    if (!binding.template().contains("**") && !binding.template().contains(":")) {
      misses.add(binding.path() + "/more");
      misses.add(binding.path().substring(0, binding.path().lastIndexOf('/')));
    }
    for (String miss : misses) {
      assertThat(find(binding, binding.verb(), miss).map(match -> match.rule().template()))
          .as(miss)
          .isNotEqualTo(Optional.of(binding.template()));
    }
    assertThat(find(binding, "PUT", binding.path())).isEmpty();
  }
}
