package dev.longrunning.app;

import dev.longrunning.observe.Build;
import picocli.CommandLine.IVersionProvider;

/** What {@code --version} prints. */
public final class Version implements IVersionProvider {
  @Override
  public String[] getVersion() {
    Build build = Build.load();
    return new String[] {
      "longrunning " + build.version(),
      "PostgreSQL " + build.postgres() + " (embedded)",
      "Java " + Runtime.version(),
    };
  }
}
