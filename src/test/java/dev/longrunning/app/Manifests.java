package dev.longrunning.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * What {@code kubectl kustomize} makes of a folder below {@code k8s}, and what the server in its
 * pod finds: files and environment.
 */
final class Manifests {
  /** In the place of what a Secret holds under a key. */
  private static final Map<String, String> SECRETS =
      Map.of(
          "url",
              "postgres://longrunning@db.example.com/longrunning?sslmode=verify-full&sslrootcert=system",
          "password", "from-a-secret");

  private final List<Map<String, Object>> objects = new ArrayList<>();

  private Manifests() {}

  /** Renders a folder; without kubectl the test is left out, but not in CI. */
  static Manifests of(String folder) throws IOException, InterruptedException {
    boolean known = isInstalled();
    if ("true".equals(System.getenv("CI"))) {
      assertThat(known).as("kubectl is installed").isTrue();
    }
    assumeTrue(known, "kubectl is not installed");
    var process =
        new ProcessBuilder("kubectl", "kustomize", "k8s/" + folder)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as("kubectl kustomize k8s/" + folder).isZero();
    var manifests = new Manifests();
    var load = new Load(LoadSettings.builder().build());
    load.loadAllFromString(text).forEach(object -> manifests.objects.add(map(object)));
    return manifests;
  }

  private static boolean isInstalled() throws InterruptedException {
    try {
      return new ProcessBuilder("kubectl", "version", "--client")
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (IOException e) {
      return false;
    }
  }

  /** The one object of a kind. */
  Map<String, Object> one(String kind) {
    return find(kind).orElseThrow();
  }

  Optional<Map<String, Object>> find(String kind) {
    return objects.stream().filter(object -> kind.equals(object.get("kind"))).findFirst();
  }

  Map<String, Object> pod() {
    return map(at(one("Deployment"), "spec", "template", "spec"));
  }

  Map<String, Object> container() {
    return maps(pod().get("containers")).get(0);
  }

  /** Reads the settings as the server in the pod does, its file system laid out in {@code root}. */
  Settings settings(Path root) throws IOException, SettingsFault {
    List<String> mounts = mount(root);
    var environment = new LinkedHashMap<String, String>();
    for (Map<String, Object> variable : maps(container().get("env"))) {
      Object value = variable.get("value");
      String text =
          value == null
              ? SECRETS.get(at(variable, "valueFrom", "secretKeyRef", "key").toString())
              : value.toString();
      for (String mount : mounts) {
        text = text.replace(mount + "/", root + mount + "/");
      }
      environment.put(variable.get("name").toString(), text);
    }
    Path config = Path.of(environment.get("LONGRUNNING_CONFIG"));
    return Settings.read(Map.of(), environment, Optional.of(config));
  }

  private List<String> mount(Path root) throws IOException {
    var mounts = new ArrayList<String>();
    for (Map<String, Object> mount : maps(container().get("volumeMounts"))) {
      var volume =
          maps(pod().get("volumes")).stream()
              .filter(it -> it.get("name").equals(mount.get("name")))
              .findFirst()
              .orElseThrow();
      String path = mount.get("mountPath").toString();
      if (volume.containsKey("configMap")) {
        write(root, mounts, path, map(one("ConfigMap").get("data")));
      } else if (volume.containsKey("secret")) {
        var files = new LinkedHashMap<String, Object>();
        maps(at(volume, "secret", "items")).forEach(it -> files.put(it.get("path").toString(), ""));
        write(root, mounts, path, files);
      }
    }
    return mounts;
  }

  private static void write(
      Path root, List<String> mounts, String mount, Map<String, Object> contents)
      throws IOException {
    Path folder = Files.createDirectories(Path.of(root + mount));
    for (var content : contents.entrySet()) {
      Files.writeString(folder.resolve(content.getKey()), content.getValue().toString());
    }
    mounts.add(mount);
  }

  static Object at(Map<String, Object> object, String... keys) {
    Object value = object;
    for (String key : keys) {
      value = map(value).get(key);
      assertThat(value).as(String.join(".", keys)).isNotNull();
    }
    return value;
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> map(Object value) {
    return (Map<String, Object>) value;
  }

  @SuppressWarnings("unchecked")
  static List<Map<String, Object>> maps(Object value) {
    return (List<Map<String, Object>>) value;
  }
}
