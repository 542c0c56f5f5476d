import dev.longrunning.store.ChangeLog.Selection;
import dev.longrunning.observe.Build;
import dev.longrunning.observe.Metrics;
import dev.longrunning.operation.Bytes;
import dev.longrunning.operation.Change.Guard;
import dev.longrunning.operation.Change.Start;
import dev.longrunning.operation.Change.Update;
import dev.longrunning.operation.Contents;
import dev.longrunning.operation.OperationKey;
import dev.longrunning.operation.Progress;
import dev.longrunning.store.Cursors;
import dev.longrunning.store.pg.Connector;
import dev.longrunning.store.pg.EmbeddedPostgres;
import dev.longrunning.store.pg.Migrations;
import dev.longrunning.store.pg.PgStore;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgConnection;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * What the heart costs: durable changes by batch size, and strong and cached reads over gRPC.
 *
 * <p>Run it after {@code mvn package}: {@code java -cp target/longrunning.jar src/bench/HeartBench.java}. Server,
 * database and load are on the same machine; rounds are interleaved, and the median of them is printed with the
 * smallest and the largest.
 */
public final class HeartBench {
  private static final int ROUNDS = Integer.getInteger("rounds", 5);
  private static final long ROUND_MILLIS = Long.getLong("round-millis", 2_000);
  private static final int STATE_BYTES = 288;

  private final Vertx vertx = Vertx.vertx();
  private final Path directory;

  private HeartBench(Path directory) {
    this.directory = directory;
  }

  public static void main(String[] args) throws Exception {
    var directory = Files.createTempDirectory("longrunning-bench");
    var bench = new HeartBench(directory);
    System.out.printf(
        "%d rounds of %d ms after one of warm-up; median (min..max); %d processors, Java %s%n",
        ROUNDS, ROUND_MILLIS, Runtime.getRuntime().availableProcessors(), Runtime.version());
    try {
      bench.writes();
      bench.reads();
    } finally {
      await(bench.vertx.close());
      new ProcessBuilder("rm", "-rf", directory.toString()).start().waitFor();
    }
    System.exit(0);
  }

  private void writes() throws Exception {
    var data = directory.resolve("writes");
    try (var postgres = new EmbeddedPostgres(data, Build.load().postgres(), line -> {})) {
      postgres.start();
      var connector = new Connector(vertx, List.of(postgres.connectOptions()));
      await(new Migrations(connector).run());
      var store =
          await(onLoop(() -> new PgStore(vertx, connector, PgStore.Settings.DEFAULT, new Metrics(System::nanoTime))));
      await(store.poll(Cursors.NONE, Selection.NONE));
      System.out.println("\nDurable updates of " + STATE_BYTES + " bytes, through the store");
      var cases = new ArrayList<Case>();
      for (int rows : new int[] {1, 64, 256}) {
        cases.add(updates(store, "a batch of " + rows + ", one lane", sameLane(rows)));
      }
      for (int flight : new int[] {1, 256, 1_024}) {
        cases.add(updates(store, flight + " in flight, all lanes", anyLane(flight)));
      }
      var connection = await(PgConnection.connect(vertx, cached(postgres.connectOptions())));
      var relaxed = await(PgConnection.connect(vertx, cached(postgres.connectOptions())));
      await(relaxed.query("set synchronous_commit = off").execute());
      String one = "update longrunning.op set message = $1 where lane = 0 and key = 'none'";
      String own = "insert into bench values ($1)";
      await(connection.query("create table bench (t text)").execute());
      cases.add(statement("a round trip: select $1", connection, "select $1::text"));
      cases.add(statement("a statement that changes nothing", connection, one));
      cases.add(statement("an insert, not flushed", relaxed, own));
      cases.add(statement("an insert, flushed", connection, own));
      measure(cases);
      await(connection.close());
      await(relaxed.close());
      await(store.close());
    }
  }

  private Case updates(PgStore store, String name, List<OperationKey> keys) throws Exception {
    for (var key : keys) {
      var start = new Start(key, "", null, state(), Duration.ofDays(1), null);
      await(store.apply(start, Duration.ofSeconds(2)));
    }
    var clients = new ArrayList<Supplier<Future<?>>>();
    for (var key : keys) {
      clients.add(() -> store.apply(new Update(key, Guard.NONE, state(), null), Duration.ofSeconds(2)));
    }
    return new Case(name, clients);
  }

  private static Contents state() {
    var progress = new Progress(1, 2, "bytes", "at work", null);
    return new Contents(true, Bytes.of(new byte[STATE_BYTES]), true, progress, false, Map.of());
  }

  private static List<OperationKey> anyLane(int count) {
    var keys = new ArrayList<OperationKey>();
    for (int i = 0; i < count; i++) {
      keys.add(OperationKey.of("operations/any-" + count + "-" + i));
    }
    return keys;
  }

  private static List<OperationKey> sameLane(int count) {
    var keys = new ArrayList<OperationKey>();
    for (int i = 0; keys.size() < count; i++) {
      var key = OperationKey.of("operations/lane-" + count + "-" + i);
      if (key.lane() == 0) {
        keys.add(key);
      }
    }
    return keys;
  }

  private static PgConnectOptions cached(PgConnectOptions options) {
    return options.setCachePreparedStatements(true);
  }

  private static Case statement(String name, PgConnection connection, String sql) {
    return new Case(
        name,
        List.of(() -> connection.preparedQuery(sql).execute(io.vertx.sqlclient.Tuple.of("text"))));
  }

  private void reads() throws Exception {
    var server =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElse("java"),
                "-jar",
                "target/longrunning.jar",
                "serve",
                "--listen",
                "127.0.0.1:0",
                "--data",
                directory.resolve("reads").toString())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      var out = new BufferedReader(new InputStreamReader(server.getInputStream(), StandardCharsets.UTF_8));
      String line = String.valueOf(out.readLine());
      int port = Integer.parseInt(line.replaceFirst(".*http://127\\.0\\.0\\.1:([0-9]+) .*", "$1"));
      var options = new HttpClientOptions();
      options.setProtocolVersion(HttpVersion.HTTP_2).setHttp2ClearTextUpgrade(false);
      options.setHttp2MultiplexingLimit(1_000);
      var client = vertx.createHttpClient(options, new PoolOptions().setHttp2MaxSize(2));
      rest(client, port, "/v1/operations:start", "{\"operationId\":\"hot-one\"}");
      System.out.println("\nGetOperation over gRPC, one running server, one hot operation");
      measure(
          List.of(
              gets(client, port, "strong, 1 in flight", 1, false),
              gets(client, port, "strong, 256 in flight", 256, false),
              gets(client, port, "cached, 1 in flight", 1, true),
              gets(client, port, "cached, 256 in flight", 256, true)));
    } finally {
      server.destroy();
      server.waitFor(20, TimeUnit.SECONDS);
    }
  }

  private void rest(HttpClient client, int port, String path, String body) throws Exception {
    await(
        client
            .request(HttpMethod.POST, port, "127.0.0.1", path)
            .compose(
                request ->
                    request.putHeader("content-type", "application/json").send(Buffer.buffer(body)))
            .compose(response -> response.body()));
  }

  private static Case gets(HttpClient client, int port, String name, int flight, boolean cached) {
    byte[] text = "operations/hot-one".getBytes(StandardCharsets.UTF_8);
    var frame =
        Buffer.buffer()
            .appendByte((byte) 0)
            .appendInt(text.length + 2)
            .appendByte((byte) 0x0a)
            .appendByte((byte) text.length)
            .appendBytes(text);
    Supplier<Future<?>> get =
        () ->
            client
                .request(
                    HttpMethod.POST, port, "127.0.0.1", "/google.longrunning.Operations/GetOperation")
                .compose(
                    request -> {
                      request.putHeader("content-type", "application/grpc").putHeader("te", "trailers");
                      if (cached) {
                        request.putHeader("longrunning-consistency", "cached");
                      }
                      return request.send(frame);
                    })
                .compose(response -> response.body().map(body -> ok(response.getTrailer("grpc-status"))));
    var clients = new ArrayList<Supplier<Future<?>>>();
    for (int i = 0; i < flight; i++) {
      clients.add(get);
    }
    return new Case(name, clients);
  }

  private static boolean ok(String status) {
    if (!"0".equals(status)) {
      throw new IllegalStateException("grpc-status " + status);
    }
    return true;
  }

  /** A name, and clients that each call again as soon as they are answered. */
  private record Case(String name, List<Supplier<Future<?>>> clients) {}

  private void measure(List<Case> cases) throws Exception {
    var rates = new double[cases.size()][ROUNDS];
    for (int round = -1; round < ROUNDS; round++) {
      for (int i = 0; i < cases.size(); i++) {
        double rate = rate(cases.get(i));
        if (round >= 0) {
          rates[i][round] = rate;
        }
      }
    }
    for (int i = 0; i < cases.size(); i++) {
      Arrays.sort(rates[i]);
      double median = rates[i][ROUNDS / 2];
      System.out.printf(
          "  %-34s %,9.0f /s (%,.0f..%,.0f)   %8.3f ms each%n",
          cases.get(i).name,
          median,
          rates[i][0],
          rates[i][ROUNDS - 1],
          1_000.0 * cases.get(i).clients.size() / median);
    }
  }

  private double rate(Case each) throws Exception {
    var count = new AtomicLong();
    long begin = System.nanoTime();
    long end = begin + TimeUnit.MILLISECONDS.toNanos(ROUND_MILLIS);
    var done = new ArrayList<Future<Void>>();
    for (var client : each.clients) {
      Promise<Void> promise = Promise.promise();
      vertx.runOnContext(now -> step(client, count, end, promise));
      done.add(promise.future());
    }
    for (var future : done) {
      await(future);
    }
    return count.get() * 1e9 / (System.nanoTime() - begin);
  }

  private static void step(
      Supplier<Future<?>> client, AtomicLong count, long end, Promise<Void> promise) {
    if (System.nanoTime() > end) {
      promise.complete();
      return;
    }
    client
        .get()
        .onComplete(
            answer -> {
              if (answer.failed()) {
                promise.tryFail(answer.cause());
              } else {
                count.incrementAndGet();
                step(client, count, end, promise);
              }
            });
  }

  private <T> Future<T> onLoop(Supplier<T> work) {
    return Future.future(promise -> vertx.runOnContext(now -> promise.complete(work.get())));
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
  }
}
