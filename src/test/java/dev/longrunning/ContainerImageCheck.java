package dev.longrunning;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The container image in {@code target/longrunning-image.tar}, made from an empty base by {@code
 * .ci/image}, which runs this and then the layers themselves.
 */
final class ContainerImageCheck {
  private static final Path TAR = Path.of("target/longrunning-image.tar");

  /** What a layer holds of one path. */
  private record File(int mode, long user, long group, long seconds, String content) {}

  private static final Map<String, byte[]> BLOBS = new LinkedHashMap<>();
  private static final Map<String, Map<String, File>> LAYERS = new LinkedHashMap<>();
  private static JsonObject image = new JsonObject();

  @BeforeAll
  static void unpack() throws IOException {
    try (var tar = new TarArchiveInputStream(Files.newInputStream(TAR))) {
      for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        BLOBS.put(entry.getName(), tar.readAllBytes());
      }
    }
    var manifest = blob(json("index.json").getJsonArray("manifests").getJsonObject(0));
    image = blob(manifest.getJsonObject("config"));
    var comments =
        objects(image.getJsonArray("history")).map(it -> it.getString("comment")).toList();
    var layers = objects(manifest.getJsonArray("layers")).toList();
    assertThat(layers).hasSameSizeAs(comments);
    for (int i = 0; i < layers.size(); i++) {
      LAYERS.put(comments.get(i), files(BLOBS.get(place(layers.get(i)))));
    }
  }

  /** Lays the layers out for {@code .ci/image}, and beside them the command, a word a line. */
  @AfterAll
  static void unpackForRunning() throws IOException {
    String place = System.getProperty("image.unpacked");
    if (place == null) {
      return;
    }
    for (var entry : all().entrySet()) {
      Path path = Path.of(place + entry.getKey());
      if (entry.getKey().endsWith("/")) {
        Files.createDirectories(path);
      } else {
        Files.createDirectories(path.getParent());
        Files.write(path, entry.getValue().content().getBytes(StandardCharsets.ISO_8859_1));
      }
    }
    var command = new ArrayList<>(words("Entrypoint"));
    command.addAll(words("Cmd"));
    Files.write(Path.of(place + ".command"), command);
  }

  private static Map<String, File> files(byte[] layer) throws IOException {
    var files = new TreeMap<String, File>();
    InputStream gunzipped = new GZIPInputStream(new ByteArrayInputStream(layer));
    try (var tar = new TarArchiveInputStream(gunzipped)) {
      for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        assertThat(entry.isFile() || entry.isDirectory()).as(entry.getName()).isTrue();
        files.put(
            "/" + entry.getName(),
            new File(
                entry.getMode(),
                entry.getLongUserId(),
                entry.getLongGroupId(),
                entry.getLastModifiedTime().toInstant().getEpochSecond(),
                new String(tar.readAllBytes(), StandardCharsets.ISO_8859_1)));
      }
    }
    return files;
  }

  private static JsonObject blob(JsonObject descriptor) {
    return json(place(descriptor));
  }

  private static String place(JsonObject descriptor) {
    return "blobs/" + descriptor.getString("digest").replace(':', '/');
  }

  private static JsonObject json(String name) {
    return new JsonObject(new String(BLOBS.get(name), StandardCharsets.UTF_8));
  }

  private static Stream<JsonObject> objects(JsonArray array) {
    return array.stream().map(JsonObject.class::cast);
  }

  private static JsonObject config() {
    return image.getJsonObject("config");
  }

  private static List<String> words(String name) {
    return config().getJsonArray(name, new JsonArray()).stream().map(String::valueOf).toList();
  }

  private static Map<String, File> all() {
    var all = new TreeMap<String, File>();
    LAYERS.values().forEach(all::putAll);
    return all;
  }

  @Test
  void it_starts_the_server_directly_and_as_nobody_in_particular() {
    List<String> entrypoint = words("Entrypoint");

    assertThat(entrypoint.get(0)).isEqualTo("java");
    assertThat(entrypoint.get(entrypoint.size() - 1)).isEqualTo("dev.longrunning.Main");
    assertThat(words("Cmd")).hasToString("[serve]");
    assertThat(config().getString("User")).isEqualTo("65532:65532");
    assertThat(config().getString("WorkingDir")).isEqualTo("/var/lib/longrunning");
  }

  @Test
  void the_machine_is_told_what_a_container_needs() {
    assertThat(words("Entrypoint"))
        .hasToString(
            "[java, -XX:MaxRAMPercentage=50, -XX:MaxDirectMemorySize=256m, -XX:+UseG1GC,"
                + " -XX:+ExitOnOutOfMemoryError, -XX:-UsePerfData,"
                + " --enable-native-access=ALL-UNNAMED, --sun-misc-unsafe-memory-access=allow,"
                + " -cp, @/app/jib-classpath-file, dev.longrunning.Main]");
  }

  @Test
  void it_opens_the_api_and_the_management_port() {
    assertThat(config().getJsonObject("ExposedPorts").fieldNames())
        .containsExactlyInAnyOrder("8080/tcp", "9090/tcp");
  }

  @Test
  void it_says_what_it_is() {
    assertThat(config().getJsonObject("Labels").fieldNames())
        .containsExactlyInAnyOrder(
            "org.opencontainers.image.title",
            "org.opencontainers.image.description",
            "org.opencontainers.image.version",
            "org.opencontainers.image.licenses",
            "org.opencontainers.image.base.name");
  }

  @Test
  void what_changes_seldom_is_in_the_lowest_layer() {
    assertThat(LAYERS.keySet())
        .containsExactly("dependencies", "resources", "classes", "jvm arg files", "extra files");
    assertThat(LAYERS.get("dependencies").keySet())
        .allMatch(path -> path.equals("/app/") || path.startsWith("/app/libs/"));
    assertThat(LAYERS.get("classes").keySet()).contains("/app/classes/dev/longrunning/Main.class");
    assertThat(LAYERS.get("resources").keySet())
        .contains(
            "/app/resources/META-INF/LICENSE",
            "/app/resources/META-INF/licenses/PostgreSQL.txt",
            "/app/resources/META-INF/licenses/THIRD-PARTY.txt",
            "/app/resources/META-INF/sbom/longrunning.cdx.json",
            "/app/resources/META-INF/sbom/postgresql.cdx.json",
            "/app/resources/dev/longrunning/build.properties",
            "/app/resources/dev/longrunning/types/run.v2.binpb");
  }

  @Test
  void everything_on_the_class_path_is_there_and_nothing_else() {
    String text = all().get("/app/jib-classpath-file").content();
    var classPath = List.of(text.split(":"));

    assertThat(classPath).startsWith("/app/resources", "/app/classes");
    var jars =
        all().keySet().stream()
            .filter(path -> path.startsWith("/app/libs/") && !path.endsWith("/"))
            .collect(Collectors.toCollection(TreeSet::new));
    assertThat(jars).containsExactlyInAnyOrderElementsOf(classPath.subList(2, classPath.size()));
  }

  @Test
  void only_the_place_for_data_can_be_written_to_by_others_than_root() {
    all()
        .forEach(
            (path, file) -> {
              assertThat(file.user()).as(path).isZero();
              assertThat(file.group()).as(path).isZero();
              boolean forAll = (file.mode() & 0022) != 0;
              assertThat(forAll).as(path).isEqualTo(path.equals("/var/lib/longrunning/"));
              assertThat(file.mode() & 07000).as(path).isZero();
            });
  }

  @Test
  void its_user_has_a_name() {
    assertThat(all().get("/etc/passwd").content()).contains("longrunning:x:65532:65532:");
  }

  @Test
  void there_is_nothing_secret_in_it_nor_of_the_build() {
    var suspicious = new ArrayList<String>();
    all()
        .forEach(
            (path, file) -> {
              String text = file.content();
              boolean ours = !path.startsWith("/app/libs/");
              if (path.matches(".*(\\.pem|\\.key|\\.p12|\\.jks|password|settings\\.xml|\\.git/.*)")
                  || (ours && text.contains("PRIVATE KEY"))
                  || (ours && text.contains(System.getProperty("user.dir")))) {
                suspicious.add(path);
              }
            });

    assertThat(suspicious).isEmpty();
    assertThat(words("Env")).isEmpty();
  }

  @Test
  void no_time_of_the_build_is_in_it() {
    assertThat(image.getString("created")).isEqualTo("2026-11-01T00:00:00Z");
    assertThat(all().values().stream().map(File::seconds).distinct())
        .isSubsetOf(0L, 1L, 1_793_491_200L);
  }
}
