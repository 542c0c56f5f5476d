package dev.longrunning.app;

import dev.longrunning.profile.Profile;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Says whether the configurations of services are as they must be. */
@Command(
    name = "check",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Check the configurations of services.",
      "",
      "For each FILE one line, ok FILE, or one for each fault: FILE:LINE: what came, what is"
          + " allowed.",
      "",
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"0:all files are good", "1:one is not", "2:the command line is wrong"},
    footerHeading = "%nExample:%n",
    footer = {"  longrunning check -v conf/services/*.yaml"})
public final class CheckCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = {"-v", "--verbose"},
      description = "Show where the methods of each service are found.")
  private boolean verbose;

  @Parameters(paramLabel = "FILE", arity = "1..*", description = "google.api.Service as YAML.")
  private List<Path> files = List.of();

  @Override
  public Integer call() {
    if (spec == null) {
      throw new IllegalStateException("not called by picocli");
    }
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    boolean good = true;
    for (var file : files) {
      var read = ServiceFiles.read(file);
      good &= read.faults().isEmpty();
      read.faults().forEach(err::println);
      read.profile()
          .ifPresent(
              profile -> {
                out.println("ok " + file);
                if (verbose) {
                  show(profile, out);
                }
              });
    }
    out.flush();
    err.flush();
    return good ? 0 : 1;
  }

  private static void show(Profile profile, PrintWriter out) {
    profile
        .bindings()
        .all()
        .forEach(
            (method, rules) -> {
              out.println("  " + method + needs(profile, method));
              if (profile.lacks(method)) {
                out.println("    the service lacks it: 501, UNIMPLEMENTED");
                return;
              }
              for (var rule : rules) {
                String body = rule.body().isEmpty() ? "" : "  body " + rule.body();
                out.printf("    %-6s %s%s%n", rule.verb(), rule.template(), body);
              }
              if (rules.isEmpty()) {
                out.println("    gRPC only");
              }
            });
  }

  private static String needs(Profile profile, String method) {
    return profile.access(method).map(access -> "  (" + access.wanted() + ')').orElse("");
  }
}
