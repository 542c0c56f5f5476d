package dev.longrunning.app;

import dev.longrunning.observe.EffectiveSetting;
import dev.longrunning.store.pg.DatabaseUrl;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Everything that can be set; {@code docs/settings.md} says what each is for.
 *
 * @param management where probes are answered; empty: nowhere
 * @param database empty: the embedded one
 * @param data the embedded database's directory
 * @param hosts accepted in a Host header or authority besides those of this machine
 * @param corsOrigins web pages of these origins may call
 * @param insecure whether anybody may be let in from other machines
 * @param retention of a done operation that does not say it itself
 * @param resumeWindow how long the log and the memory of deleted operations go back
 * @param waitMax longest a WaitOperation is held
 * @param cacheBytes weight of the states kept in memory
 * @param eventLoops threads that serve calls
 * @param callers what one caller may ask for at a time
 * @param connections how long they live, and how many there are
 * @param tls how they are encrypted
 * @param auth how callers show who they are
 * @param services which it presents itself as
 * @param types where message types are read
 * @param push how watches are kept
 * @param stop how the server stops
 * @param watch what is said of the server and its calls, besides metrics
 * @param effective all of them as people may see them
 */
public record Settings(
    HostPort listen,
    Optional<HostPort> management,
    Optional<DatabaseUrl> database,
    Path data,
    List<String> hosts,
    List<String> corsOrigins,
    boolean insecure,
    Duration retention,
    Duration resumeWindow,
    Duration waitMax,
    long cacheBytes,
    int writeConnections,
    int readConnections,
    int eventLoops,
    LogFormat logFormat,
    CallerSettings callers,
    ConnectionSettings connections,
    TlsSettings tls,
    AuthSettings auth,
    ServiceSettings services,
    TypesSettings types,
    PushSettings push,
    StopSettings stop,
    WatchSettings watch,
    List<EffectiveSetting> effective) {

  private static final String ADDRESS = "HOST:PORT, port 0..65535, 0 for any free one";
  private static final Pattern HOST = Pattern.compile("[A-Za-z0-9.-]{1,253}");
  private static final Pattern ORIGIN =
      Pattern.compile("https?://[A-Za-z0-9.-]{1,253}(:[0-9]{1,5})?");
  private static final int LIST_MAX = 64;

  static final Setting<HostPort> LISTEN =
      new Setting<>("listen", "127.0.0.1:8080", ADDRESS, HostPort::parse);
  static final Setting<SettingParsers.Listen> MANAGEMENT =
      new Setting<>("management", "off", ADDRESS + "; or off", SettingParsers::listen);
  static final Setting<Path> DATA =
      new Setting<>("data", "./data", "a directory", SettingParsers::path);
  static final Setting<List<String>> HOSTS =
      new Setting<>(
          "hosts", "", "up to 64 host names without a port", SettingParsers.list(HOST, LIST_MAX));
  static final Setting<List<String>> CORS_ORIGINS =
      new Setting<>(
          "cors.origins",
          "",
          "up to 64 origins such as https://console.example.com",
          SettingParsers.list(ORIGIN, LIST_MAX));
  static final Setting<Boolean> INSECURE =
      new Setting<>("insecure", "false", "true or false", SettingParsers::flag);
  static final Setting<Duration> RETENTION =
      new Setting<>(
          "retention",
          "30d",
          "1s..365d",
          SettingParsers.duration(Duration.ofSeconds(1), Duration.ofDays(365)));
  static final Setting<Duration> RESUME_WINDOW =
      new Setting<>(
          "resume-window",
          "1h",
          "10m..7d",
          SettingParsers.duration(Duration.ofMinutes(10), Duration.ofDays(7)));
  static final Setting<Duration> WAIT_MAX =
      new Setting<>(
          "wait-max",
          "10m",
          "1s..1h",
          SettingParsers.duration(Duration.ofSeconds(1), Duration.ofHours(1)));
  static final Setting<Long> CACHE_BYTES =
      new Setting<>(
          "cache-bytes", "256MiB", "1MiB..64GiB", SettingParsers.size(1L << 20, 64L << 30));
  static final Setting<Integer> WRITE_CONNECTIONS =
      new Setting<>("store.write-connections", "2", "1..4", SettingParsers.count(1, 4));
  static final Setting<Integer> READ_CONNECTIONS =
      new Setting<>("store.read-connections", "4", "1..16", SettingParsers.count(1, 16));
  static final Setting<Integer> EVENT_LOOPS =
      new Setting<>(
          "event-loops",
          "auto",
          "1..64, or auto: one a processor",
          SettingParsers.or("auto", 0, SettingParsers.count(1, 64)));
  static final Setting<LogFormat> LOG_FORMAT =
      new Setting<>("log.format", "text", "text or json", SettingParsers.word(LogFormat.class));

  private static final List<Setting<?>> OWN =
      List.of(
          LISTEN,
          MANAGEMENT,
          DatabaseSettings.URL,
          DATA,
          HOSTS,
          CORS_ORIGINS,
          INSECURE,
          RETENTION,
          RESUME_WINDOW,
          WAIT_MAX,
          CACHE_BYTES,
          WRITE_CONNECTIONS,
          READ_CONNECTIONS,
          EVENT_LOOPS,
          LOG_FORMAT);

  /** In the order of the documentation: those that stand here, then group by group. */
  static final List<Setting<?>> ALL =
      Stream.of(
              OWN,
              CallerSettings.ALL,
              ConnectionSettings.ALL,
              TlsSettings.ALL,
              AuthSettings.ALL,
              ServiceSettings.ALL,
              TypesSettings.ALL,
              PushSettings.ALL,
              StopSettings.ALL,
              WatchSettings.ALL)
          .<Setting<?>>flatMap(List::stream)
          .toList();

  /** What can change while the server runs. */
  static final Set<Setting<?>> RELOADED =
      Set.of(
          HOSTS,
          CORS_ORIGINS,
          RETENTION,
          WAIT_MAX,
          CallerSettings.CALLS_MAX,
          CallerSettings.HELD_MAX,
          CallerSettings.CONNECTIONS_MAX,
          ConnectionSettings.AGE_MAX,
          ConnectionSettings.IDLE_MAX,
          ConnectionSettings.MAX,
          PushSettings.HEARTBEAT,
          PushSettings.STALL,
          StopSettings.PAUSE,
          StopSettings.GRACE,
          StopSettings.DRAIN);

  public Settings {
    hosts = List.copyOf(hosts);
    corsOrigins = List.copyOf(corsOrigins);
    effective = List.copyOf(effective);
  }

  /**
   * Reads all settings; fails with all faults at once.
   *
   * @param flags by key
   * @param file empty: there is none
   */
  static Settings read(
      Map<String, String> flags, Map<String, String> environment, Optional<Path> file)
      throws SettingsFault {
    return effective(flags, environment, file).settings();
  }

  /** Reads all settings, and keeps them as they were written. */
  static Reloading.Effective effective(
      Map<String, String> flags, Map<String, String> environment, Optional<Path> file)
      throws SettingsFault {
    var faults = new ArrayList<String>();
    Map<String, String> values = file.map(path -> SettingsFile.read(path, faults)).orElse(Map.of());
    var sources = new SettingSources(flags, environment, values, faults);
    Settings settings = read(sources, environment);
    sources.close(ALL);
    var texts = ALL.stream().collect(Collectors.toMap(Setting::key, sources::text));
    return new Reloading.Effective(settings, texts, !values.isEmpty());
  }

  private static Settings read(SettingSources sources, Map<String, String> environment) {
    HostPort listen = sources.get(LISTEN);
    boolean insecure = sources.get(INSECURE);
    var tls = TlsSettings.read(sources);
    var auth = AuthSettings.read(sources, tls);
    if (!insecure && !auth.asks() && !listen.isLoopback()) {
      sources.fault(
          "listen: got "
              + listen
              + ", allowed an address of this machine only, such as 127.0.0.1, unless callers are"
              + " authenticated (auth.…) or insecure is true");
    }
    int loops = sources.get(EVENT_LOOPS);
    return new Settings(
        listen,
        sources.get(MANAGEMENT).address(),
        DatabaseSettings.read(sources, environment),
        sources.get(DATA),
        sources.get(HOSTS),
        sources.get(CORS_ORIGINS),
        insecure,
        sources.get(RETENTION),
        sources.get(RESUME_WINDOW),
        sources.get(WAIT_MAX),
        sources.get(CACHE_BYTES),
        sources.get(WRITE_CONNECTIONS),
        sources.get(READ_CONNECTIONS),
        loops == 0 ? Runtime.getRuntime().availableProcessors() : loops,
        sources.get(LOG_FORMAT),
        CallerSettings.read(sources),
        ConnectionSettings.read(sources),
        tls,
        auth,
        ServiceSettings.read(sources),
        TypesSettings.read(sources),
        PushSettings.read(sources),
        StopSettings.read(sources),
        WatchSettings.read(sources),
        sources.effective());
  }
}
