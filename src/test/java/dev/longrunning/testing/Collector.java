package dev.longrunning.testing;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnknownFieldSet;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A collector of traces on loopback: takes what OTLP over HTTP brings, and reads it by hand. */
public final class Collector implements AutoCloseable {
  private static final int PATIENCE_SECONDS = 30;

  private final HttpServer server;
  private final BlockingQueue<SpanSent> spans = new LinkedBlockingQueue<>();
  private final List<SpanSent> passedOver = new CopyOnWriteArrayList<>();
  private final List<Map<String, String>> headers = new CopyOnWriteArrayList<>();

  /**
   * A span as it came.
   *
   * @param parent empty for the first of its trace
   */
  public record SpanSent(
      String trace,
      String id,
      String parent,
      String name,
      long kind,
      Map<String, String> attributes,
      long status) {}

  private Collector(HttpServer server) {
    this.server = server;
  }

  /** One on a free port. */
  public static Collector start(Vertx vertx) throws Exception {
    var collector = new Collector(vertx.createHttpServer());
    collector.server.requestHandler(collector::take);
    Calls.await(collector.server.listen(0, "127.0.0.1"), PATIENCE_SECONDS);
    return collector;
  }

  public String endpoint() {
    return "http://127.0.0.1:" + server.actualPort() + "/v1/traces";
  }

  private void take(HttpServerRequest request) {
    var seen = new TreeMap<String, String>();
    request
        .headers()
        .forEach(
            header ->
                seen.put(header.getKey().toLowerCase(java.util.Locale.ROOT), header.getValue()));
    headers.add(seen);
    request
        .body()
        .onSuccess(
            body -> {
              read(body.getBytes());
              request.response().putHeader("content-type", "application/x-protobuf").end();
            });
  }

  /** The next span of this name; others are kept for later. */
  public SpanSent next(String name) throws InterruptedException {
    var kept = passedOver.stream().filter(span -> span.name().equals(name)).findFirst();
    if (kept.isPresent()) {
      passedOver.remove(kept.get());
      return kept.get();
    }
    for (; ; ) {
      var span = spans.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
      if (span == null) {
        throw new AssertionError("no span " + name + " but " + passedOver);
      }
      if (span.name().equals(name)) {
        return span;
      }
      passedOver.add(span);
    }
  }

  /** The names of the spans of a trace that were not asked for, of all that have come. */
  public List<String> others(String trace) {
    return passedOver.stream()
        .filter(span -> span.trace().equals(trace))
        .map(SpanSent::name)
        .toList();
  }

  /** The headers of all that came, names in lower case. */
  public List<Map<String, String>> headers() {
    return headers;
  }

  private void read(byte[] request) {
    // ExportTraceServiceRequest.resource_spans = 1, scope_spans = 2, spans = 2.
    try {
      messages(UnknownFieldSet.parseFrom(request), 1)
          .flatMap(resource -> messages(resource, 2))
          .flatMap(scope -> messages(scope, 2))
          .forEach(span -> spans.add(span(span)));
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  private static Stream<UnknownFieldSet> messages(UnknownFieldSet in, int field) {
    return in.getField(field).getLengthDelimitedList().stream().map(Collector::message);
  }

  private static UnknownFieldSet message(ByteString bytes) {
    try {
      return UnknownFieldSet.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  private static SpanSent span(UnknownFieldSet span) {
    var attributes = new TreeMap<String, String>();
    messages(span, 9).forEach(pair -> attributes.put(text(pair, 1), value(pair)));
    long status = messages(span, 15).findFirst().map(s -> number(s, 3)).orElse(0L);
    return new SpanSent(
        hex(span, 1),
        hex(span, 2),
        hex(span, 4),
        text(span, 5),
        number(span, 6),
        attributes,
        status);
  }

  private static String value(UnknownFieldSet pair) {
    var value = messages(pair, 2).findFirst().orElseThrow();
    return value.hasField(1) ? text(value, 1) : Long.toString(number(value, 3));
  }

  private static ByteString bytes(UnknownFieldSet in, int field) {
    return in.getField(field).getLengthDelimitedList().stream()
        .findFirst()
        .orElse(ByteString.EMPTY);
  }

  private static String text(UnknownFieldSet in, int field) {
    return bytes(in, field).toStringUtf8();
  }

  private static String hex(UnknownFieldSet in, int field) {
    return HexFormat.of().formatHex(bytes(in, field).toByteArray());
  }

  private static long number(UnknownFieldSet in, int field) {
    return in.getField(field).getVarintList().stream().findFirst().orElse(0L);
  }

  @Override
  public void close() throws Exception {
    Calls.await(server.close(), PATIENCE_SECONDS);
  }
}
