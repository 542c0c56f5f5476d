package dev.longrunning.app;

import dev.longrunning.auth.IssuerKeys;
import dev.longrunning.auth.StaticTokens;
import dev.longrunning.connection.Certificates;
import dev.longrunning.connection.Connections;
import dev.longrunning.feed.States;
import dev.longrunning.observe.Build;
import dev.longrunning.observe.Labels;
import dev.longrunning.observe.LineLog;
import dev.longrunning.observe.Liveness;
import dev.longrunning.observe.Metrics;
import dev.longrunning.observe.QueuePeak;
import dev.longrunning.observe.Readiness;
import dev.longrunning.observe.Tracing;
import dev.longrunning.pages.ServicePages;
import dev.longrunning.rpc.Audit;
import dev.longrunning.rpc.CallMetrics;
import dev.longrunning.rpc.CallPipeline;
import dev.longrunning.rpc.CallRecorder;
import dev.longrunning.rpc.ExchangeRecorder;
import dev.longrunning.service.Operations;
import dev.longrunning.service.TracedStates;
import dev.longrunning.service.TracedStore;
import dev.longrunning.site.ManagementPort;
import dev.longrunning.store.OperationStore;
import dev.longrunning.store.pg.StartFault;
import io.netty.util.internal.PlatformDependent;
import io.vertx.core.Vertx;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What there is to see of the server, and the port where it is seen.
 *
 * <p><b>Threads.</b> Made and started on a plain thread; {@link #recorder} on the event loop that
 * it is for.
 */
final class Observation {
  private final Settings settings;
  private final Readiness readiness;
  private final Metrics metrics = new Metrics(System::nanoTime);
  private final Liveness liveness = new Liveness(System::nanoTime);
  private @Nullable LineLog accessLog;
  private @Nullable Tracing tracing;
  private Audit audit = Audit.NONE;

  Observation(Settings settings, Readiness readiness, Supplier<List<QueuePeak>> peaks) {
    this.settings = settings;
    this.readiness = readiness;
    metrics.addJvm();
    var build = Build.load();
    metrics.facts(
        "longrunning_app_build_info",
        "Which build runs.",
        Labels.of("version", build.version()).and("java", Runtime.version().toString()));
    metrics.gauge(
        "longrunning_app_ready", "1 while calls are wanted.", () -> readiness.isReady() ? 1 : 0);
    metrics.gauge(
        "longrunning_app_direct_memory_bytes",
        "Memory outside the heap that the network buffers take.",
        PlatformDependent::usedDirectMemory);
    metrics.gauges(
        "longrunning_app_queue_peak_ratio",
        "How full each bounded queue has been at most, of its bound.",
        "queue",
        () -> ratios(peaks.get()));
  }

  Metrics metrics() {
    return metrics;
  }

  /** Tells how many connections there are, and how they end. */
  void watch(Connections connections) {
    for (var protocol : Connections.Protocol.values()) {
      metrics.gauge(
          "longrunning_connection_open",
          "Connections that are open, by what they speak.",
          Labels.of("protocol", protocol.name().toLowerCase(Locale.ROOT)),
          () -> connections.open(protocol));
    }
    metrics.gauge(
        "longrunning_connection_accepted",
        "Connections that are open, whether they have spoken yet or not.",
        connections::accepted);
    metrics.gauge(
        "longrunning_connection_unread_bytes",
        "Bytes of answers that wait until their callers make room for them.",
        connections::unreadBytes);
    metrics.count(
        "longrunning_connection_refused_total",
        "Connections that were closed unread because there were too many.",
        connections::refused);
    metrics.count(
        "longrunning_connection_handshake_failures_total",
        "TLS handshakes that failed.",
        connections::handshakesFailed);
    metrics.counts(
        "longrunning_connection_ended_total",
        "Connections that this server ended, by why.",
        "why",
        connections::ended);
  }

  /** Tells until when the certificate is in force: no number without one, so that none is late. */
  void watch(Optional<Certificates> certificates) {
    metrics.gauge(
        "longrunning_connection_certificate_expires_seconds",
        "When the certificate is no longer in force, in seconds since 1970.",
        () -> certificates.map(now -> (double) now.expires().getEpochSecond()).orElse(Double.NaN));
  }

  /** Tells what is known of tokens: no age without keys, so that none is old. */
  void watch(CallerWiring wiring, InstantSource clock) {
    var callers = wiring.known();
    metrics.gauge(
        "longrunning_auth_policy_refused",
        "1 while the policy file is another than the one in force, and cannot be used.",
        () -> wiring.live().filter(LivePolicy::isRefused).isPresent() ? 1 : 0);
    metrics.gauge(
        "longrunning_auth_tokens_known",
        "Tokens that the file has.",
        () -> callers.listed().map(tokens -> (double) tokens.count()).orElse(0.0));
    metrics.gauge(
        "longrunning_auth_tokens_refused",
        "1 while the file of tokens is another than the one in use, and cannot be used.",
        () -> callers.listed().filter(StaticTokens::isRefused).isPresent() ? 1 : 0);
    metrics.gauge(
        "longrunning_auth_issuer_keys_known",
        "Keys of the tokens' issuer.",
        () -> callers.keys().map(keys -> (double) keys.count()).orElse(0.0));
    metrics.gauge(
        "longrunning_auth_issuer_keys_age_seconds",
        "How long ago the keys of the tokens' issuer were fetched.",
        () ->
            callers
                .keys()
                .flatMap(IssuerKeys::fetched)
                .map(at -> Duration.between(at, clock.instant()).toMillis() / 1000.0)
                .orElse(Double.NaN));
    metrics.count(
        "longrunning_auth_issuer_keys_failures_total",
        "How often the keys of the tokens' issuer could not be fetched.",
        () -> callers.keys().map(keys -> (double) keys.failures()).orElse(0.0));
  }

  /** Tells how many message types are known. */
  void watch(LiveTypes types) {
    metrics.gauge(
        "longrunning_types_known", "Message types that JSON shows.", () -> types.now().count());
    metrics.gauge(
        "longrunning_types_refused",
        "1 while the descriptor sets are others than those in use, and cannot be used.",
        () -> types.isRefused() ? 1 : 0);
  }

  /** Takes note of the calls of the calling event loop, and whether that turns. */
  CallRecorder recorder(Vertx vertx) {
    LoopPulse.begin(vertx, metrics, liveness);
    var counted = new CallMetrics(metrics);
    return accessLog == null && tracing == null
        ? counted
        : new ExchangeRecorder(
            counted, accessLog, tracing, InstantSource.system(), System::nanoTime);
  }

  /** Begins to write the logs of requests and to send traces, if they are wanted. */
  void start(StopSteps steps, boolean callersKnown) throws StartFault {
    var watch = settings.watch();
    if (watch.access().isPresent() || watch.traces().isPresent()) {
      ExchangeRecorder.prepare();
    }
    if (watch.access().isPresent()) {
      var log = log("access", watch.access().get());
      accessLog = log;
      steps.add("access log", closing(log));
    }
    var audited = watch.audit().format(callersKnown);
    if (audited.isPresent()) {
      var log = log("audit", audited.get());
      audit = new Audit(log, InstantSource.system());
      steps.add("audit log", closing(log));
    }
    if (watch.traces().isPresent()) {
      var traces =
          Tracing.to(watch.traces().get(), watch.traceHeaders(), watch.traceRatio(), metrics);
      tracing = traces;
      steps.add("traces", closing(traces));
    }
  }

  private LineLog log(String name, LineLog.Format format) {
    return new LineLog(name, format, new FileOutputStream(FileDescriptor.out), metrics);
  }

  /** Writes the audit log, if there is one. */
  Audit audit() {
    return audit;
  }

  private static Callable<Boolean> closing(AutoCloseable part) {
    return () -> {
      part.close();
      return true;
    };
  }

  /** What an event loop's calls read from, with its parts in their traces. */
  States states(States states) {
    return tracing == null ? states : new TracedStates(states, tracing);
  }

  /** What an event loop's calls write to, with its parts in their traces. */
  OperationStore store(OperationStore store) {
    return tracing == null ? store : new TracedStore(store, tracing);
  }

  /** Tells how many calls the use cases of one event loop hold. */
  void watch(Operations operations) {
    metrics.gauge("longrunning_service_waiting_calls", "Calls that wait.", operations::waiters);
  }

  /** Tells how much the pipeline of one event loop has taken on. */
  void watch(CallPipeline pipeline) {
    metrics.gauge("longrunning_rpc_calls_working", "Calls that are worked on.", pipeline::working);
    metrics.gauge(
        "longrunning_rpc_calls_waiting", "Calls that wait for their turn.", pipeline::waiting);
    metrics.gauge(
        "longrunning_rpc_streams_open",
        "Streams that are open, or whose last bytes have not left.",
        pipeline.streams()::count);
  }

  /**
   * Begins to answer on the management port, if there is one.
   *
   * @param live the settings that hold now, of what can change
   */
  Management listen(StopSteps steps, Supplier<Settings> live, ServicePages services)
      throws StartFault {
    return settings.management().isEmpty()
        ? Management.NONE
        : Management.begin(
            settings.management().get(),
            new ManagementPort.Views(
                readiness,
                liveness,
                metrics,
                () -> Reloading.shown(settings, live.get()),
                services),
            steps);
  }

  private static Map<String, Double> ratios(List<QueuePeak> peaks) {
    var ratios = new HashMap<String, Double>();
    peaks.forEach(peak -> ratios.merge(peak.queue(), peak.peak() / (double) peak.max(), Math::max));
    return ratios;
  }
}
