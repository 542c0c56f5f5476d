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
 * <p>Run it after {@code mvn package}: {@code java -Xms1g -Xmn700m -XX:+AlwaysPreTouch -cp
 * target/longrunning.jar src/bench/FairnessBench.java}: heaps that need not grow, so that no pause of a client counts
 * as the server's. Honest
 * callers, each with an address of its own, keep a few calls in flight; the noisy one has thousands on several
 * connections and sends a new one for each that is answered. Connections are made, and
 * first calls answered, before a round is counted. Rounds without and with the noisy caller alternate, and
 * the median over the rounds of each percentile is printed. Another jar can be measured in the same way with
 * {@code -Djar=…}.
 *
 * <p>So that the figures are the server's and not those of processes that fight for a processor, the server has one
 * to itself. The honest callers, the database and the noisy caller share another, and yield to each other in that
 * order. {@code -Dpin=false} leaves it all to the machine. {@code -Donly="GET x 1"} picks lines.
 */
public final class FairnessBench {
  private static final int ROUNDS = Integer.getInteger("rounds", 5);
  private static final long ROUND_MILLIS = Long.getLong("round-millis", 2_000);
  private static final String JAR = System.getProperty("jar", "target/longrunning.jar");
  private static final long SETTLE_MILLIS = 250;
  private static final String ONLY = System.getProperty("only", "");
  private static final boolean PIN = !"false".equals(System.getProperty("pin"));
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

  private record Percentiles(double p50, double p90, double p99, double rate) {}

  private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
  private final int port;

  private FairnessBench(int port) {
    this.port = port;
  }

  public static void main(String[] args) throws Exception {
    if (args.length == 1) {
      new FairnessBench(Integer.parseInt(args[0])).makeNoise();
      System.exit(0);
    }
    Path directory = Files.createTempDirectory("longrunning-fairness");
    pin(ProcessHandle.current().pid(), 1);
    var server = start(0, 0, "-jar", JAR, "serve", "--listen", "127.0.0.1:0", "--data", directory + "/data");
    Process noise = null;
    int code = 1;
    try {
      String port = server.inputReader().readLine().replaceFirst(".*http://127\\.0\\.0\\.1:([0-9]+) .*", "$1");
      for (var database : server.descendants().toList()) {
        pin(database.pid(), 1);
        done("renice", "-n", "10", "-p", String.valueOf(database.pid()));
      }
      noise = start(1, 19, "-cp", JAR, "src/bench/FairnessBench.java", port);
      new FairnessBench(Integer.parseInt(port)).run(noise);
      code = 0;
    } catch (Exception failure) {
      failure.printStackTrace();
    } finally {
      if (noise != null) {
        noise.destroy();
      }
      server.destroy();
      server.waitFor(20, TimeUnit.SECONDS);
      new ProcessBuilder("rm", "-rf", directory.toString()).start().waitFor();
    }
    System.exit(code);
  }

  private static Process start(int processor, int nice, String... arguments) throws Exception {
    var command = new ArrayList<String>();
    if (PIN) {
      command.addAll(List.of("taskset", "-c", String.valueOf(processor), "nice", "-n", String.valueOf(nice)));
    }
    command.add(ProcessHandle.current().info().command().orElse("java"));
    command.addAll(List.of("-Xms1g", "-Xmn700m", "-XX:+AlwaysPreTouch"));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
  }

  private static void pin(long process, int processor) throws Exception {
    done("taskset", "-acp", String.valueOf(processor), String.valueOf(process));
  }

  private static void done(String... command) throws Exception {
    if (PIN) {
      new ProcessBuilder(command).start().waitFor();
    }
  }

  private void run(Process noise) throws Exception {
    System.out.printf(
        "%d rounds of %d ms; %d honest callers with %d in flight each, a noisy one with %d on %d connections%n",
        ROUNDS, ROUND_MILLIS, HONEST_CALLERS, HONEST_FLIGHT, NOISY_FLIGHT, NOISY_CONNECTIONS);
    var starter = client("127.0.0.1", 1);
    for (String who : List.of("honest", "noisy")) {
      for (int i = 0; i < NAMES; i++) {
        await(start(starter, who + '-' + i));
      }
    }
    honest(Kind.UPDATE, HONEST_CALLERS, HONEST_FLIGHT);
    honest(Kind.GET, HONEST_CALLERS, HONEST_FLIGHT);
    for (Kind mine : Kind.values()) {
      for (Kind theirs : Kind.values()) {
        compare(noise, mine, theirs, HONEST_CALLERS, HONEST_FLIGHT);
      }
    }
    compare(noise, Kind.GET, Kind.GET, 1, 1);
    compare(noise, Kind.UPDATE, Kind.UPDATE, 1, 1);
  }

  private void compare(Process noise, Kind mine, Kind theirs, int callers, int flight) throws Exception {
    String name = mine + " x " + callers * flight + " beside " + theirs;
    if (!name.contains(ONLY)) {
      return;
    }
    var without = new ArrayList<Percentiles>();
    var with = new ArrayList<Percentiles>();
    var rates = new ArrayList<Double>();
    for (int round = -1; round < ROUNDS; round++) {
      var quiet = honest(mine, callers, flight);
      String begun = told(noise, theirs.name());
      Thread.sleep(500);
      long before = Long.parseLong(told(noise, "answered"));
      var loud = honest(mine, callers, flight);
      long during = Long.parseLong(told(noise, "answered")) - before;
      String end = told(noise, "stop");
      if (!begun.equals("begun") || !end.equals("stopped")) {
        throw new IllegalStateException("the noisy caller: " + begun + ", " + end);
      }
      if (round >= 0) {
        without.add(quiet);
        with.add(loud);
        rates.add(during * 1_000.0 / ROUND_MILLIS);
      }
    }
    System.out.printf(
        "%-25s p50 %6.2f -> %6.2f ms (x %.2f)"
            + "   p90 %6.2f -> %6.2f ms (x %.2f)   p99 %6.2f -> %6.2f ms (x %.2f)"
            + "   rate %,.0f -> %,.0f /s, noisy %,.0f /s%n",
        name,
        median(without, Percentiles::p50), median(with, Percentiles::p50),
        median(with, Percentiles::p50) / median(without, Percentiles::p50),
        median(without, Percentiles::p90), median(with, Percentiles::p90),
        median(with, Percentiles::p90) / median(without, Percentiles::p90),
        median(without, Percentiles::p99), median(with, Percentiles::p99),
        median(with, Percentiles::p99) / median(without, Percentiles::p99),
        median(without, Percentiles::rate), median(with, Percentiles::rate),
        rates.stream().sorted().skip(ROUNDS / 2).findFirst().orElse(0.0));
  }

  private static double median(
      List<Percentiles> rounds, java.util.function.ToDoubleFunction<Percentiles> part) {
    double[] values = rounds.stream().mapToDouble(part).sorted().toArray();
    return values[values.length / 2];
  }

  private Percentiles honest(Kind kind, int callers, int flight) throws Exception {
    var took = new ArrayList<Long>();
    long from = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(SETTLE_MILLIS);
    long end = from + TimeUnit.MILLISECONDS.toNanos(ROUND_MILLIS);
    var done = new ArrayList<Future<?>>();
    var clients = new ArrayList<HttpClient>();
    for (int caller = 0; caller < callers; caller++) {
      var client = client("127.0.0." + (10 + caller), 1);
      clients.add(client);
      for (int i = 0; i < flight; i++) {
        String name = "operations/honest-" + ((caller * flight + i) % NAMES);
        Promise<Void> promise = Promise.promise();
        vertx.runOnContext(now -> honestStep(client, kind, name, from, end, took, promise));
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
        sorted[(int) (sorted.length * 0.90)] / 1e6,
        sorted[(int) (sorted.length * 0.99)] / 1e6,
        sorted.length * 1_000.0 / ROUND_MILLIS);
  }

  private void honestStep(
      HttpClient client, Kind kind, String name, long from, long end, List<Long> took, Promise<Void> promise) {
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
              if (begun > from) {
                took.add(System.nanoTime() - begun);
              }
              honestStep(client, kind, name, from, end, took, promise);
            });
  }

  private static String told(Process noise, String line) throws Exception {
    noise.outputWriter().write(line + '\n');
    noise.outputWriter().flush();
    return noise.inputReader().readLine();
  }

  /** The noisy caller: does what it is told line by line, and answers each with a line. */
  private void makeNoise() throws Exception {
    var lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    var client = client("127.0.0.99", NOISY_CONNECTIONS);
    var answered = new AtomicLong();
    var stop = new AtomicBoolean();
    Future<?> ended = Future.succeededFuture();
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      switch (line) {
        case "answered" -> System.out.println(answered.get());
        case "stop" -> {
          stop.set(true);
          await(ended);
          System.out.println("stopped");
        }
        default -> {
          stop.set(false);
          ended = noise(client, Kind.valueOf(line), stop, answered);
          System.out.println("begun");
        }
      }
    }
  }

  private Future<?> noise(HttpClient client, Kind kind, AtomicBoolean stop, AtomicLong answered) {
    var done = new ArrayList<Future<?>>();
    for (int i = 0; i < NOISY_FLIGHT; i++) {
      String name = "operations/noisy-" + (i % NAMES);
      Promise<Void> promise = Promise.promise();
      vertx.runOnContext(now -> noisyStep(client, kind, name, stop, answered, promise));
      done.add(promise.future());
    }
    return Future.all(done);
  }

  private void noisyStep(
      HttpClient client, Kind kind, String name, AtomicBoolean stop, AtomicLong answered, Promise<Void> promise) {
    if (stop.get()) {
      promise.complete();
      return;
    }
    call(client, kind, name)
        .onComplete(
            status -> {
              answered.addAndGet("0".equals(status.result()) ? 1 : 0);
              noisyStep(client, kind, name, stop, answered, promise);
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
        .compose(
            response ->
                response.statusCode() == 200
                    ? response.body()
                    : Future.failedFuture("start " + id + ": " + response.statusCode()));
  }

  private HttpClient client(String from, int connections) {
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
