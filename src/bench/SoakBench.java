import com.google.longrunning.DeleteOperationRequest;
import com.google.longrunning.GetOperationRequest;
import com.google.longrunning.WaitOperationRequest;
import com.google.protobuf.Any;
import com.google.protobuf.Duration;
import com.google.protobuf.Int64Value;
import com.google.protobuf.Message;
import dev.longrunning.v1.CompleteOperationRequest;
import dev.longrunning.v1.StartOperationRequest;
import dev.longrunning.v1.StartOperationResponse;
import dev.longrunning.v1.UpdateOperationRequest;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
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
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Whether a server that works for long stays as it was: memory, descriptors, threads and latency, at half of what it
 * can do.
 *
 * <p>Run it after {@code mvn package}: {@code java -cp target/longrunning.jar -Dminutes=30 src/bench/SoakBench.java}.
 * The load is whole lives of operations (start, updates, strong and cached reads, a wait, complete, some deletes) over
 * gRPC, lists over REST, connections that come and go, and callers who give up. First it finds out how many lives a
 * second the machine can do, then it begins half as many a second, whatever the answers take. Each line is one sample;
 * the last lines compare the first third with the last.
 */
public final class SoakBench {
  private static final int MINUTES = Integer.getInteger("minutes", 30);
  private static final int SAMPLE_SECONDS = Integer.getInteger("sample-seconds", 30);
  private static final int CALIBRATION_SECONDS = 20;
  private static final int CALIBRATION_FLIGHT = 64;

  /** More lives than that at a time are not begun: they are counted as missed. */
  private static final int FLIGHT_MAX = 2_000;

  private static final String OPERATIONS = "/google.longrunning.Operations/";
  private static final String PRODUCER = "/longrunning.v1.OperationProducer/";
  private static final Buffer NOTHING = Buffer.buffer();

  private record Sample(
      double lives, long failed, long missed, double p50, double p99, double heapMb, double otherMb, double rssMb,
      long descriptors, long threads) {}

  private final Vertx vertx = Vertx.vertx();
  private final Process server;
  private final int port;
  private final HttpClient http2;
  private final HttpClient http1;
  private final AtomicLong number = new AtomicLong();
  private final AtomicLong flight = new AtomicLong();
  private final AtomicLong lived = new AtomicLong();
  private final AtomicLong failed = new AtomicLong();
  private final AtomicLong missed = new AtomicLong();
  private final Map<String, AtomicLong> failures = new java.util.concurrent.ConcurrentHashMap<>();
  private volatile List<Long> took = new ArrayList<>();

  private SoakBench(Process server, int port) {
    this.server = server;
    this.port = port;
    this.http2 = client(HttpVersion.HTTP_2, 4);
    this.http1 = client(HttpVersion.HTTP_1_1, 4);
  }

  private HttpClient client(HttpVersion version, int connections) {
    var options = new HttpClientOptions();
    options.setProtocolVersion(version).setHttp2ClearTextUpgrade(false).setHttp2MultiplexingLimit(1_000);
    return vertx.createHttpClient(
        options, new PoolOptions().setHttp2MaxSize(connections).setHttp1MaxSize(connections));
  }

  public static void main(String[] args) throws Exception {
    Path directory = Files.createTempDirectory("longrunning-soak");
    var server =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElse("java"),
                "-Xmx512m", "-XX:NativeMemoryTracking=summary", "-jar", "target/longrunning.jar", "serve",
                "--listen", "127.0.0.1:0", "--data", directory + "/data")
            .redirectError(ProcessBuilder.Redirect.to(directory.resolve("err").toFile()));
    server.environment().putAll(Map.of("LONGRUNNING_RETENTION", "1m", "LONGRUNNING_RESUME_WINDOW", "10m"));
    server.environment().put("LONGRUNNING_CACHE_BYTES", "64MiB");
    var process = server.start();
    try {
      var out = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
      String line = String.valueOf(out.readLine());
      int port = Integer.parseInt(line.replaceFirst(".*http://127\\.0\\.0\\.1:([0-9]+) .*", "$1"));
      new SoakBench(process, port).run();
      long lines = Files.lines(directory.resolve("err")).count();
      System.out.println("lines on the server's standard error: " + lines);
      Files.lines(directory.resolve("err")).filter(l -> l.contains("WARN") || l.contains("ERROR")).limit(20)
          .forEach(System.out::println);
    } finally {
      process.destroy();
      process.waitFor(30, TimeUnit.SECONDS);
      new ProcessBuilder("rm", "-rf", directory.toString()).start().waitFor();
    }
    System.exit(0);
  }

  private void run() throws Exception {
    double most = calibrate();
    double rate = most / 2;
    System.out.printf("%.0f lives a second at most; %d minutes at %.0f%n", most, MINUTES, rate);
    var pace = vertx.setPeriodic(10, new java.util.function.LongFunction<Void>() {
      private double due;

      @Override
      public Void apply(long id) {
        for (due += rate / 100; due >= 1; due--) {
          if (flight.get() >= FLIGHT_MAX) {
            missed.incrementAndGet();
          } else {
            live();
          }
        }
        return null;
      }
    }::apply);
    long visitors = vertx.setPeriodic(100, id -> visit());
    var samples = new ArrayList<Sample>();
    long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(MINUTES);
    System.out.println("lives/s failed missed  p50 ms  p99 ms  heap MB  other MB   rss MB  descriptors threads");
    while (System.nanoTime() < end) {
      TimeUnit.SECONDS.sleep(SAMPLE_SECONDS);
      samples.add(sample());
    }
    vertx.cancelTimer(pace);
    vertx.cancelTimer(visitors);
    compare(samples);
  }

  private double calibrate() throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(CALIBRATION_SECONDS);
    for (int i = 0; i < CALIBRATION_FLIGHT; i++) {
      again(end);
    }
    TimeUnit.SECONDS.sleep(CALIBRATION_SECONDS / 2);
    long before = lived.get();
    TimeUnit.SECONDS.sleep(CALIBRATION_SECONDS / 2);
    double rate = (lived.get() - before) * 2.0 / CALIBRATION_SECONDS;
    while (flight.get() > 0) {
      TimeUnit.MILLISECONDS.sleep(50);
    }
    lived.set(0);
    failed.set(0);
    return rate;
  }

  private void again(long end) {
    if (System.nanoTime() < end) {
      live().onComplete(done -> again(end));
    }
  }

  /** The life of one operation, and everybody who looks at it. */
  private Future<?> live() {
    long begun = System.nanoTime();
    flight.incrementAndGet();
    String id = "soak-" + number.incrementAndGet();
    String name = "operations/" + id;
    var payload = Any.pack(Int64Value.of(number.get()));
    var get = GetOperationRequest.newBuilder().setName(name).build();
    var start =
        StartOperationRequest.newBuilder()
            .setOperationId(id).setMetadata(payload).setLeaseDuration(Duration.newBuilder().setSeconds(60)).build();
    return call(PRODUCER + "StartOperation", start, false)
        .compose(
            answer -> {
              var token = parse(answer).getLease().getToken();
              var update =
                  UpdateOperationRequest.newBuilder().setName(name).setMetadata(payload).setLeaseToken(token).build();
              var wait =
                  call(
                      OPERATIONS + "WaitOperation",
                      WaitOperationRequest.newBuilder()
                          .setName(name).setTimeout(Duration.newBuilder().setSeconds(30)).build(),
                      false);
              return call(PRODUCER + "UpdateOperation", update, false)
                  .compose(done -> Future.all(call(OPERATIONS + "GetOperation", get, false),
                      call(OPERATIONS + "GetOperation", get, true)))
                  .compose(done -> call(PRODUCER + "UpdateOperation", update, false))
                  .compose(done -> call(OPERATIONS + "GetOperation", get, true))
                  .compose(done -> call(
                      PRODUCER + "CompleteOperation",
                      CompleteOperationRequest.newBuilder()
                          .setName(name).setResponse(payload).setLeaseToken(token).build(),
                      false))
                  .compose(done -> wait);
            })
        .compose(
            done ->
                number.get() % 10 == 0
                    ? call(
                        OPERATIONS + "DeleteOperation",
                        DeleteOperationRequest.newBuilder().setName(name).build(),
                        false)
                    : Future.succeededFuture(NOTHING))
        .onComplete(
            done -> {
              flight.decrementAndGet();
              lived.incrementAndGet();
              if (done.failed()) {
                failed.incrementAndGet();
                failures.computeIfAbsent(String.valueOf(done.cause().getMessage()), m -> new AtomicLong())
                    .incrementAndGet();
              }
              var list = took;
              synchronized (list) {
                list.add(System.nanoTime() - begun);
              }
            });
  }

  private static StartOperationResponse parse(Buffer answer) {
    try {
      return StartOperationResponse.parseFrom(answer.getBytes(5, answer.length()));
    } catch (com.google.protobuf.InvalidProtocolBufferException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A list over REST, a connection of its own, and a caller who gives up waiting. */
  private void visit() {
    http1
        .request(HttpMethod.GET, port, "127.0.0.1", "/v1/operations?pageSize=50")
        .compose(request -> request.send())
        .compose(response -> response.body());
    var visitor = client(HttpVersion.HTTP_2, 1);
    visitor
        .request(HttpMethod.GET, port, "127.0.0.1", "/v1/operations?pageSize=1")
        .compose(request -> request.send())
        .compose(response -> response.body())
        .onComplete(done -> visitor.close());
    http2
        .request(HttpMethod.POST, port, "127.0.0.1", OPERATIONS + "WaitOperation")
        .onSuccess(
            request -> {
              var wait =
                  WaitOperationRequest.newBuilder().setName("operations/soak-" + number.get()).build();
              request.putHeader("content-type", "application/grpc").putHeader("te", "trailers");
              request.exceptionHandler(reset -> {});
              request.send(frame(wait));
              vertx.setTimer(20, id -> request.reset(8));
            });
  }

  private Future<Buffer> call(String path, Message request, boolean cached) {
    return http2
        .request(HttpMethod.POST, port, "127.0.0.1", path)
        .compose(
            call -> {
              call.putHeader("content-type", "application/grpc").putHeader("te", "trailers");
              if (cached) {
                call.putHeader("longrunning-consistency", "cached");
              }
              return call.send(frame(request));
            })
        .compose(
            response ->
                response
                    .body()
                    .compose(
                        body -> {
                          String head = response.getHeader("grpc-status");
                          String status = head == null ? response.getTrailer("grpc-status") : head;
                          return "0".equals(status)
                              ? Future.succeededFuture(body)
                              : Future.failedFuture(path + ": status " + status);
                        }));
  }

  private static Buffer frame(Message message) {
    var bytes = message.toByteArray();
    return Buffer.buffer().appendByte((byte) 0).appendInt(bytes.length).appendBytes(bytes);
  }

  private Sample sample() throws Exception {
    var list = took;
    took = new ArrayList<>();
    long lives = lived.getAndSet(0);
    long[] sorted;
    synchronized (list) {
      sorted = list.stream().mapToLong(Long::longValue).sorted().toArray();
    }
    jcmd("GC.run");
    String heap = jcmd("GC.heap_info");
    String memory = jcmd("VM.native_memory", "summary");
    var proc = Path.of("/proc", Long.toString(server.pid()));
    double rss = find(Files.readString(proc.resolve("status")), "VmRSS:\\s+(\\d+) kB") / 1024;
    long descriptors;
    try (var files = Files.list(proc.resolve("fd"))) {
      descriptors = files.count();
    }
    long threads = (long) find(Files.readString(proc.resolve("status")), "Threads:\\s+(\\d+)");
    var sample =
        new Sample(
            lives * 1.0 / SAMPLE_SECONDS, failed.getAndSet(0), missed.getAndSet(0),
            sorted.length == 0 ? 0 : sorted[sorted.length / 2] / 1e6,
            sorted.length == 0 ? 0 : sorted[(int) (sorted.length * 0.99)] / 1e6,
            find(heap, "used (\\d+)K") / 1024, find(memory, "Other \\(reserved=\\d+KB, committed=(\\d+)KB") / 1024,
            rss, descriptors, threads);
    System.out.printf(
        "%7.0f %6d %6d %7.1f %7.1f %8.1f %9.1f %8.0f %12d %7d%n",
        sample.lives, sample.failed, sample.missed, sample.p50, sample.p99, sample.heapMb, sample.otherMb,
        sample.rssMb, sample.descriptors, sample.threads);
    failures.forEach((message, count) -> System.out.println("    " + count + " x " + message));
    failures.clear();
    return sample;
  }

  private String jcmd(String... arguments) throws Exception {
    var command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "jcmd").toString()));
    command.add(Long.toString(server.pid()));
    command.addAll(List.of(arguments));
    var process = new ProcessBuilder(command).redirectErrorStream(true).start();
    return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }

  private static double find(String text, String pattern) {
    Matcher matcher = Pattern.compile(pattern).matcher(text);
    return matcher.find() ? Double.parseDouble(matcher.group(1)) : Double.NaN;
  }

  private static void compare(List<Sample> samples) {
    int third = Math.max(1, samples.size() / 3);
    var first = samples.subList(0, third);
    var last = samples.subList(samples.size() - third, samples.size());
    System.out.println("median of the first third -> of the last third");
    line("heap after GC, MB", first, last, Sample::heapMb);
    line("other native memory, direct buffers among it, MB", first, last, Sample::otherMb);
    line("resident, MB", first, last, Sample::rssMb);
    line("descriptors", first, last, Sample::descriptors);
    line("threads", first, last, Sample::threads);
    line("a life, p50 ms", first, last, Sample::p50);
    line("a life, p99 ms", first, last, Sample::p99);
    System.out.printf(
        "lives failed: %d, not begun: %d%n",
        samples.stream().mapToLong(Sample::failed).sum(), samples.stream().mapToLong(Sample::missed).sum());
  }

  private static void line(
      String what, List<Sample> first, List<Sample> last, java.util.function.ToDoubleFunction<Sample> part) {
    System.out.printf("  %-50s %10.1f -> %10.1f%n", what, median(first, part), median(last, part));
  }

  private static double median(List<Sample> samples, java.util.function.ToDoubleFunction<Sample> part) {
    double[] values = samples.stream().mapToDouble(part).sorted().toArray();
    return values[values.length / 2];
  }
}
