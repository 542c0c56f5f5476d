package dev.longrunning.app;

import dev.longrunning.connection.Certificates;
import dev.longrunning.connection.Connections;
import dev.longrunning.connection.GuardedTransport;
import dev.longrunning.connection.TlsFault;
import dev.longrunning.demo.v1.ChecksumFolderMetadata;
import dev.longrunning.feed.VertxTimers;
import dev.longrunning.filter.Filters;
import dev.longrunning.observe.QueuePeak;
import dev.longrunning.observe.Readiness;
import dev.longrunning.pages.ServicePages;
import dev.longrunning.profile.Services;
import dev.longrunning.rest.JsonMessages;
import dev.longrunning.rest.OriginPolicy;
import dev.longrunning.store.pg.Connector;
import dev.longrunning.store.pg.StartFault;
import dev.longrunning.types.TypeSources;
import dev.longrunning.types.TypedPayloads;
import io.vertx.core.Context;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.pgclient.PgConnectOptions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How the parts of the server are put together: plain constructors, top to bottom. Each adds what
 * stops it.
 *
 * <p><b>Threads.</b> One plain thread, which may block.
 */
final class Wiring {
  static {
    // Read when the HTTP server is loaded. Nobody speaks WebSocket here; and without this the
    // library answers a version of HTTP that it does not know by itself, with nothing in the body.
    System.setProperty("vertx.disableWebsockets", "true");
    // Netty's events for the flight recorder would start that: some hundred classes. Whoever looks
    // for them can ask.
    if (System.getProperty("io.netty.jfr.enabled") == null) {
      System.setProperty("io.netty.jfr.enabled", "false");
    }
  }

  private static final Logger log = LoggerFactory.getLogger(Wiring.class);

  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(10);
  private static final Duration START_LIMIT = Duration.ofSeconds(30);
  private static final Duration STOP_LIMIT = Duration.ofSeconds(5);

  private final Reloading.Effective first;
  private final Reloading.Source source;
  private final Settings settings;

  /** What holds now, of what can change. */
  private volatile Settings live;

  private final LoopParts parts = new LoopParts();
  private final List<ApiPort> ports = new CopyOnWriteArrayList<>();
  private volatile @Nullable Reloading reloading;
  private @Nullable Services services;
  private final StopSteps steps;
  private final Consumer<String> progress;
  private final Readiness readiness = new Readiness();
  private final Observation observation;
  private final InstantSource clock = InstantSource.system();
  private final GuardedTransport transport = GuardedTransport.ofThisMachine();
  private final Connections connections;
  private final List<Supplier<List<QueuePeak>>> peaks = new CopyOnWriteArrayList<>();

  Wiring(
      Reloading.Effective first,
      Reloading.Source source,
      StopSteps steps,
      Consumer<String> progress) {
    this.first = first;
    this.source = source;
    this.settings = first.settings();
    this.live = settings;
    this.steps = steps;
    this.progress = progress;
    this.observation = new Observation(settings, readiness, this::peaks);
    this.connections = new Connections(ConnectionSettings.limits(settings));
    observation.watch(connections);
  }

  /** Starts everything; answers where it listens. */
  HostPort start() throws StartFault, InterruptedException {
    // What takes long begins early, on threads of its own, and is waited for where it is needed.
    var reading = LiveTypes.begin(this::typeSources);
    services = ServiceFiles.load(settings.services());
    var database = Database.begin(settings, steps, progress);
    var pages = new ServicePages(services(), () -> LiveTypes.known(reading));
    var management = observation.listen(steps, () -> live, pages);
    observation.start(steps, settings.auth().asks());
    Vertx vertx = vertx();
    // A context stays on one event loop: everything that the backend confines to it does too.
    var loop = vertx.getOrCreateContext();
    Backend backend = backend(vertx, loop, database.hosts());
    // Before the schema is touched: a server that cannot start must not change it.
    var types = LiveTypes.await(reading);
    observation.watch(types);
    var callers = callers(vertx);
    management.await(progress);
    HostPort listening = api(vertx, start(loop, backend), backend, types, callers);
    readiness.ready();
    steps.add("calls", new GracefulStop(readiness, parts, ports, connections, () -> live.stop()));
    return listening;
  }

  private TypeSources typeSources() {
    var at = settings.types();
    var own = List.of(ChecksumFolderMetadata.getDescriptor().getFile());
    return new TypeSources(at.directory(), at.optional(), own);
  }

  /** Reads settings, certificates and types again, soon; nothing while it starts. */
  void reload() {
    var started = reloading;
    if (started != null) {
      started.now();
    }
  }

  private void follow(Optional<Certificates> certificates, LiveTypes types, CallerWiring callers)
      throws StartFault {
    var files = new ArrayList<Reloading.Files>(List.of(types));
    certificates.ifPresent(found -> files.add(asked -> found.check()));
    var made = new Reloading(first, source, this::apply, files, callers);
    made.start();
    steps.add("reload", done(made::stop));
    reloading = made;
  }

  private Services services() {
    if (services == null) {
      throw new IllegalStateException("not started");
    }
    return services;
  }

  private void apply(Settings changed) {
    live = changed;
    connections.limit(ConnectionSettings.limits(changed));
    ports.forEach(port -> port.allow(policy(changed)));
    parts.apply(changed);
  }

  /** Whether only this machine reaches the port is decided once. */
  private OriginPolicy policy(Settings now) {
    var hosts = new HashSet<>(now.hosts());
    services().hosts().keySet().forEach(host -> hosts.add(host.replaceFirst(":[0-9]+$", "")));
    return OriginPolicy.of(
        settings.listen().isLoopback(), Set.copyOf(hosts), Set.copyOf(now.corsOrigins()));
  }

  /** How full the bounded queues have been, of all event loops. */
  List<QueuePeak> peaks() {
    return peaks.stream().flatMap(part -> part.get().stream()).toList();
  }

  private CallerWiring callers(Vertx vertx) throws StartFault {
    var made = CallerWiring.read(settings.auth(), services(), vertx, clock);
    observation.watch(made, clock);
    if (settings.auth().asks()
        && settings.tls().files().isEmpty()
        && !settings.listen().isLoopback()) {
      log.atWarn().addKeyValue("listen", settings.listen()).log("credentials.in_the_clear");
    }
    steps.add("authenticators", done(made.known()::stop));
    return made;
  }

  /** Nothing of ours is served from files on the class path, so there is no folder for them. */
  static FileSystemOptions withoutFiles() {
    return new FileSystemOptions().setFileCachingEnabled(false).setClassPathResolvingEnabled(false);
  }

  private Vertx vertx() throws StartFault {
    var options =
        new VertxOptions()
            .setEventLoopPoolSize(settings.eventLoops())
            // There is one class loader, and nothing to set at every turn of a loop.
            .setDisableTCCL(true)
            .setFileSystemOptions(withoutFiles());
    Vertx vertx = Vertx.builder().with(options).withTransport(transport).build();
    steps.add("vertx", () -> Waiting.await("vertx", vertx.close(), CLOSE_LIMIT));
    return vertx;
  }

  /** Makes it, and begins to reach the database. */
  private Backend backend(Vertx vertx, Context loop, List<PgConnectOptions> hosts)
      throws StartFault, InterruptedException {
    var timers = new VertxTimers(vertx);
    Backend backend =
        Waiting.await(
            "database",
            Waiting.onLoop(
                loop,
                () -> {
                  var connector = new Connector(vertx, hosts);
                  return new Backend(
                      vertx, connector, settings, timers, clock, observation.metrics());
                }),
            START_LIMIT);
    peaks.add(backend::peaks);
    steps.add(
        "backend",
        () ->
            Waiting.await(
                "database",
                Waiting.onLoop(loop, backend::stop).compose(stopped -> stopped),
                STOP_LIMIT));
    return backend;
  }

  private static Future<Void> start(Context loop, Backend backend) {
    return Waiting.onLoop(loop, backend::start).compose(started -> started);
  }

  /** Makes what serves the calls while the backend starts, and listens once that has. */
  private HostPort api(
      Vertx vertx, Future<Void> started, Backend backend, LiveTypes types, CallerWiring callers)
      throws StartFault, InterruptedException {
    HostPort listen = settings.listen();
    transport.guard(connections);
    var certificates = certificates(vertx);
    observation.watch(certificates);
    var address = new ApiPort.Address(listen.host(), listen.port(), connections, certificates);
    var policy = policy(settings);
    var json = new JsonMessages(types.now().registry());
    types.follow(now -> json.take(now.registry()));
    var filters = new Filters(new TypedPayloads(name -> types.now().registry().find(name)));
    var calls =
        new CallWiring(
            observation, readiness, parts, peaks, clock, services(), filters, callers, () -> live);
    Supplier<ApiPort> port =
        () -> {
          var made = new ApiPort(address, policy, json, () -> calls.service(vertx, backend));
          made.listenAfter(started);
          ports.add(made);
          return made;
        };
    var deployment = new DeploymentOptions().setInstances(settings.eventLoops());
    var deployed = vertx.deployVerticle(port, deployment);
    Waiting.await("database", started, START_LIMIT);
    try {
      String id = Waiting.await("listen", deployed, START_LIMIT);
      steps.add("api", () -> Waiting.await("api", vertx.undeploy(id), STOP_LIMIT));
      follow(certificates, types, callers);
    } catch (StartFault fault) {
      throw Binding.fault("listen", listen, fault);
    }
    return listen.withPort(ports.get(0).port());
  }

  private Optional<Certificates> certificates(Vertx vertx) throws StartFault {
    if (settings.tls().files().isEmpty()) {
      return Optional.empty();
    }
    try {
      connections.encrypted();
      return Optional.of(Certificates.read(settings.tls().files().get(), vertx, clock));
    } catch (TlsFault fault) {
      throw new StartFault(fault.line(), fault);
    }
  }

  private static Callable<Boolean> done(Runnable step) {
    return () -> {
      step.run();
      return true;
    };
  }
}
