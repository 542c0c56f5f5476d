package dev.longrunning;

import dev.longrunning.app.CheckCommand;
import dev.longrunning.app.ServeCommand;
import dev.longrunning.app.TokenCommand;
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
    subcommands = {ServeCommand.class, CheckCommand.class, TokenCommand.class, DemoCommand.class},
    description = "Keeps the state of long-running operations and pushes it to whoever waits.",
    synopsisSubcommandLabel = "COMMAND",
    footerHeading = "%nExamples:%n",
    footer = {
      "  longrunning serve                    a server on 127.0.0.1:8080, its database in ./data",
      "  longrunning demo checksum DIR        see it work: a producer with progress",
      "  longrunning check FILE…              whether the configuration of a service is good",
      "  longrunning token --principal NAME   a token for somebody who calls",
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
    var commands = new CommandLine(new Main());
    tellVersion(commands);
    return commands.setUsageHelpWidth(100).setParameterExceptionHandler(Main::refuse);
  }

  /** The client commands know nothing of the server, whose version is theirs. */
  private static void tellVersion(CommandLine command) {
    command.getCommandSpec().versionProvider(new Version());
    command.getSubcommands().values().forEach(Main::tellVersion);
  }

  /** What is wrong in one line, and where help is: the whole of it would hide the line. */
  private static int refuse(ParameterException fault, String... args) {
    CommandLine command = fault.getCommandLine();
    var err = command.getErr();
    err.println("longrunning: " + fault.getMessage());
    err.println("Help: " + command.getCommandSpec().qualifiedName() + " --help");
    err.flush();
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
