package dev.longrunning.store.pg;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;
import io.vertx.pgclient.PgConnectOptions;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Stands before a server, and can fall silent as a frozen machine does: connections stay, nothing
 * comes any more.
 */
public final class TestProxy implements AutoCloseable {
  private final NetServer server;
  private final PgConnectOptions behind;
  private final Set<NetSocket> open = ConcurrentHashMap.newKeySet();
  private final Promise<Void> firstEnd = Promise.promise();
  private volatile boolean silent;

  private TestProxy(NetServer server, PgConnectOptions behind) {
    this.server = server;
    this.behind = behind;
  }

  public static TestProxy before(Vertx vertx, PgConnectOptions behind) throws Exception {
    var proxy = new TestProxy(vertx.createNetServer(), behind);
    var client = vertx.createNetClient();
    proxy.server.connectHandler(
        in -> {
          in.pause();
          client
              .connect(behind.getPort(), behind.getHost())
              .onSuccess(out -> proxy.join(in, out))
              .onFailure(failure -> in.close());
        });
    StoreFixture.await(proxy.server.listen(0, "127.0.0.1"));
    return proxy;
  }

  private void join(NetSocket in, NetSocket out) {
    in.handler(bytes -> pass(out, bytes));
    out.handler(bytes -> pass(in, bytes));
    open.add(in);
    in.closeHandler(
        closed -> {
          open.remove(in);
          firstEnd.tryComplete();
          out.close();
        });
    out.closeHandler(closed -> in.close());
    in.resume();
  }

  private void pass(NetSocket to, Buffer bytes) {
    if (!silent) {
      to.write(bytes);
    }
  }

  /** From now on nothing comes back, on old connections and on new ones. */
  public void silence(boolean now) {
    silent = now;
  }

  /** Closes all connections that there are. */
  public void cut() {
    open.forEach(NetSocket::close);
  }

  /** Completes when the first of its connections has ended. */
  Future<Void> firstEnd() {
    return firstEnd.future();
  }

  public int port() {
    return server.actualPort();
  }

  PgConnectOptions options() {
    return new PgConnectOptions(behind).setPort(server.actualPort());
  }

  @Override
  public void close() throws Exception {
    StoreFixture.await(server.close());
  }
}
