package dev.longrunning.bench;

import dev.longrunning.bench.stage.Stages;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command line: which stages, how much, and where the report goes. */
@Command(
    name = "src/bench/run",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description =
        "Measures target/longrunning.jar beside etcd, PostgreSQL (pgbench) and a bare server of Vert.x gRPC, all on loopback with"
            + " durable settings, and writes report.md and report.json. All stages take some two hours; each can run alone"
            + " (--list), and what was measured before into the same directory is taken into the report.")
public final class Bench implements Callable<Integer> {
  @Option(
      names = "--stages",
      split = ",",
      paramLabel = "NAME",
      description = "Which stages, separated by commas. Default: all.")
  private List<String> names = List.of();

  @Option(names = "--list", description = "List the stages and end.")
  private boolean list;

  @Option(
      names = "--resume",
      description =
          "Leave out the stages of which the directory has results with the same --rounds, --seconds, --warm-up and --divide.")
  private boolean resume;

  @Option(
      names = "--smoke",
      description = "As little as possible, under a minute: shows that every scenario runs.")
  private boolean smoke;

  @Option(
      names = "--rounds",
      paramLabel = "N",
      description =
          "How often each case is measured, unless its stage says otherwise. Default: "
              + Scale.ROUNDS
              + ".")
  private @Nullable Integer rounds;

  @Option(
      names = "--seconds",
      paramLabel = "N",
      description = "How long a case is measured in a round. Default: " + Scale.SECONDS + ".")
  private @Nullable Integer seconds;

  @Option(
      names = "--warm-up",
      paramLabel = "N",
      description =
          "Seconds that a case runs before the first round. Default: "
              + Scale.WARM_UP_SECONDS
              + ".")
  private @Nullable Integer warmUp;

  @Option(
      names = "--divide",
      paramLabel = "N",
      description =
          "Divides the numbers of operations, watchers and changes, for a quick look; not for --docs. Default: 1.")
  private @Nullable Integer divisor;

  @Option(
      names = "--jar",
      paramLabel = "FILE",
      description = "The server; another one wants another --out, too. Default: ${DEFAULT-VALUE}.")
  private Path jar = Path.of("target/longrunning.jar");

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Where the report is written. Default: ${DEFAULT-VALUE}.")
  private Path out = Path.of("target/bench");

  @Option(
      names = "--docs",
      description =
          "Also write the tables and charts of docs/performance.md from what was measured.")
  private boolean docs;

  public static void main(String[] arguments) {
    System.exit(execute(arguments));
  }

  /** Runs it; answers the exit code. */
  public static int execute(String... arguments) {
    return new CommandLine(new Bench())
        .setExecutionExceptionHandler(
            (failure, command, parsed) -> {
              failure.printStackTrace(command.getErr());
              return 1;
            })
        .execute(arguments);
  }

  @Override
  public Integer call() throws Exception {
    if (list) {
      Stages.ALL.forEach(stage -> System.out.printf("%-10s %s%n", stage.name(), stage.about()));
      return 0;
    }
    if (docs && scale().divisor() != 1) {
      System.err.println("--docs: got --divide " + scale().divisor() + ", allowed 1");
      return 2;
    }
    var stages = Stages.named(names);
    Prerequisites.check(jar);
    var report = new Report(out, Machine.read(jar), scale());
    var progress = new Progress(System.err);
    measure(stages, report, progress);
    report.write();
    if (docs) {
      report.writeDocs(Path.of("docs"));
    }
    System.out.println(out.resolve("report.md"));
    return 0;
  }

  /**
   * A run of the real thing starts everything anew for each stage; a glance does not take the time.
   */
  private void measure(List<Stage> stages, Report report, Progress progress) throws Exception {
    var work = Files.createTempDirectory("longrunning-bench-");
    try (var shared = new Peers(work, jar)) {
      for (int i = 0; i < stages.size(); i++) {
        var stage = stages.get(i);
        progress.stage(stage.name(), i + 1, stages.size());
        if (resume && report.has(stage)) {
          progress.says("measured before");
        } else if (scale().isSmoke()) {
          report.add(stage, measured(stage, new Run(scale(), work, jar, shared, progress)));
        } else {
          try (var own = new Peers(work, jar)) {
            report.add(stage, measured(stage, new Run(scale(), work, jar, own, progress)));
          }
        }
        report.write();
      }
    } finally {
      delete(work);
    }
  }

  private static Findings measured(Stage stage, Run begun) throws Exception {
    try (var run = begun) {
      stage.run(run);
      return run.findings();
    }
  }

  private Scale scale() {
    var base = smoke ? Scale.SMOKE : Scale.FULL;
    return new Scale(
        rounds == null ? base.rounds() : rounds,
        seconds == null ? base.each() : Duration.ofSeconds(seconds),
        warmUp == null ? base.warmUp() : Duration.ofSeconds(warmUp),
        divisor == null ? base.divisor() : divisor);
  }

  private static void delete(Path directory) throws Exception {
    var files = new ArrayList<Path>();
    try (var walk = Files.walk(directory)) {
      walk.forEach(files::add);
    }
    for (int i = files.size() - 1; i >= 0; i--) {
      Files.deleteIfExists(files.get(i));
    }
  }
}
