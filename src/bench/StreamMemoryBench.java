import com.google.longrunning.WaitOperationRequest;
import com.google.protobuf.Message;
import dev.longrunning.app.ApiPort;
import dev.longrunning.feed.Feed;
import dev.longrunning.feed.FeedSettings;
import dev.longrunning.feed.VertxLoop;
import dev.longrunning.feed.VertxTimers;
import dev.longrunning.filter.Filters;
import dev.longrunning.filter.Sieve;
import dev.longrunning.observe.Metrics;
import dev.longrunning.observe.Readiness;
import dev.longrunning.operation.Answer;
import dev.longrunning.operation.Bytes;
import dev.longrunning.operation.Change;
import dev.longrunning.operation.KeyRing;
import dev.longrunning.operation.OperationKey;
import dev.longrunning.operation.Outcome;
import dev.longrunning.operation.ReceivedSignals;
import dev.longrunning.operation.Snapshot;
import dev.longrunning.profile.ServiceFile;
import dev.longrunning.profile.Services;
import dev.longrunning.rest.JsonMessages;
import dev.longrunning.types.Types;
import dev.longrunning.rest.OriginPolicy;
import dev.longrunning.rpc.AdmissionSettings;
import dev.longrunning.rpc.CallPipeline;
import dev.longrunning.rpc.ContextTurns;
import dev.longrunning.rpc.IntakeSettings;
import dev.longrunning.rpc.Intakes;
import dev.longrunning.rpc.OperationsMethods;
import dev.longrunning.rpc.Row;
import dev.longrunning.rpc.StandardMethods;
import dev.longrunning.rpc.WatcherMethods;
import dev.longrunning.service.OperationWire;
import dev.longrunning.service.Operations;
import dev.longrunning.service.OperationsSettings;
import dev.longrunning.store.ChangeLog;
import dev.longrunning.store.Cursors;
import dev.longrunning.store.Epoch;
import dev.longrunning.store.Listed;
import dev.longrunning.store.Listing;
import dev.longrunning.store.OperationStore;
import dev.longrunning.store.Reading;
import dev.longrunning.v1.WatchOperationRequest;
import dev.longrunning.v1.WatchOperationsRequest;
import dev.longrunning.watch.Hub;
import dev.longrunning.watch.HubSettings;
import dev.longrunning.watch.StoredPages;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthCheckResponse;
import io.netty.util.internal.PlatformDependent;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.grpc.common.GrpcMessageDecoder;
import io.vertx.grpc.common.GrpcMessageEncoder;
import io.vertx.grpc.common.ServiceMethod;
import io.vertx.grpc.common.ServiceName;
import io.vertx.grpc.server.GrpcServer;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What an open stream costs the server while nothing happens on it, and what one change to all of them costs: ours, a
 * stream of Vert.x gRPC, and the least that Vert.x takes for any HTTP/2 stream. Of ours: health watches, watches of one
 * operation (watch-one), of an operation each (watch-many, the states in the cache included), of a collection each
 * (watch-all); and calls of WaitOperation (wait-one, wait-many).
 *
 * <p>Run it after {@code mvn package}: {@code java -cp target/longrunning.jar:PEER src/bench/StreamMemoryBench.java}, PEER
 * being the jars of vertx-grpc-server and vertx-grpc-common in the local repository. Each server is a process of its own; the client is raw
 * frames on loopback. Heap is what is used after full collections, less what the same connections use without streams.
 */
public final class StreamMemoryBench {
  private static final int CONNECTIONS = Integer.getInteger("connections", 200);
  private static final int STREAMS = Integer.getInteger("streams", 100);
  private static final int CHANGES = Integer.getInteger("changes", 10);
  private static final String KINDS =
      System.getProperty("kinds", "ours,watch-one,watch-many,watch-all,wait-one,wait-many,vertx-grpc,bare-http2");
  private static final String WATCH = "grpc.health.v1.Health/Watch";

  public static void main(String[] args) throws Exception {
    if (args.length > 0) {
      new ServerSide(args[0]).run();
      return;
    }
    System.out.printf(
        "%d streams on %d connections; heap and direct memory in bytes a stream%n", CONNECTIONS * STREAMS, CONNECTIONS);
    for (String kind : KINDS.split(",")) {
      measure(kind);
    }
    System.exit(0);
  }

  private static void measure(String kind) throws Exception {
    var command = new ArrayList<String>(List.of(ProcessHandle.current().info().command().orElse("java"), "-Xmx6g", "-XX:+UseSerialGC"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), "src/bench/StreamMemoryBench.java", kind));
    var server = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    try (var out = new BufferedReader(new InputStreamReader(server.getInputStream(), StandardCharsets.UTF_8));
        var in = server.getOutputStream()) {
      int port = Integer.parseInt(out.readLine());
      var clients = new ArrayList<Client>();
      for (int i = 0; i < CONNECTIONS; i++) {
        clients.add(new Client(port, kind));
      }
      // Classes are loaded and code is compiled by a first round of streams that end again.
      round(clients, in, out);
      clients.forEach(Client::close);
      clients.clear();
      awaitWaiting(0, clients, in, out);
      for (int i = 0; i < CONNECTIONS; i++) {
        clients.add(new Client(port, kind));
      }
      long[] before = memory(in, out);
      round(clients, in, out);
      long[] after = memory(in, out);
      int n = CONNECTIONS * STREAMS;
      System.out.printf(
          "%-12s heap %6d, direct %5d", kind, (after[0] - before[0]) / n, (after[1] - before[1]) / n);
      if (kind.equals("ours") || kind.equals("vertx-grpc")) {
        long begun = System.nanoTime();
        for (int change = 0; change < CHANGES; change++) {
          ask(in, out, "change");
          for (var client : clients) {
            client.awaitData(STREAMS);
          }
        }
        double micros = (System.nanoTime() - begun) / 1_000.0 / CHANGES / n;
        System.out.printf("; one change to all: %.2f us a stream", micros);
      }
      System.out.println();
      clients.forEach(Client::close);
    } finally {
      server.destroy();
      server.waitFor(10, TimeUnit.SECONDS);
    }
  }

  private static void round(List<Client> clients, OutputStream in, BufferedReader out)
      throws IOException, InterruptedException {
    // One connection after the other: more reads at a time than a server takes would be refused.
    for (int i = 0; i < clients.size(); i++) {
      clients.get(i).open(STREAMS);
      if (clients.get(i).waits()) {
        awaitWaiting((i + 1) * STREAMS, clients, in, out);
      } else {
        clients.get(i).awaitData(STREAMS);
      }
      pump(clients);
    }
  }

  /** A server asks those that are silent whether they are still there. */
  private static void pump(List<Client> clients) throws IOException {
    for (var client : clients) {
      client.pump();
    }
  }

  /** A call that waits has no answer yet: the server says how many it has. */
  private static void awaitWaiting(int count, List<Client> clients, OutputStream in, BufferedReader out)
      throws IOException, InterruptedException {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    for (int now = -1; now != count; now = Integer.parseInt(ask(in, out, "waiting"))) {
      if (System.nanoTime() > until) {
        throw new IOException("waiting: got " + now + ", allowed " + count);
      }
      pump(clients);
      Thread.sleep(1);
    }
  }

  private static String ask(OutputStream in, BufferedReader out, String what) throws IOException {
    in.write((what + "\n").getBytes(StandardCharsets.UTF_8));
    in.flush();
    return out.readLine();
  }

  private static long[] memory(OutputStream in, BufferedReader out) throws IOException {
    var answer = ask(in, out, "memory").split(" ");
    return new long[] {Long.parseLong(answer[0]), Long.parseLong(answer[1])};
  }

  /** The server of one kind; prints its port, then answers a line a line. */
  private static final class ServerSide {
    private static final HealthCheckResponse SERVING =
        HealthCheckResponse.newBuilder().setStatus(ServingStatus.SERVING).build();

    private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(2).setPreferNativeTransport(true));
    private final Readiness readiness = new Readiness();
    private final String kind;
    private final List<Runnable> peers = new ArrayList<>();
    private final List<Operations> waited = new CopyOnWriteArrayList<>();
    private boolean serves;

    ServerSide(String kind) {
      this.kind = kind;
    }

    void run() throws Exception {
      System.out.println(isOurs() ? ours() : other());
      var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        System.out.println(
            switch (line) {
              case "memory" -> memory();
              case "waiting" -> waiting();
              default -> change();
            });
      }
    }

    private boolean isOurs() {
      return kind.equals("ours") || kind.startsWith("wa");
    }

    private int ours() throws Exception {
      var port =
          new ApiPort(
              new ApiPort.Address("127.0.0.1", 0),
              OriginPolicy.of(true, Set.of(), Set.of()),
              new JsonMessages(Types.builtIn().registry()),
              this::service);
      vertx.deployVerticle(port).toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
      return port.port();
    }

    private ApiPort.Service service() {
      var loop = vertx.getOrCreateContext();
      var clock = InstantSource.system();
      var pipeline = new CallPipeline(vertx, clock, () -> "id", AdmissionSettings.DEFAULT.withCaller(4_096, 1_000_000), ended -> {});
      var table = StandardMethods.with(rows(), readiness, new ContextTurns(loop)::next);
      return new ApiPort.Service(table, services(), pipeline, new Intakes(vertx, clock, IntakeSettings.DEFAULT), clock);
    }

    private static Services services() {
      try {
        String text = Files.readString(Path.of("conf/services/default.yaml"));
        return Services.of(List.of(ServiceFile.read("default", "default.yaml", text).profile().orElseThrow()));
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    }

    private List<Row<?, ?>> rows() {
      if (kind.equals("ours")) {
        return List.of();
      }
      var loop = VertxLoop.current(vertx);
      var timers = new VertxTimers(vertx);
      var metrics = new Metrics(System::nanoTime);
      var store = new StillStore();
      var feed = new Feed(loop, store, FeedSettings.DEFAULT, timers, OperationWire::operation, metrics);
      feed.start();
      var view = feed.view(loop, store);
      var keys = new KeyRing(Map.of(1, Bytes.of(new byte[32])), 1);
      var pages = new StoredPages(store, StoredPages.PAGE_SIZE);
      var parts = new Hub.Parts(view.states(), view.changes(), pages, () -> keys, timers, new Random(1), metrics);
      if (kind.startsWith("wait")) {
        var settings = new OperationsSettings(Duration.ofMinutes(10), 1_000_000);
        var operations = new Operations(view.states(), store, () -> keys, InstantSource.system(), timers, settings);
        waited.add(operations);
        var filters = new Filters(Sieve.NONE.payloads());
        return new ArrayList<>(OperationsMethods.of(operations, filters, InstantSource.system()));
      }
      var hub = new Hub(parts, new HubSettings(Duration.ofMinutes(5), Duration.ofMinutes(5)));
      return WatcherMethods.of(hub, new Filters(Sieve.NONE.payloads()));
    }

    private int other() throws Exception {
      var options =
          new HttpServerOptions()
              .setHost("127.0.0.1")
              .setPort(0)
              .setHttp2ConnectionWindowSize(1_048_576)
              .setInitialSettings(new Http2Settings().setMaxConcurrentStreams(1_000).setInitialWindowSize(262_144));
      var server = vertx.createHttpServer(options);
      if (kind.equals("vertx-grpc")) {
        var grpc = GrpcServer.server(vertx);
        ServiceMethod<HealthCheckRequest, HealthCheckResponse> method =
            ServiceMethod.server(
                ServiceName.create("grpc.health.v1", "Health"),
                "Watch",
                GrpcMessageEncoder.encoder(),
                GrpcMessageDecoder.decoder(HealthCheckRequest.newBuilder()));
        grpc.callHandler(
            method,
            call ->
                call.handler(
                    request -> {
                      call.response().write(SERVING);
                      peers.add(() -> call.response().write(SERVING));
                    }));
        server.requestHandler(grpc);
      } else {
        server.requestHandler(ServerSide::bare);
      }
      return server.listen().toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS).actualPort();
    }

    private static void bare(HttpServerRequest request) {
      request.response().write(Buffer.buffer(new byte[] {0, 0, 0, 0, 2, 8, 1}));
    }

    private String change() {
      if (kind.equals("ours")) {
        serves = !serves;
        if (serves) {
          readiness.ready();
        } else {
          readiness.draining();
        }
      } else {
        vertx.runOnContext(now -> peers.forEach(Runnable::run));
      }
      return "changed";
    }

    private String memory() throws InterruptedException {
      for (int i = 0; i < 4; i++) {
        System.gc();
        Thread.sleep(200);
      }
      long heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
      return heap + " " + PlatformDependent.usedDirectMemory();
    }

    private String waiting() {
      return "" + waited.stream().mapToInt(Operations::waiters).sum();
    }
  }

  /** One connection that speaks HTTP/2 by hand; headers are sent as real clients do, by index after the first time. */
  private static final class Client {
    private static final AtomicInteger NEXT_NAME = new AtomicInteger();

    private static Map<String, String> headers(String kind) {
      String service = "/longrunning.v1.OperationWatcher/";
      String wait = "/google.longrunning.Operations/WaitOperation";
      String method = kind.equals("watch-all") ? service + "WatchOperations" : service + "WatchOperation";
      return new TreeMap<>(
            Map.of(
                ":method", "POST",
                ":scheme", "http",
                ":path", kind.startsWith("wait") ? wait : kind.startsWith("watch") ? method : "/" + WATCH,
                ":authority", "127.0.0.1:8080",
                "content-type", "application/grpc",
                "te", "trailers",
                "user-agent", "grpc-java-netty/1.85.1",
                "grpc-accept-encoding", "gzip"));
    }

    private byte[] request() {
      Message message =
          switch (kind) {
            case "watch-one" -> WatchOperationRequest.newBuilder().setName("projects/p/operations/one").build();
            case "watch-many" ->
                WatchOperationRequest.newBuilder()
                    .setName("projects/p/operations/o" + NEXT_NAME.incrementAndGet())
                    .build();
            case "wait-one" -> WaitOperationRequest.newBuilder().setName("projects/p/operations/one").build();
            case "wait-many" ->
                WaitOperationRequest.newBuilder()
                    .setName("projects/p/operations/o" + NEXT_NAME.incrementAndGet())
                    .build();
            case "watch-all" ->
                WatchOperationsRequest.newBuilder().setName("projects/p" + NEXT_NAME.incrementAndGet()).build();
            // An empty request: the whole server.
            default -> HealthCheckRequest.getDefaultInstance();
          };
      byte[] bytes = message.toByteArray();
      return Buffer.buffer().appendByte((byte) 0).appendInt(bytes.length).appendBytes(bytes).getBytes();
    }

    private static final int FRAME_HEAD = 9;
    private static final int HEADERS_FRAME = 1;
    private static final int RESET_FRAME = 3;
    private static final int SETTINGS_FRAME = 4;
    private static final int PING_FRAME = 6;
    private static final int GO_AWAY_FRAME = 7;
    private static final int WINDOW_UPDATE_FRAME = 8;

    private final Map<String, String> headers;
    private final String kind;
    private final Socket socket;
    private final OutputStream out;
    private final DataInputStream in;
    private int next = 1;
    private long seen;
    private long awaited;

    Client(int port, String kind) throws IOException {
      this.kind = kind;
      this.headers = headers(kind);
      socket = new Socket("127.0.0.1", port);
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(60_000);
      out = socket.getOutputStream();
      in = new DataInputStream(new java.io.BufferedInputStream(socket.getInputStream()));
      out.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      out.write(frame(SETTINGS_FRAME, 0, 0, new byte[0]));
      out.write(frame(WINDOW_UPDATE_FRAME, 0, 0, new byte[] {0x3f, 0, 0, 0}));
      out.flush();
    }

    private static byte[] frame(int type, int flags, int stream, byte[] payload) {
      return Buffer.buffer()
          .appendMedium(payload.length)
          .appendByte((byte) type)
          .appendByte((byte) flags)
          .appendInt(stream)
          .appendBytes(payload)
          .getBytes();
    }

    synchronized void open(int streams) throws IOException {
      var bytes = new ByteArrayOutputStream();
      for (int i = 0; i < streams; i++) {
        bytes.write(frame(HEADERS_FRAME, 4, next, next == 1 ? literals() : indexes()));
        bytes.write(frame(0, 1, next, request()));
        next += 2;
      }
      out.write(bytes.toByteArray());
      out.flush();
    }

    private byte[] literals() {
      var block = Buffer.buffer();
      headers.forEach(
          (name, value) ->
              block
                  .appendByte((byte) 0x40)
                  .appendByte((byte) name.length())
                  .appendString(name)
                  .appendByte((byte) value.length())
                  .appendString(value));
      return block.getBytes();
    }

    /** The newest entry of the table has the first index after the static ones. */
    private byte[] indexes() {
      var block = new byte[headers.size()];
      for (int i = 0; i < block.length; i++) {
        block[i] = (byte) (0x80 | (62 + block.length - 1 - i));
      }
      return block;
    }

    boolean waits() {
      return kind.startsWith("wait");
    }

    /** Waits until so many more frames of DATA with a message have come. */
    void awaitData(int count) throws IOException, InterruptedException {
      long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(180);
      awaited += count;
      while (pump() < awaited) {
        if (System.nanoTime() > until) {
          throw new IOException("messages: got " + seen + ", allowed " + awaited);
        }
        Thread.sleep(1);
      }
    }

    /** Reads what there is, and answers what the server asks; answers how many messages have come. */
    synchronized long pump() throws IOException {
      while (in.available() >= FRAME_HEAD) {
        int head = in.readInt();
        int type = head & 0xff;
        int flags = in.readByte();
        in.readInt();
        byte[] payload = in.readNBytes(head >>> 8);
        boolean question = (flags & 1) == 0;
        if (type == 0 && payload.length > 0) {
          seen++;
        } else if (question && (type == SETTINGS_FRAME || type == PING_FRAME)) {
          out.write(frame(type, 1, 0, type == PING_FRAME ? payload : new byte[0]));
          out.flush();
        } else if (type == GO_AWAY_FRAME || type == RESET_FRAME || type == HEADERS_FRAME && (waits() || !question)) {
          String what = HexFormat.of().formatHex(payload);
          throw new IOException(String.format(Locale.ROOT, "frame %d not expected: %s", type, what));
        }
      }
      return seen;
    }

    void close() {
      try {
        socket.close();
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  /** A database in which every operation runs, and nothing ever changes. */
  private static final class StillStore implements OperationStore, ChangeLog {
    private static final Epoch EPOCH = new Epoch(1, new UUID(1, 1), "00000001");

    @Override
    public Future<Answer> apply(Change change, Duration patience) {
      return Future.failedFuture("nothing changes");
    }

    @Override
    public Future<Reading> find(OperationKey key) {
      var at = Instant.EPOCH;
      var snapshot =
          new Snapshot(
              key, "projects/p", 7, at, at, Duration.ofDays(30), Outcome.RUNNING, Bytes.EMPTY, null, null, Map.of(), null,
              null, ReceivedSignals.NONE, null);
      return Future.succeededFuture(new Reading(key, EPOCH.nonce(), snapshot, null));
    }

    @Override
    public Future<Listed> list(Listing listing) {
      return Future.succeededFuture(new Listed(List.of(), null));
    }

    @Override
    public Future<List<OperationKey>> purgeDue(int limit) {
      return Future.succeededFuture(List.of());
    }

    @Override
    public Future<List<OperationKey>> expiryDue(int limit) {
      return Future.succeededFuture(List.of());
    }

    @Override
    public Future<Void> sweep(int lane) {
      return Future.succeededFuture();
    }

    @Override
    public Future<Integer> trim(Duration window, int limit) {
      return Future.succeededFuture(0);
    }

    @Override
    public Future<Poll> poll(Cursors cursors, Selection selection) {
      long[] heads = new long[OperationKey.LANES];
      Arrays.fill(heads, EPOCH.firstRevision());
      return Future.succeededFuture(
          new Poll(EPOCH, EPOCH.timeline(), true, Cursors.of(heads), List.of(), Instant.EPOCH, Map.of(), Set.of()));
    }

    @Override
    public Future<Poll> history(Cursors cursors, Selection selection) {
      return poll(cursors, selection);
    }

    @Override
    public Future<Void> openEpoch(Epoch known, long numberMin) {
      return Future.succeededFuture();
    }

    @Override
    public void onDoorbell(Runnable ring) {}
  }
}
