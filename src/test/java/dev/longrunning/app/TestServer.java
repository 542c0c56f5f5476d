package dev.longrunning.app;

import dev.longrunning.observe.Readiness;
import dev.longrunning.operation.CallerProblems;
import dev.longrunning.operation.Problem;
import dev.longrunning.profile.TestProfiles;
import dev.longrunning.rest.JsonMessages;
import dev.longrunning.rest.OriginPolicy;
import dev.longrunning.rpc.AdmissionSettings;
import dev.longrunning.rpc.CallPipeline;
import dev.longrunning.rpc.CallRecorder;
import dev.longrunning.rpc.Callers;
import dev.longrunning.rpc.ContextTurns;
import dev.longrunning.rpc.Gate;
import dev.longrunning.rpc.IntakeSettings;
import dev.longrunning.rpc.Intakes;
import dev.longrunning.rpc.Row;
import dev.longrunning.rpc.StandardMethods;
import dev.longrunning.rpc.StreamSettings;
import dev.longrunning.types.Types;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;

/** An {@link ApiPort} on loopback with {@link TestMethods} behind it, and clients for it. */
final class TestServer implements AutoCloseable {
  /** A listed web page. */
  static final String CONSOLE = "https://console.example.com";

  private static final int PATIENCE_SECONDS = 20;

  final TestMethods methods = new TestMethods();
  final Readiness readiness = new Readiness();
  final BlockingQueue<CallRecorder.Ended> ended = new LinkedBlockingQueue<>();
  final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(2));
  final HttpClient http1 =
      vertx.createHttpClient(new HttpClientOptions(), new PoolOptions().setHttp1MaxSize(64));
  final HttpClient http2 =
      vertx.createHttpClient(
          new HttpClientOptions()
              .setProtocolVersion(HttpVersion.HTTP_2)
              .setHttp2ClearTextUpgrade(false)
              // One stream that is not read must not hold up those beside it.
              .setHttp2ConnectionWindowSize(1_048_576));
  final int port;
  private final IntakeSettings settings;
  volatile Intakes intakes;

  /** Of streams that clients have opened. */
  final Queue<HttpClientRequest> streamRequests = new ConcurrentLinkedQueue<>();

  /** What came back, whole. */
  record Answer(HttpClientResponse head, Buffer body) {
    int status() {
      return head.statusCode();
    }

    String header(String name) {
      return String.valueOf(head.getHeader(name));
    }

    String trailer(String name) {
      return String.valueOf(head.getTrailer(name));
    }
  }

  /** What the port's one event loop has open, and may be asked there only. */
  volatile CallPipeline pipeline;

  /** The request that came last; may be looked at on the port's event loop only. */
  volatile HttpServerRequest newest;

  private volatile Context loop;
  private final StreamSettings limits;

  private final Function<Context, List<Row<?, ?>>> more;
  private final boolean alone;

  TestServer() {
    this(StreamSettings.DEFAULT, IntakeSettings.DEFAULT, loop -> List.of(), false);
  }

  TestServer(StreamSettings limits) {
    this(limits, IntakeSettings.DEFAULT, loop -> List.of(), false);
  }

  TestServer(IntakeSettings settings) {
    this(StreamSettings.DEFAULT, settings, loop -> List.of(), false);
  }

  /** One that has other rows too, made on the port's event loop. */
  TestServer(Function<Context, List<Row<?, ?>>> more) {
    this(StreamSettings.DEFAULT, IntakeSettings.DEFAULT, more, false);
  }

  /** One that has these rows only, made on the port's event loop. */
  static TestServer of(Function<Context, List<Row<?, ?>>> rows) {
    return new TestServer(StreamSettings.DEFAULT, IntakeSettings.DEFAULT, rows, true);
  }

  private TestServer(
      StreamSettings limits,
      IntakeSettings settings,
      Function<Context, List<Row<?, ?>>> more,
      boolean alone) {
    this.limits = limits;
    this.settings = settings;
    this.more = more;
    this.alone = alone;
    var port =
        new ApiPort(
            new ApiPort.Address("127.0.0.1", 0),
            OriginPolicy.of(true, Set.of("lro.internal"), Set.of(CONSOLE)),
            new JsonMessages(Types.builtIn().registry()),
            this::service);
    await(vertx.deployVerticle(port));
    this.port = port.port();
  }

  private final class Recorder implements CallRecorder {
    @Override
    public void arrived(HttpServerRequest request) {
      newest = request;
    }

    @Override
    public void ended(Ended call) {
      ended.add(call);
    }
  }

  private ApiPort.Service service() {
    var clock = InstantSource.system();
    loop = vertx.getOrCreateContext();
    pipeline =
        new CallPipeline(
            vertx,
            clock,
            () -> "id-7",
            AdmissionSettings.DEFAULT,
            limits,
            Gate.open(),
            new Recorder());
    var rows = new ArrayList<Row<?, ?>>(alone ? List.of() : methods.rows());
    rows.addAll(more.apply(loop));
    var table = StandardMethods.with(rows, readiness, new ContextTurns(loop)::next);
    intakes = new Intakes(vertx, clock, settings);
    return new ApiPort.Service(
        table, TestProfiles.DEFAULT, pipeline, Callers.UNASKED, intakes, clock);
  }

  /** Does something on the port's event loop, and waits for it. */
  <T> T onLoop(Callable<T> work) {
    return await(Future.future(promise -> loop.runOnContext(now -> complete(promise, work))));
  }

  private static <T> void complete(Promise<T> promise, Callable<T> work) {
    try {
      promise.complete(work.call());
    } catch (Exception e) {
      promise.fail(e);
    }
  }

  /** Waits until so many streams are open, and no more. */
  void awaitStreams(int count) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    for (int now = -1; now != count; now = onLoop(() -> pipeline.streams().count())) {
      if (System.nanoTime() > end) {
        throw new AssertionError(now + " streams are open, not " + count);
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
    }
  }

  /** Leaves no stream of a test that failed to the tests after it. */
  void giveUpStreams() {
    if (onLoop(() -> pipeline.streams().count()) > 0) {
      streamRequests.forEach(HttpClientRequest::reset);
    }
    streamRequests.clear();
    awaitStreams(0);
  }

  /** Bytes of unfinished requests that the server holds now. */
  long heldBytes() {
    return onLoop(intakes::heldBytes);
  }

  Answer send(
      HttpClient client, String verb, String uri, Map<String, String> headers, Buffer body) {
    var options =
        new RequestOptions()
            .setHost("127.0.0.1")
            .setPort(port)
            .setMethod(HttpMethod.valueOf(verb))
            .setURI(uri);
    headers.forEach(options::putHeader);
    return await(client.request(options).compose(request -> whole(request.send(body))));
  }

  /** Attached on the client's event loop: from a test's thread the body could pass by unseen. */
  private static Future<Answer> whole(Future<HttpClientResponse> response) {
    return response.compose(head -> head.body().map(content -> new Answer(head, content)));
  }

  Answer rest(String verb, String uri, String body) {
    var type =
        body.isEmpty() ? Map.<String, String>of() : Map.of("content-type", "application/json");
    return send(http1, verb, uri, type, Buffer.buffer(body));
  }

  Answer get(String uri) {
    return rest("GET", uri, "");
  }

  static <T> T await(Future<T> future) {
    try {
      return future
          .toCompletionStage()
          .toCompletableFuture()
          .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  static <T> T take(BlockingQueue<T> queue) {
    try {
      T next = queue.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
      if (next == null) {
        throw new AssertionError("nothing came");
      }
      return next;
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** The kinds of problem that a handler may answer with, one each. */
  static Problem problem(Problem.Kind kind) {
    return switch (kind) {
      case INVALID -> Problem.invalid("page_size", -1, "0 to 1000");
      case NOT_FOUND -> Problem.notFound("operations/a");
      case EXISTS -> Problem.exists("operations/a");
      case STATE -> Problem.done("operations/a");
      case CONFLICT -> Problem.versionMismatch("operations/a", 3, 4);
      case OVER_LIMIT -> Problem.overLimit("labels", 65, "64");
      case UNAVAILABLE -> Problem.databaseUnavailable();
      case DEADLINE -> Problem.deadline();
      case CANCELLED -> Problem.cancelled();
      case UNIMPLEMENTED -> Problem.unimplemented("filter: not supported");
      case UNAUTHENTICATED -> CallerProblems.credentialsMissing("a bearer token");
      case DENIED -> Problem.denied("longrunning.operations.get is needed");
      case BROKEN -> Problem.broken("secret of the store", new IllegalStateException("SQL"));
    };
  }

  @Override
  public void close() {
    await(vertx.close());
  }
}
