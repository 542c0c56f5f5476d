package dev.longrunning.store.pg;

import com.sun.security.auth.module.UnixSystem;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * As whom PostgreSQL's programs run. They refuse root, and a server in a container or on a test
 * machine often is root.
 *
 * <p>An ordinary user runs them directly. Root runs them in a user namespace of their own ({@code
 * unshare -U}), where root's files stay root's files but nobody is root; where namespaces are
 * forbidden, as in most containers, as the user {@code postgres} or {@code nobody} ({@code
 * setpriv}), who then owns the database's files. Either tool replaces itself by the program, so
 * that the process started is the program.
 *
 * @param prefix put before a command
 * @param owner who must own the database's files
 */
record Launcher(List<String> prefix, Path home, long owner) {
  private static final long ROOT = 0;
  private static final List<String> USERS = List.of("postgres", "nobody");

  /** nogroup: nobody else's files are open to it. */
  private static final long GROUP = 65_534;

  private static final int PROBE_SECONDS = 10;

  static Launcher of(PostgresBinaries binaries, DataDirectory data)
      throws IOException, StartFault, InterruptedException {
    long uid = new UnixSystem().getUid();
    return uid == ROOT ? asSomebodyElse(binaries, data) : asIs(binaries, uid);
  }

  private static Launcher asIs(PostgresBinaries binaries, long uid)
      throws IOException, StartFault, InterruptedException {
    var launcher = new Launcher(List.of(), binaries.home(), uid);
    if (!launcher.works(binaries)) {
      throw new StartFault(
          "data: the programs in "
              + binaries.home()
              + " cannot be run here; allowed a file system"
              + " that is not mounted noexec, on a glibc system");
    }
    return launcher;
  }

  private static Launcher asSomebodyElse(PostgresBinaries binaries, DataDirectory data)
      throws IOException, StartFault, InterruptedException {
    var namespace = new Launcher(List.of("unshare", "-U", "--"), binaries.home(), ROOT);
    if (namespace.works(binaries)) {
      return namespace;
    }
    for (String user : USERS) {
      var uid = uidOf(user, data);
      if (uid < 0) {
        continue;
      }
      var other =
          new Launcher(
              List.of("setpriv", "--reuid=" + uid, "--regid=" + GROUP, "--clear-groups", "--"),
              binaries.home(),
              uid);
      if (other.works(binaries)) {
        return other;
      }
    }
    throw new StartFault(
        "data: PostgreSQL does not run as root, and neither unshare nor setpriv can run it as"
            + " somebody else from "
            + binaries.home()
            + "; allowed to start the server as an"
            + " ordinary user, or a directory that the user postgres or nobody can reach");
  }

  /** The number of a user; -1 if there is none of that name. */
  private static long uidOf(String user, DataDirectory data) throws IOException {
    UserPrincipal principal;
    try {
      principal =
          data.path().getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(user);
    } catch (UserPrincipalNotFoundException e) {
      return -1;
    }
    Path probe = data.partial(data.path().resolve("owner"));
    Files.createFile(probe);
    try {
      Files.setOwner(probe, principal);
      return owner(probe);
    } finally {
      Files.delete(probe);
    }
  }

  private boolean works(PostgresBinaries binaries) throws InterruptedException {
    var command = command(List.of(binaries.program("postgres").toString(), "--version"));
    command.redirectOutput(ProcessBuilder.Redirect.DISCARD);
    try {
      Process process = command.start();
      if (!process.waitFor(PROBE_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        return false;
      }
      return process.exitValue() == 0;
    } catch (IOException e) {
      return false;
    }
  }

  /** A command that runs as the right user, in an environment of its own. */
  ProcessBuilder command(List<String> program) {
    var words = new ArrayList<>(prefix);
    words.addAll(program);
    var builder = new ProcessBuilder(words);
    builder.redirectErrorStream(true);
    builder.directory(home.toFile());
    var environment = builder.environment();
    environment.keySet().removeIf(name -> name.startsWith("PG") || name.startsWith("LC_"));
    environment.put("LC_ALL", "C");
    return builder;
  }

  /**
   * The same in a session of its own: a terminal sends Ctrl-C to its whole foreground group, and
   * the database must outlive the calls that the server then still answers.
   */
  ProcessBuilder detached(List<String> program) {
    var builder = command(program);
    if (isOnPath("setsid")) {
      builder.command().add(0, "setsid");
    }
    return builder;
  }

  private static boolean isOnPath(String tool) {
    String path = System.getenv("PATH");
    return path != null
        && Stream.of(path.split(File.pathSeparator))
            .anyMatch(directory -> Files.isExecutable(Path.of(directory, tool)));
  }

  /** Gives a tree to the user that PostgreSQL runs as; does nothing if it is theirs. */
  void own(Path tree) throws IOException {
    if (owner(tree) == owner || new UnixSystem().getUid() != ROOT) {
      return;
    }
    try (Stream<Path> files = Files.walk(tree)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        Files.setAttribute(file, "unix:uid", (int) owner, LinkOption.NOFOLLOW_LINKS);
      }
    }
  }

  private static long owner(Path file) throws IOException {
    return ((Number) Files.getAttribute(file, "unix:uid", LinkOption.NOFOLLOW_LINKS)).longValue();
  }
}
