package dev.longrunning.observe;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.common.export.RetryPolicy;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Traces by OpenTelemetry: one span a call, and below it what the call waits for.
 *
 * <p><b>Promise.</b> A trace that a caller began is continued, and sampled if the caller's is; of
 * the others, a share. Nothing waits for the collector: what it does not take in time is lost and
 * counted.
 *
 * <p><b>Threads.</b> Any. This class and nothing else knows OpenTelemetry, and is loaded only if
 * traces are wanted.
 *
 * <p><b>Bounds.</b> {@value #SPANS_MAX} spans wait to be sent; what comes beyond is not kept.
 */
public final class Tracing implements AutoCloseable {
  static final int SPANS_MAX = 4_096;

  private static final int TOGETHER_MAX = 512;
  private static final Duration SEND_EVERY = Duration.ofSeconds(1);
  private static final Duration SEND_LIMIT = Duration.ofSeconds(5);
  private static final int CLOSE_SECONDS = 3;

  /** What fails twice is lost: a collector that is away must not hold a stop up. */
  private static final RetryPolicy ONCE_MORE =
      RetryPolicy.builder()
          .setMaxAttempts(2)
          .setInitialBackoff(Duration.ofMillis(200))
          .setMaxBackoff(Duration.ofMillis(500))
          .build();

  private static final AttributeKey<String> SYSTEM = AttributeKey.stringKey("rpc.system");
  private static final AttributeKey<String> SERVICE = AttributeKey.stringKey("rpc.service");
  private static final AttributeKey<String> METHOD = AttributeKey.stringKey("rpc.method");
  private static final AttributeKey<Long> STATUS = AttributeKey.longKey("rpc.grpc.status_code");
  private static final AttributeKey<String> CLIENT = AttributeKey.stringKey("client.address");
  private static final AttributeKey<String> ERROR = AttributeKey.stringKey("error.type");
  private static final AttributeKey<String> OPERATION =
      AttributeKey.stringKey("longrunning.operation");

  /** Those that are the server's fault; the others are the caller's and no error of the span. */
  private static final Set<String> FAULTS =
      Set.of(
          "UNKNOWN", "DEADLINE_EXCEEDED", "UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS");

  private static final TextMapGetter<Function<String, @Nullable String>> HEADERS =
      (headers, name) -> headers == null ? null : headers.apply(name);

  private final SdkTracerProvider provider;
  private final Tracer tracer;

  Tracing(SpanExporter exporter, double ratio, Metrics metrics) {
    var counted = new CountedExporter(exporter, metrics);
    this.provider =
        SdkTracerProvider.builder()
            .setResource(
                Resource.create(
                    Attributes.of(
                        AttributeKey.stringKey("service.name"),
                        "longrunning",
                        AttributeKey.stringKey("service.version"),
                        Build.load().version())))
            .setSampler(Sampler.parentBased(Sampler.traceIdRatioBased(ratio)))
            .addSpanProcessor(
                BatchSpanProcessor.builder(counted)
                    .setMaxQueueSize(SPANS_MAX)
                    .setMaxExportBatchSize(TOGETHER_MAX)
                    .setScheduleDelay(SEND_EVERY)
                    .setExporterTimeout(SEND_LIMIT)
                    .build())
            .build();
    this.tracer = provider.get("dev.longrunning");
  }

  /**
   * Begins to send to a collector.
   *
   * @param endpoint of OTLP over HTTP, such as {@code http://127.0.0.1:4318/v1/traces}
   * @param headers to send along, such as a token
   * @param ratio of the traces that begin here, 0 to 1
   */
  public static Tracing to(
      String endpoint, Map<String, Secret> headers, double ratio, Metrics metrics) {
    var exporter =
        OtlpHttpSpanExporter.builder()
            .setEndpoint(endpoint)
            .setTimeout(SEND_LIMIT)
            .setRetryPolicy(ONCE_MORE);
    headers.forEach((name, value) -> exporter.addHeader(name, value.reveal()));
    CountedExporter.quiet();
    return new Tracing(exporter.build(), ratio, metrics);
  }

  /**
   * Begins the span of a call.
   *
   * @param method as {@code package.Service/Method}
   * @param headers of the call, by name in lower case
   */
  public CallSpan begin(
      String method,
      String system,
      String caller,
      Instant at,
      Function<String, @Nullable String> headers) {
    var parent = W3CTraceContextPropagator.getInstance().extract(Context.root(), headers, HEADERS);
    int slash = method.indexOf('/');
    var span =
        tracer
            .spanBuilder(method)
            .setSpanKind(SpanKind.SERVER)
            .setParent(parent)
            .setStartTimestamp(at)
            .setAttribute(SYSTEM, system)
            .setAttribute(SERVICE, method.substring(0, Math.max(0, slash)))
            .setAttribute(METHOD, method.substring(slash + 1))
            .setAttribute(CLIENT, caller)
            .startSpan();
    return new CallSpan(span, parent.with(span));
  }

  /** The span of one call. */
  public static final class CallSpan {
    private final Span span;
    private final Context context;

    private CallSpan(Span span, Context context) {
      this.span = span;
      this.context = context;
    }

    /** Until the answer is closed, spans that this thread begins are below this one. */
    @SuppressWarnings("MustBeClosedChecker") // The caller runs the answer in a finally.
    public Runnable enter() {
      var scope = context.makeCurrent();
      return scope::close;
    }

    /** Whether it will be sent. */
    public boolean isSampled() {
      return span.getSpanContext().isSampled();
    }

    public void operation(String name) {
      span.setAttribute(OPERATION, name);
    }

    /** It was answered; {@code code} is the name of the gRPC status. */
    public void end(String code, int number) {
      span.setAttribute(STATUS, (long) number);
      if (number != 0) {
        span.setAttribute(ERROR, code);
      }
      if (FAULTS.contains(code)) {
        span.setStatus(StatusCode.ERROR);
      }
      span.end();
    }
  }

  /** Something that the call of this thread waits for, if there is one that is sampled. */
  public Part part(String name) {
    var parent = Context.current();
    if (!Span.fromContext(parent).getSpanContext().isSampled()) {
      return failed -> {};
    }
    var span = tracer.spanBuilder(name).setParent(parent).startSpan();
    return failed -> {
      if (failed) {
        span.setStatus(StatusCode.ERROR);
      }
      span.end();
    };
  }

  /** Ends once. */
  @FunctionalInterface
  public interface Part {
    void end(boolean failed);
  }

  /** Sends what waits, if that does not take long. */
  @Override
  public void close() {
    CompletableResultCode sent = provider.shutdown();
    sent.join(CLOSE_SECONDS, TimeUnit.SECONDS);
  }
}
