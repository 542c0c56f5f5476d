package dev.longrunning.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Programs to see a server with. */
@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    subcommands = ChecksumCommand.class,
    synopsisSubcommandLabel = "COMMAND",
    description = "See a server work: producers that do something real.")
public final class DemoCommand implements Runnable {
  @Spec private @Nullable CommandSpec spec;

  /** Without a command: help. */
  @Override
  public void run() {
    if (spec != null) {
      spec.commandLine().usage(spec.commandLine().getOut());
    }
  }
}
