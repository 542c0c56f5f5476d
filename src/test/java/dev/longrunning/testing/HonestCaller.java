package dev.longrunning.testing;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * Asks one server for one operation, over gRPC and over REST, one call after the other, for as long
 * as it is open; every answer must be the first one.
 *
 * <p>What others do to the server meanwhile must not be seen here.
 */
public final class HonestCaller implements AutoCloseable {
  private static final String GET = "/google.longrunning.Operations/GetOperation";
  private static final int CAP_SECONDS = 60;

  private final Vertx vertx = Vertx.vertx();
  private final HttpClient http1 = vertx.createHttpClient(new PoolOptions().setHttp1MaxSize(1));
  private final HttpClient http2 =
      vertx.createHttpClient(
          new HttpClientOptions()
              .setProtocolVersion(HttpVersion.HTTP_2)
              .setHttp2ClearTextUpgrade(false));
  private final int port;
  private final String name;
  private final AtomicLong grpcAnswers = new AtomicLong();
  private final AtomicLong restAnswers = new AtomicLong();
  private final Queue<String> faults = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean closing = new AtomicBoolean();

  private HonestCaller(int port, String name) {
    this.port = port;
    this.name = name;
  }

  /** Asks for the operation of that name, which must not change meanwhile. */
  public static HonestCaller open(int port, String name) {
    var caller = new HonestCaller(port, name);
    caller.repeat(caller::grpc, caller.grpcAnswers);
    caller.repeat(caller::rest, caller.restAnswers);
    caller.check();
    return caller;
  }

  private void repeat(Supplier<Future<String>> call, AtomicLong answers) {
    call.get()
        .onComplete(
            fault -> {
              if (closing.get()) {
                return;
              }
              if (!fault.isEmpty()) {
                faults.add(fault);
              }
              answers.incrementAndGet();
              repeat(call, answers);
            },
            failure -> {
              if (!closing.get()) {
                faults.add(failure.toString());
                // A turn later: a server that is gone must not make this a loop.
                vertx.setTimer(100, later -> repeat(call, answers));
              }
            });
  }

  /** What is wrong with the next answer; empty: nothing. */
  private Future<String> grpc() {
    var message = name.getBytes(java.nio.charset.StandardCharsets.UTF_8);
    var frame =
        Buffer.buffer()
            .appendByte((byte) 0)
            .appendInt(message.length + 2)
            .appendByte((byte) 10)
            .appendByte((byte) message.length)
            .appendBytes(message);
    var headers = Map.of("content-type", "application/grpc", "te", "trailers");
    return send(http2, HttpMethod.POST, GET, headers, frame)
        .map(
            answer ->
                answer.trailer().equals("0") && answer.body().contains(name)
                    ? ""
                    : "gRPC: " + answer);
  }

  private Future<String> rest() {
    return send(http1, HttpMethod.GET, "/v1/" + name, Map.of(), Buffer.buffer())
        .map(
            answer ->
                answer.status() == 200 && answer.body().contains(name) ? "" : "REST: " + answer);
  }

  private record Answer(int status, String trailer, String body) {}

  private Future<Answer> send(
      HttpClient client, HttpMethod verb, String path, Map<String, String> headers, Buffer body) {
    var options =
        new RequestOptions().setHost("127.0.0.1").setPort(port).setMethod(verb).setURI(path);
    headers.forEach(options::putHeader);
    return client
        .request(options)
        .compose(
            request ->
                request
                    .send(body)
                    .compose(
                        head ->
                            head.body()
                                .map(
                                    content ->
                                        new Answer(
                                            head.statusCode(),
                                            String.valueOf(head.getTrailer("grpc-status")),
                                            content.toString()))));
  }

  /** Waits for two more answers on each transport, and throws if any so far was wrong. */
  public void check() {
    long grpc = grpcAnswers.get() + 2;
    long rest = restAnswers.get() + 2;
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(CAP_SECONDS);
    while (grpcAnswers.get() < grpc || restAnswers.get() < rest) {
      if (!faults.isEmpty() || System.nanoTime() > end) {
        throw new AssertionError(
            "an honest caller was not answered: gRPC "
                + grpcAnswers
                + ", REST "
                + restAnswers
                + ' '
                + faults);
      }
      pause();
    }
    if (!faults.isEmpty()) {
      throw new AssertionError("an honest caller was answered wrongly: " + faults);
    }
  }

  private static void pause() {
    try {
      Thread.sleep(1);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** Correct answers so far. */
  public long answers() {
    return grpcAnswers.get() + restAnswers.get();
  }

  @Override
  public void close() {
    closing.set(true);
    try {
      vertx.close().toCompletionStage().toCompletableFuture().get(CAP_SECONDS, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }
}
