package dev.longrunning.bench;

import dev.longrunning.bench.peer.Bare;
import dev.longrunning.bench.peer.Etcd;
import dev.longrunning.bench.peer.Postgres;
import dev.longrunning.bench.peer.Server;
import java.nio.file.Path;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedDeque;

/**
 * What was started, one of a kind: asked for again, it is the one that runs already. All of it ends
 * when this is closed, or when this program is told to end.
 */
final class Peers implements AutoCloseable {
  private final Path work;
  private final Path jar;
  private final Map<Object, AutoCloseable> running = new HashMap<>();
  private final Thread interrupted = new Thread(this::endAll, "bench-interrupted");
  private final Deque<AutoCloseable> started = new ConcurrentLinkedDeque<>();

  /** A kind of server. */
  private record Kind(String name, List<String> options, Map<String, String> settings) {}

  Peers(Path work, Path jar) {
    this.work = work;
    this.jar = jar;
    Runtime.getRuntime().addShutdownHook(interrupted);
  }

  Postgres postgres() throws Exception {
    return one(Postgres.class, "postgres", () -> Postgres.start(work));
  }

  Etcd etcd() throws Exception {
    return one(Etcd.class, "etcd", () -> Etcd.start(work));
  }

  Bare bare(List<String> options) throws Exception {
    return one(Bare.class, new Kind("bare", options, Map.of()), () -> Bare.start(work, options));
  }

  Server server(List<String> options, Map<String, String> settings) throws Exception {
    var database = postgres().database();
    return one(
        Server.class,
        new Kind("server", options, settings),
        () -> Server.start(work, Server.jar(jar, options), database, settings));
  }

  private <T extends AutoCloseable> T one(Class<T> type, Object kind, Callable<T> start)
      throws Exception {
    var known = running.get(kind);
    if (known != null) {
      return type.cast(known);
    }
    var fresh = start.call();
    running.put(kind, fresh);
    started.push(fresh);
    return fresh;
  }

  /** One more, which nobody else asks for. */
  void add(AutoCloseable peer) {
    started.push(peer);
  }

  /** Ends one of them before the others. */
  void end(AutoCloseable peer) throws Exception {
    running.values().remove(peer);
    started.remove(peer);
    peer.close();
  }

  private void endAll() {
    for (var peer = started.poll(); peer != null; peer = started.poll()) {
      try {
        peer.close();
      } catch (Exception e) {
        // The others are to end all the same.
        System.err.println(e.getMessage());
      }
    }
  }

  @Override
  public void close() {
    endAll();
    try {
      Runtime.getRuntime().removeShutdownHook(interrupted);
    } catch (IllegalStateException e) {
      // The program ends already.
    }
  }
}
