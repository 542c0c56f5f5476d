package dev.longrunning.bench;

import dev.longrunning.bench.peer.Bare;
import dev.longrunning.bench.peer.Etcd;
import dev.longrunning.bench.peer.Postgres;
import dev.longrunning.bench.peer.Server;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A stage under way: what it asks for is started, and what it opens is closed at its end. */
public final class Run implements AutoCloseable {

  /** Equal for every JVM that is measured. */
  public static final List<String> JVM = List.of("-XX:+UseG1GC", "-Xmx4g", "-XX:-UsePerfData");

  private final Scale scale;
  private final Path work;
  private final Path jar;
  private final Peers peers;
  private final Progress progress;
  private final Findings findings = new Findings();
  private final Deque<AutoCloseable> opened = new ArrayDeque<>();

  Run(Scale scale, Path work, Path jar, Peers peers, Progress progress) {
    this.scale = scale;
    this.work = work;
    this.jar = jar;
    this.peers = peers;
    this.progress = progress;
  }

  public Scale scale() {
    return scale;
  }

  public Findings findings() {
    return findings;
  }

  /** A directory for what this run needs, gone after it. */
  public Path work() {
    return work;
  }

  public Path jar() {
    return jar;
  }

  /** Says what is being done, which can take a while. */
  public void says(String what) {
    progress.says(what);
  }

  /** Cases that are measured in turn. */
  public Rounds rounds(String unit) {
    return new Rounds(this, unit);
  }

  public Postgres postgres() throws Exception {
    return peers.postgres();
  }

  public Server server() throws Exception {
    return server(JVM, Map.of());
  }

  /**
   * So many on one database, which is their own: what a server does alone is not to be slowed down
   * by others that follow it. They end with the stage.
   */
  public List<Server> replicas(int count) throws Exception {
    var database = asidePostgres().database();
    var replicas = new ArrayList<Server>();
    replicas.add(server(database, JVM));
    while (replicas.size() < count) {
      replicas.add(another(database, JVM));
    }
    return replicas;
  }

  /** With options of its JVM and with settings, as in the environment: {@code WATCH_HEARTBEAT}. */
  public Server server(List<String> options, Map<String, String> settings) throws Exception {
    progress.says("a server");
    return peers.server(briefly(options), settings);
  }

  /** A PostgreSQL of its own; for a glance, the one that there is. */
  public Postgres asidePostgres() throws Exception {
    return scale.isSmoke() ? postgres() : untilTheEnd(Postgres.start(work));
  }

  /** A server on this database, which ends with the stage; for a glance, the one that there is. */
  public Server server(Postgres.Database database, List<String> options) throws Exception {
    return scale.isSmoke() ? server(options, Map.of()) : another(database, options);
  }

  private Server another(Postgres.Database database, List<String> options) throws Exception {
    progress.says("a server");
    var program = Server.jar(jar, briefly(options));
    return untilTheEnd(Server.start(work, program, database, Map.of()));
  }

  public Etcd etcd() throws Exception {
    progress.says("etcd");
    return peers.etcd();
  }

  public Bare bare() throws Exception {
    return bare(JVM);
  }

  public Bare bare(List<String> options) throws Exception {
    progress.says("a bare server of Vert.x gRPC");
    return peers.bare(briefly(options));
  }

  /**
   * A JVM that runs for a glance is not to spend it on compiling, or on verifying the classes of
   * its jar; and those that differ in the size of the heap are one.
   */
  private List<String> briefly(List<String> options) {
    return scale.isSmoke()
        ? Stream.concat(
                options.stream().filter(option -> !option.startsWith("-Xm")),
                Stream.of(
                    "-XX:TieredStopAtLevel=1",
                    "-XX:+UnlockDiagnosticVMOptions",
                    "-XX:-BytecodeVerificationRemote"))
            .toList()
        : options;
  }

  /**
   * Ends a peer whose memory is wanted; after a glance it has hardly any, and the next stage may
   * want it.
   */
  public void end(AutoCloseable peer) throws Exception {
    if (!scale.isSmoke()) {
      peers.end(peer);
    }
  }

  /** Ends this peer at the end of the stage, or when this program is told to end. */
  private <T extends AutoCloseable> T untilTheEnd(T peer) {
    peers.add(peer);
    opened.push(() -> peers.end(peer));
    return peer;
  }

  /** Closes this at the end of the stage. */
  public <T extends AutoCloseable> T with(T closeable) {
    opened.push(closeable);
    return closeable;
  }

  @Override
  public void close() throws Exception {
    while (!opened.isEmpty()) {
      opened.pop().close();
    }
  }
}
