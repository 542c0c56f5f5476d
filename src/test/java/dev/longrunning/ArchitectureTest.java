package dev.longrunning;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Which package may know which, what is named how, and what nobody calls. */
final class ArchitectureTest {
  private static final String ROOT = "dev.longrunning.";

  /** What is longer than this is split. */
  private static final int LINES_MAX = 300;

  /** Generated from the protos: data, which all above {@code feed} may use. */
  private static final String[] GENERATED = {
    ROOT + "v1..", ROOT + "demo.v1..", "com.google.longrunning.."
  };

  private static final List<String> LANGUAGE =
      List.of("java..", "javax..", "org.jspecify..", "com.google.errorprone..");
  private static final List<String> SQL = List.of("io.vertx.sqlclient..", "io.vertx.pgclient..");
  private static final List<String> GRPC = List.of("io.vertx.grpc..");

  /** Libraries by what they are for. */
  private static final Map<String, List<String>> LIBRARIES =
      Map.ofEntries(
          Map.entry("logging", List.of("org.slf4j..")),
          Map.entry("log-writing", List.of("ch.qos.logback..")),
          Map.entry("metrics", List.of("io.prometheus.metrics.core..")),
          Map.entry(
              "observation",
              List.of(
                  "io.prometheus.metrics.model..",
                  "io.prometheus.metrics.expositionformats..",
                  "io.prometheus.metrics.instrumentation..",
                  "io.opentelemetry..")),
          Map.entry(
              "protobuf",
              List.of(
                  "com.google.protobuf..",
                  "com.google.rpc..",
                  "com.google.longrunning..",
                  "com.google.api..",
                  "io.grpc.health.v1..",
                  "io.grpc.reflection..",
                  ROOT + "v1..")),
          Map.entry(
              "vertx", List.of("io.vertx.core..", "io.netty..", "com.github.benmanes.caffeine..")),
          Map.entry("sql", SQL),
          Map.entry("grpc-client-and-server", GRPC),
          Map.entry("web", List.of("io.vertx.ext.web..")),
          Map.entry("json", List.of("com.fasterxml.jackson.core..")),
          Map.entry(
              "unpacking",
              List.of("org.apache.commons.compress..", "com.sun.security.auth.module..")),
          Map.entry("jose", List.of("com.nimbusds.jose..")),
          Map.entry("yaml", List.of("org.snakeyaml.engine..")),
          Map.entry("picocli", List.of("picocli..")));

  /** What each package may import: packages of ours, then libraries. */
  private static final Map<String, String> MAY_IMPORT =
      Map.ofEntries(
          Map.entry("operation", ""),
          Map.entry("observe", "logging log-writing metrics observation"),
          Map.entry("connection", "feed observe logging metrics vertx"),
          Map.entry("profile", "filter operation yaml"),
          Map.entry("filter", "operation"),
          Map.entry("types", "filter operation protobuf"),
          Map.entry("store", "filter operation observe logging metrics vertx"),
          Map.entry(
              "store.pg", "store filter operation observe logging metrics vertx sql unpacking"),
          Map.entry("feed", "store operation observe logging metrics vertx"),
          Map.entry("watch", "feed store filter operation observe logging metrics vertx"),
          Map.entry("auth", "feed operation profile observe logging metrics vertx jose"),
          Map.entry(
              "service",
              "feed store auth profile filter operation observe logging metrics vertx protobuf"),
          Map.entry(
              "rpc",
              "service watch auth profile connection filter operation observe logging metrics vertx"
                  + " protobuf"),
          Map.entry(
              "grpc",
              "rpc profile connection operation observe logging metrics vertx protobuf"
                  + " grpc-client-and-server"),
          Map.entry(
              "rest",
              "rpc profile types connection operation observe logging metrics vertx protobuf json"),
          Map.entry("pages", "profile types filter operation protobuf"),
          Map.entry("site", "pages rpc connection observe logging vertx web"),
          Map.entry(
              "cli",
              "operation profile observe demo.v1 logging vertx protobuf grpc-client-and-server"
                  + " picocli"));

  private static final Set<String> BLOCKING_ALLOWED =
      Set.of(
          ROOT + "app.StopSteps",
          ROOT + "app.Waiting",
          ROOT + "app.GracefulStop",
          ROOT + "app.ServeCommand",
          ROOT + "app.Server",
          ROOT + "observe.LineLog",
          ROOT + "store.pg.EmbeddedPostgres",
          ROOT + "store.pg.Postmaster",
          ROOT + "store.pg.Launcher",
          ROOT + "store.pg.PostgresCluster");

  private static JavaClasses all;

  @BeforeAll
  static void read() {
    all =
        new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("dev.longrunning");
  }

  @TestFactory
  Stream<DynamicTest> imports_point_one_way() {
    return MAY_IMPORT.entrySet().stream()
        .map(
            row ->
                DynamicTest.dynamicTest(
                    row.getKey(), () -> mayImport(row.getKey(), row.getValue()).check(all)));
  }

  /** A value that the use cases answer with, so that who calls them sees it too. */
  private static final DescribedPredicate<JavaClass> ANSWER =
      DescribedPredicate.describe("feed.State", type -> type.getName().equals(ROOT + "feed.State"));

  private static ArchRule mayImport(String name, String allowed) {
    var packages = new ArrayList<String>(LANGUAGE);
    packages.add(ROOT + name);
    Stream.of(allowed.split(" ", -1))
        .forEach(word -> packages.addAll(LIBRARIES.getOrDefault(word, List.of(ROOT + word))));
    return classes()
        .that()
        .resideInAPackage(ROOT + name)
        .should()
        .onlyDependOnClassesThat(
            resideInAnyPackage(packages.toArray(String[]::new))
                .or(ANSWER.and(DescribedPredicate.describe("", type -> name.equals("rpc"))))
                .or(DescribedPredicate.describe("arrays", JavaClass::isArray)))
        .allowEmptyShould(true);
  }

  @Test
  void every_package_has_its_row() {
    var known = new ArrayList<String>(List.of("dev.longrunning", ROOT + "app"));
    MAY_IMPORT.keySet().forEach(name -> known.add(ROOT + name));
    classes()
        .that(resideOutsideOfPackages(GENERATED))
        .should()
        .resideInAnyPackage(known.toArray(String[]::new))
        .check(all);
  }

  @Test
  void no_cycles() {
    slices()
        .matching("dev.longrunning.(**)")
        .should()
        .beFreeOfCycles()
        .check(all.that(resideOutsideOfPackages("dev.longrunning")));
  }

  @Test
  void the_sql_client_is_used_in_store_pg_and_app_only() {
    noClasses()
        .that()
        .resideOutsideOfPackages(ROOT + "store.pg", ROOT + "app")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(SQL.toArray(String[]::new))
        .check(all);
  }

  @Test
  void vertx_grpc_is_used_in_grpc_and_cli_only() {
    noClasses()
        .that()
        .resideOutsideOfPackages(ROOT + "grpc", ROOT + "cli", ROOT + "app")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(GRPC.toArray(String[]::new))
        .check(all);
  }

  @Test
  void names_say_what_a_type_is() {
    noClasses()
        .that(resideOutsideOfPackages(GENERATED))
        .should()
        .haveNameMatching(".*(Impl|Manager|Utils?|Helper|Info|Data|Base)(\\$.*)?")
        .check(all);
  }

  @Test
  void nothing_blocks_but_start_and_stop_and_the_client_commands() {
    var allowed =
        resideInAPackage(ROOT + "cli")
            .or(
                DescribedPredicate.describe(
                    "start and stop",
                    type -> BLOCKING_ALLOWED.contains(outermost(type).getName())));
    noClasses()
        .that(DescribedPredicate.not(allowed))
        .should()
        .callMethodWhere(BLOCKING_CALL)
        .check(all);
  }

  private static final DescribedPredicate<JavaAccess<?>> BLOCKING_CALL =
      DescribedPredicate.describe(
          "blocks its thread",
          access -> {
            AccessTarget target = access.getTarget();
            String owner = target.getOwner().getName();
            return switch (target.getName()) {
              case "await" -> !owner.startsWith(ROOT);
              case "sleep" -> owner.equals("java.lang.Thread");
              case "executeBlocking" -> owner.startsWith("io.vertx.core");
              case "get" ->
                  owner.equals("java.util.concurrent.Future")
                      || owner.equals("java.util.concurrent.CompletableFuture");
              case "join" ->
                  owner.equals("java.lang.Thread")
                      || owner.equals("java.util.concurrent.CompletableFuture");
              case "acquire", "take", "wait", "waitFor" ->
                  owner.startsWith("java.") && !owner.contains("stream");
              default -> false;
            };
          });

  @Test
  void no_method_is_synchronized_but_in_start_and_stop() {
    var offenders =
        all.stream()
            .filter(type -> !BLOCKING_ALLOWED.contains(outermost(type).getName()))
            .filter(type -> !resideInAnyPackage(GENERATED).test(type))
            .flatMap(type -> type.getMethods().stream())
            .filter(method -> method.getModifiers().contains(JavaModifier.SYNCHRONIZED))
            .toList();

    assertThat(offenders).isEmpty();
  }

  @Test
  void no_block_is_synchronized_but_in_start_and_stop() throws IOException {
    assertThat(sources(text -> text.contains("synchronized (")))
        .allMatch(name -> BLOCKING_ALLOWED.contains(name));
  }

  @Test
  void time_comes_from_an_instant_source_that_was_handed_in() {
    noClasses()
        .that(resideOutsideOfPackages(GENERATED))
        .should()
        .callMethodWhere(
            DescribedPredicate.describe(
                "reads the wall clock",
                access -> {
                  AccessTarget target = access.getTarget();
                  String owner = target.getOwner().getName();
                  return (target.getName().equals("now") && owner.startsWith("java.time."))
                      || target.getName().equals("currentTimeMillis");
                }))
        .check(all);
  }

  @Test
  void the_core_is_pure() {
    noClasses()
        .that()
        .resideInAnyPackage(ROOT + "operation", ROOT + "filter")
        .should()
        .dependOnClassesThat(
            resideInAnyPackage(
                    "java.io..",
                    "java.net..",
                    "java.nio.file..",
                    "java.nio.channels..",
                    "java.util.concurrent..")
                .or(nameMatching("java\\.lang\\.(Thread|Process.*|Runtime)"))
                .or(nameMatching("java\\.time\\.(Clock|InstantSource)")))
        .check(all);
    noClasses()
        .that()
        .resideInAPackage(ROOT + "operation")
        .should()
        .callMethod(java.util.UUID.class, "randomUUID")
        .orShould()
        .callMethod(System.class, "nanoTime")
        .check(all);
  }

  @Test
  void nothing_is_printed_but_by_the_command_line() {
    noClasses()
        .that()
        .resideOutsideOfPackage(ROOT + "cli")
        .should(com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS)
        .check(all);
  }

  @Test
  void files_stay_small() throws IOException {
    assertThat(sources(text -> text.lines().count() > LINES_MAX)).isEmpty();
  }

  private interface Check {
    boolean hits(String text);
  }

  /** The main classes whose source the check hits, by name. */
  private static List<String> sources(Check check) throws IOException {
    Path root = Path.of("src/main/java");
    var hits = new ArrayList<String>();
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
        if (check.hits(Files.readString(file))) {
          String name = root.relativize(file).toString().replace('/', '.');
          hits.add(name.substring(0, name.length() - ".java".length()));
        }
      }
    }
    return hits;
  }

  private static JavaClass outermost(JavaClass type) {
    return type.getEnclosingClass().map(ArchitectureTest::outermost).orElse(type);
  }
}
