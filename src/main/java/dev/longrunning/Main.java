package dev.longrunning;

import dev.longrunning.app.ServeCommand;
import dev.longrunning.app.Version;
import dev.longrunning.cli.DemoCommand;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Entry point of {@code longrunning.jar}: the server, and the commands that are its clients. */
@Command(
    name = "longrunning",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    subcommands = {ServeCommand.class, DemoCommand.class},
    description = "Keeps the state of long-running operations and pushes it to whoever waits.",
    synopsisSubcommandLabel = "COMMAND",
    footerHeading = "%nExamples:%n",
    footer = {
      "  longrunning serve                    a server on 127.0.0.1:8080, its database in ./data",
      "  longrunning demo checksum DIR        see it work: a producer with progress",
      "  longrunning COMMAND --help           what a command can do",
    })
public final class Main implements Runnable {
  @Spec private @Nullable CommandSpec spec;

  Main() {}

  public static void main(String[] args) {
    int status = commandLine().execute(args);
    System.exit(status);
  }

  /** The whole command line. */
  static CommandLine commandLine() {
    return new CommandLine(new Main())
        .setUsageHelpWidth(100)
        .setParameterExceptionHandler(Main::refuse);
  }

  /** One line says what is wrong; a page of help would hide it. */
  private static int refuse(ParameterException fault, String[] args) {
    CommandLine command = fault.getCommandLine();
    String name = command.getCommandSpec().qualifiedName();
    command.getErr().println("longrunning: " + fault.getMessage() + "; see " + name + " --help");
    return command.getCommandSpec().exitCodeOnInvalidInput();
  }

  /** Without a command: help. */
  @Override
  public void run() {
    if (spec != null) {
      spec.commandLine().usage(spec.commandLine().getOut());
    }
  }
}
