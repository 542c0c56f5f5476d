import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What one noisy caller costs the others: their latency without and with it.
 *
 * <p>Run it after {@code mvn package}: {@code java -cp target/longrunning.jar src/bench/FairnessBench.java}. Honest
 * callers, each with an address of its own, keep a few calls in flight; the noisy one has thousands on several
 * connections and sends a new one for each that is answered. Server, database and load are on the same machine; rounds
 * without and with the noisy caller alternate, and the median over the rounds of each percentile is printed. Another
 * jar can be measured in the same way with {@code -Djar=…}.
 */
public final class FairnessBench {
  private static final int ROUNDS = Integer.getInteger("rounds", 5);
  private static final long ROUND_MILLIS = Long.getLong("round-millis", 2_000);
  private static final String JAR = System.getProperty("jar", "target/longrunning.jar");
  private static final int HONEST_CALLERS = 8;
  private static final int HONEST_FLIGHT = 8;
  private static final int NOISY_CONNECTIONS = 8;
  private static final int NOISY_FLIGHT = 4_000;
  private static final int NAMES = 512;

  private enum Kind {
    GET("/google.longrunning.Operations/GetOperation"),
    UPDATE("/longrunning.v1.OperationProducer/UpdateOperation");

    private final String path;

    Kind(String path) {
      this.path = path;
    }

    /** Both requests have the name as their first field. */
    Buffer frame(String name) {
      byte[] text = name.getBytes(StandardCharsets.UTF_8);
      return Buffer.buffer()
          .appendByte((byte) 0)
          .appendInt(text.length + 2)
          .appendByte((byte) 0x0a)
          .appendByte((byte) text.length)
          .appendBytes(text);
    }
  }

  private record Percentiles(double p50, double p99, double rate) {}

  private final Vertx honest = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
  private final Vertx noisy = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
  private final int port;

  private FairnessBench(int port) {
    this.port = port;
  }

  public static void main(String[] args) throws Exception {
    Path directory = Files.createTempDirectory("longrunning-fairness");
    var server =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElse("java"),
                "-jar", JAR, "serve", "--listen", "127.0.0.1:0", "--data", directory + "/data")
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      var out = new BufferedReader(new InputStreamReader(server.getInputStream(), StandardCharsets.UTF_8));
      String line = String.valueOf(out.readLine());
      new FairnessBench(Integer.parseInt(line.replaceFirst(".*http://127\\.0\\.0\\.1:([0-9]+) .*", "$1"))).run();
    } finally {
      server.destroy();
      server.waitFor(20, TimeUnit.SECONDS);
      new ProcessBuilder("rm", "-rf", directory.toString()).start().waitFor();
    }
    System.exit(0);
  }

  private void run() throws Exception {
    System.out.printf(
        "%d rounds of %d ms; %d honest callers with %d in flight each, a noisy one with %d on %d connections%n",
        ROUNDS, ROUND_MILLIS, HONEST_CALLERS, HONEST_FLIGHT, NOISY_FLIGHT, NOISY_CONNECTIONS);
    var starter = client(honest, "127.0.0.1", 1);
    for (String who : List.of("honest", "noisy")) {
      var starts = new ArrayList<Future<?>>();
      for (int i = 0; i < NAMES; i++) {
        starts.add(start(starter, who + '-' + i));
      }
      await(Future.all(starts));
    }
    for (Kind mine : Kind.values()) {
      for (Kind theirs : Kind.values()) {
        compare(mine, theirs, HONEST_CALLERS, HONEST_FLIGHT);
      }
    }
    compare(Kind.GET, Kind.GET, 1, 1);
    compare(Kind.UPDATE, Kind.UPDATE, 1, 1);
  }

  private void compare(Kind mine, Kind theirs, int callers, int flight) throws Exception {
    var without = new ArrayList<Percentiles>();
    var with = new ArrayList<Percentiles>();
    var noise = new ArrayList<Double>();
    for (int round = -1; round < ROUNDS; round++) {
      var quiet = honest(mine, callers, flight);
      var stop = new AtomicBoolean();
      var answered = new AtomicLong();
      var refused = new AtomicLong();
      var ended = noise(theirs, stop, answered, refused);
      Thread.sleep(500);
      long before = answered.get();
      var loud = honest(mine, callers, flight);
      long during = answered.get() - before;
      stop.set(true);
      await(ended);
      if (round >= 0) {
        without.add(quiet);
        with.add(loud);
        noise.add(during * 1_000.0 / ROUND_MILLIS);
      }
    }
    System.out.printf(
        "%-6s x %2d beside %-6s  p50 %6.2f -> %6.2f ms (x %.2f)   p99 %6.2f -> %6.2f ms (x %.2f)"
            + "   rate %,.0f -> %,.0f /s, noisy %,.0f /s%n",
        mine, callers * flight, theirs,
        median(without, Percentiles::p50), median(with, Percentiles::p50),
        median(with, Percentiles::p50) / median(without, Percentiles::p50),
        median(without, Percentiles::p99), median(with, Percentiles::p99),
        median(with, Percentiles::p99) / median(without, Percentiles::p99),
        median(without, Percentiles::rate), median(with, Percentiles::rate),
        noise.stream().sorted().skip(ROUNDS / 2).findFirst().orElse(0.0));
  }

  private static double median(
      List<Percentiles> rounds, java.util.function.ToDoubleFunction<Percentiles> part) {
    double[] values = rounds.stream().mapToDouble(part).sorted().toArray();
    return values[values.length / 2];
  }

  private Percentiles honest(Kind kind, int callers, int flight) throws Exception {
    var took = new ArrayList<Long>();
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(ROUND_MILLIS);
    var done = new ArrayList<Future<?>>();
    var clients = new ArrayList<HttpClient>();
    for (int caller = 0; caller < callers; caller++) {
      var client = client(honest, "127.0.0." + (10 + caller), 1);
      clients.add(client);
      for (int i = 0; i < flight; i++) {
        String name = "operations/honest-" + ((caller * flight + i) % NAMES);
        Promise<Void> promise = Promise.promise();
        honest.runOnContext(now -> honestStep(client, kind, name, end, took, promise));
        done.add(promise.future());
      }
    }
    await(Future.all(done));
    for (var client : clients) {
      await(client.close());
    }
    long[] sorted = took.stream().mapToLong(Long::longValue).sorted().toArray();
    return new Percentiles(
        sorted[sorted.length / 2] / 1e6,
        sorted[(int) (sorted.length * 0.99)] / 1e6,
        sorted.length * 1_000.0 / ROUND_MILLIS);
  }

  private void honestStep(
      HttpClient client, Kind kind, String name, long end, List<Long> took, Promise<Void> promise) {
    long begun = System.nanoTime();
    if (begun > end) {
      promise.complete();
      return;
    }
    call(client, kind, name)
        .onComplete(
            status -> {
              if (status.failed() || !"0".equals(status.result())) {
                promise.tryFail("honest call: " + status);
                return;
              }
              took.add(System.nanoTime() - begun);
              honestStep(client, kind, name, end, took, promise);
            });
  }

  private Future<?> noise(Kind kind, AtomicBoolean stop, AtomicLong answered, AtomicLong refused) {
    var client = client(noisy, "127.0.0.99", NOISY_CONNECTIONS);
    var done = new ArrayList<Future<?>>();
    for (int i = 0; i < NOISY_FLIGHT; i++) {
      String name = "operations/noisy-" + (i % NAMES);
      Promise<Void> promise = Promise.promise();
      noisy.runOnContext(now -> noisyStep(client, kind, name, stop, answered, refused, promise));
      done.add(promise.future());
    }
    return Future.all(done).eventually(client::close);
  }

  private void noisyStep(
      HttpClient client, Kind kind, String name, AtomicBoolean stop, AtomicLong answered, AtomicLong refused,
      Promise<Void> promise) {
    if (stop.get()) {
      promise.complete();
      return;
    }
    call(client, kind, name)
        .onComplete(
            status -> {
              ("0".equals(status.result()) ? answered : refused).incrementAndGet();
              noisyStep(client, kind, name, stop, answered, refused, promise);
            });
  }

  private Future<String> call(HttpClient client, Kind kind, String name) {
    return client
        .request(HttpMethod.POST, port, "127.0.0.1", kind.path)
        .compose(
            request ->
                request
                    .putHeader("content-type", "application/grpc")
                    .putHeader("te", "trailers")
                    .send(kind.frame(name)))
        .compose(
            response ->
                response
                    .body()
                    .map(
                        body -> {
                          String head = response.getHeader("grpc-status");
                          return head == null ? response.getTrailer("grpc-status") : head;
                        }));
  }

  private Future<?> start(HttpClient client, String id) {
    return client
        .request(HttpMethod.POST, port, "127.0.0.1", "/v1/operations:start")
        .compose(
            request ->
                request
                    .putHeader("content-type", "application/json")
                    .send(Buffer.buffer("{\"operationId\":\"" + id + "\"}")))
        .compose(response -> response.body());
  }

  private static HttpClient client(Vertx vertx, String from, int connections) {
    var options = new HttpClientOptions();
    options.setLocalAddress(from);
    options.setProtocolVersion(HttpVersion.HTTP_2).setHttp2ClearTextUpgrade(false);
    options.setHttp2MultiplexingLimit(1_000);
    return vertx.createHttpClient(
        options, new PoolOptions().setHttp2MaxSize(connections).setMaxWaitQueueSize(-1));
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(120, TimeUnit.SECONDS);
  }
}
