package dev.longrunning.app;

import dev.longrunning.observe.LogConfiguration;
import dev.longrunning.store.pg.StartFault;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * Runs the server in the foreground until the process is told to end (Ctrl-C, SIGTERM).
 *
 * <p><b>Promise.</b> One line on standard output, once it is ready; all else goes to standard
 * error. Ends with 2 if a setting is wrong, with 1 if it cannot start.
 */
@Command(
    name = "serve",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Run the server in the foreground. Ctrl-C stops it cleanly.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  longrunning serve",
      "      on 127.0.0.1:8080, with a PostgreSQL of its own in ./data",
      "  longrunning serve --listen 127.0.0.1:0 --data /var/lib/longrunning",
      "  PGPASSWORD=… longrunning serve --database \\",
      "      'postgres://longrunning@db.example.com/longrunning?sslmode=verify-full&sslrootcert=system'",
      "",
      "Every setting can also stand in the environment (LONGRUNNING_LISTEN, LONGRUNNING_DATA, …)",
      "or in the file; a flag wins over the environment, and that over the file. All settings:",
      "docs/settings.md.",
    })
public final class ServeCommand implements Callable<Integer> {
  private static final Path CONFIG = Path.of("conf", "longrunning.yaml");
  private static final String CONFIG_ENVIRONMENT = "LONGRUNNING_CONFIG";
  private static final int CANNOT_START = 1;
  private static final int BAD_SETTINGS = 2;
  private static final int INTERRUPTED = 130;
  private static final int TERMINATED = 143;

  private final AtomicBoolean ending = new AtomicBoolean();
  private volatile boolean started;

  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "Settings file. Default: conf/longrunning.yaml if there is one.")
  private @Nullable Path config;

  @Option(
      names = "--listen",
      paramLabel = "HOST:PORT",
      description = "Where gRPC and REST are served; port 0: any free one. Default: 127.0.0.1:8080")
  private @Nullable String listen;

  @Option(
      names = "--management",
      paramLabel = "HOST:PORT",
      description = "Where probes, metrics, settings and services are shown, or off. Default: off")
  private @Nullable String management;

  @Option(
      names = "--database",
      paramLabel = "URL",
      description =
          "embedded, or postgres://user@host/database?sslmode=…  The password belongs into"
              + " PGPASSWORD or a file (passfile=…): flags are seen by others. Default: embedded")
  private @Nullable String database;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Directory of the embedded database. Default: ./data")
  private @Nullable String data;

  @Option(
      names = "--insecure",
      description = "Let other machines in although callers are not authenticated.")
  private boolean insecure;

  @Override
  public Integer call() throws InterruptedException {
    // Decided once: a file that is gone later is a fault, not the end of what it said.
    var file = configFile();
    Reloading.Source source = () -> Settings.effective(flags(), System.getenv(), file);
    Reloading.Effective first;
    try {
      first = source.read();
    } catch (SettingsFault fault) {
      fault.lines().forEach(this::say);
      return BAD_SETTINGS;
    }
    Settings settings = first.settings();
    // Read by the logging configuration, which is loaded with the first logger.
    System.setProperty(LogConfiguration.FORMAT, word(settings.logFormat()));
    System.setProperty(LogConfiguration.LEVEL, word(settings.watch().level()));
    String scheme = settings.tls().files().isPresent() ? "https" : "http";
    return serve(new Server(first, source, this::say), scheme);
  }

  private static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  private int serve(Server server, String scheme) throws InterruptedException {
    var hook = new Thread(() -> stop(server), "stop");
    Runtime.getRuntime().addShutdownHook(hook);
    Signals.on("TERM", () -> end(TERMINATED));
    Signals.on("INT", () -> end(INTERRUPTED));
    // In a terminal this signal says that it was closed, and ends the program as ever.
    if (!isInTerminal()) {
      Signals.on("HUP", server::reload);
    }
    try {
      HostPort listening = server.start();
      started = true;
      out().println("Longrunning listens on " + scheme + "://" + listening + " (gRPC and REST)");
      out().flush();
    } catch (StartFault fault) {
      if (!isEnding(hook)) {
        fault.line().lines().forEach(this::say);
      }
      return CANNOT_START;
    }
    // The process ends by a signal, in the hook; until then this thread has nothing to do. It must
    // not return while the hook runs: in Maven's process that would take the classes away.
    new CountDownLatch(1).await();
    return 0;
  }

  private void stop(Server server) {
    server.stop();
    // One that could not start has loaded too little.
    if (started) {
      ClassArchive.write();
    }
  }

  @SuppressWarnings("SystemConsoleNull")
  private static boolean isInTerminal() {
    // From Java 22 on another console, which is there without a terminal too, is the default.
    System.setProperty("jdk.console", "java.base");
    return System.console() != null;
  }

  /** Stops the server; told a second time, ends at once. */
  private void end(int status) {
    if (ending.getAndSet(true)) {
      say("told to stop again: ends at once");
      Runtime.getRuntime().halt(status);
    }
    System.exit(status);
  }

  /** Whether the process has been told to end, so that a start that fails is no news. */
  private static boolean isEnding(Thread hook) {
    try {
      return !Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      return true;
    }
  }

  private Map<String, String> flags() {
    var flags = new LinkedHashMap<String, String>();
    put(flags, Settings.LISTEN, listen);
    put(flags, Settings.MANAGEMENT, management);
    put(flags, DatabaseSettings.URL, database);
    put(flags, Settings.DATA, data);
    put(flags, Settings.INSECURE, insecure ? "true" : null);
    return flags;
  }

  private static void put(Map<String, String> flags, Setting<?> setting, @Nullable String value) {
    if (value != null) {
      flags.put(setting.key(), value);
    }
  }

  private Optional<Path> configFile() {
    return Optional.ofNullable(config)
        .or(() -> Optional.ofNullable(System.getenv(CONFIG_ENVIRONMENT)).map(Path::of))
        .or(() -> Optional.of(CONFIG).filter(Files::exists));
  }

  private void say(String line) {
    PrintWriter err = command().commandLine().getErr();
    err.println("longrunning: " + line);
    err.flush();
  }

  private PrintWriter out() {
    return command().commandLine().getOut();
  }

  private CommandSpec command() {
    if (spec == null) {
      throw new IllegalStateException("picocli fills the fields in before it calls");
    }
    return spec;
  }
}
