package dev.longrunning.store.pg;

import dev.longrunning.observe.Build;
import java.io.OutputStream;
import java.nio.file.Path;

/**
 * A program of its own that runs an embedded database until its input ends, to be killed by tests.
 *
 * <p>Prints {@code port password} once it is ready, or the fault.
 */
final class EmbeddedPostgresProgram {
  private EmbeddedPostgresProgram() {}

  public static void main(String[] args) throws Exception {
    var postgres =
        new EmbeddedPostgres(Path.of(args[0]), Build.load().postgres(), System.err::println);
    try (postgres) {
      postgres.start();
      var options = postgres.connectOptions();
      System.out.println(options.getPort() + " " + options.getPassword());
      System.in.transferTo(OutputStream.nullOutputStream());
    } catch (StartFault fault) {
      System.out.println(fault.line());
    }
  }
}
