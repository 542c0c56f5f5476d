package dev.longrunning.cli;

import dev.longrunning.cli.ChecksumFolder.Ending;
import dev.longrunning.cli.ChecksumFolder.Folder;
import io.vertx.core.Vertx;
import io.vertx.core.net.SocketAddress;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * A real producer to see the server with: checksums of a directory's folders, one operation each.
 *
 * <p><b>Promise.</b> Ends with 0 if every operation ended with a response, with 1 otherwise.
 */
@Command(
    name = "checksum",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Compute SHA-256 over every file under DIR, reporting to a server.",
      "",
      "Each folder directly in DIR is one operation, and so are the files directly in DIR, if there"
          + " are any. An operation holds a lease, reports its progress in bytes, obeys a"
          + " cancellation, and ends with a ChecksumFolderResponse, or with an error if a file"
          + " cannot be read. Symbolic links are not followed.",
      "",
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:every operation ended with a response",
      "1:one failed, was cancelled, or could not be reported",
      "2:the command line is wrong",
    },
    footerHeading = "%nExample:%n",
    footer = "  longrunning demo checksum ~/Pictures --target 127.0.0.1:8080")
final class ChecksumCommand implements Callable<Integer> {
  private static final long CLOSE_SECONDS = 10;

  /**
   * A report comes after each read of 128 KiB at the latest: at this rate several times a second.
   */
  private static final int RATE_MIN = 1;

  private static final int RATE_MAX = 100_000;

  @Spec private @Nullable CommandSpec spec;

  @Parameters(paramLabel = "DIR", description = "The directory.")
  private @Nullable Path directory;

  @Option(
      names = "--target",
      paramLabel = "HOST:PORT",
      defaultValue = "127.0.0.1:8080",
      description = "The server. Default: ${DEFAULT-VALUE}")
  private @Nullable String target;

  @Option(
      names = "--rate",
      paramLabel = "MIB",
      description =
          "Read at most so many MiB a second and folder, so that there is something to watch."
              + " Default: as fast as it goes")
  private @Nullable Integer rate;

  @Override
  public Integer call() throws Exception {
    if (rate != null && (rate < RATE_MIN || rate > RATE_MAX)) {
      throw bad("--rate: got " + rate + ", allowed " + RATE_MIN + ".." + RATE_MAX);
    }
    List<Folder> folders = folders();
    SocketAddress address = address();
    Vertx vertx = Vertx.vertx();
    var workers = Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors());
    try {
      return run(workers, new GrpcProducer(vertx, address, this::say), folders);
    } finally {
      workers.shutdownNow();
      vertx.close().toCompletionStage().toCompletableFuture().get(CLOSE_SECONDS, TimeUnit.SECONDS);
    }
  }

  private List<Folder> folders() throws IOException {
    if (directory == null || !Files.isDirectory(directory)) {
      throw bad("DIR: got " + directory + ", allowed a directory");
    }
    var folders = new ArrayList<Folder>();
    boolean filesBeside = false;
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
      for (Path entry : entries) {
        if (Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) {
          folders.add(new Folder(entry, String.valueOf(entry.getFileName()), true));
        }
        filesBeside |= Files.isRegularFile(entry, LinkOption.NOFOLLOW_LINKS);
      }
    }
    folders.sort((a, b) -> a.label().compareTo(b.label()));
    if (filesBeside) {
      folders.add(new Folder(directory, ".", false));
    }
    return folders;
  }

  private SocketAddress address() {
    String text = String.valueOf(target);
    int colon = text.lastIndexOf(':');
    try {
      int port = Integer.parseInt(text.substring(colon + 1));
      String host = text.substring(0, Math.max(colon, 0)).replaceAll("^\\[|\\]$", "");
      if (!host.isEmpty() && port > 0) {
        return SocketAddress.inetSocketAddress(port, host);
      }
    } catch (IllegalArgumentException e) {
      throw bad("--target: got " + text + ", allowed HOST:PORT, port 1..65535");
    }
    throw bad("--target: got " + text + ", allowed HOST:PORT, port 1..65535");
  }

  private int run(ExecutorService workers, Producer producer, List<Folder> folders)
      throws InterruptedException {
    var running = new ArrayList<Future<Ending>>();
    for (Folder folder : folders) {
      running.add(workers.submit(() -> attempt(producer, folder)));
    }
    Map<Ending, Integer> counts = new EnumMap<>(Ending.class);
    for (Future<Ending> one : running) {
      counts.merge(await(one), 1, Integer::sum);
    }
    int done = counts.getOrDefault(Ending.DONE, 0);
    say(
        folders.size()
            + " operations: "
            + done
            + " done, "
            + counts.getOrDefault(Ending.FAILED, 0)
            + " failed, "
            + counts.getOrDefault(Ending.CANCELLED, 0)
            + " cancelled");
    return done == folders.size() ? 0 : 1;
  }

  private Ending attempt(Producer producer, Folder folder) throws InterruptedException {
    var clock = InstantSource.system();
    Pace pace = rate == null ? Pace.UNLIMITED : Pace.of((long) rate << 20, clock, Thread::sleep);
    try {
      return new ChecksumFolder(producer, clock, this::say, pace, folder).run();
    } catch (CallFault fault) {
      say(folder.label() + ": given up, " + fault.message());
    } catch (IOException e) {
      say(folder.label() + ": cannot be read, " + e.getMessage());
    }
    return Ending.FAILED;
  }

  private static Ending await(Future<Ending> one) throws InterruptedException {
    try {
      return one.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("a worker handles its failures", e);
    }
  }

  private void say(String line) {
    if (spec != null) {
      PrintWriter out = spec.commandLine().getOut();
      out.println(line);
      out.flush();
    }
  }

  private ParameterException bad(String message) {
    if (spec == null) {
      throw new IllegalStateException("picocli fills the fields in before it calls");
    }
    return new ParameterException(spec.commandLine(), message);
  }
}
