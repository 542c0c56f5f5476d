package dev.longrunning.rpc;

import dev.longrunning.observe.LineLog;
import dev.longrunning.observe.Tracing;
import io.vertx.core.http.HttpServerRequest;
import java.time.InstantSource;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Counts the calls of one event loop, and keeps an access log or traces of them.
 *
 * <p><b>Threads.</b> Confined to its event loop.
 *
 * <p><b>Bounds.</b> One {@link Exchange} a request that is not answered.
 */
public final class ExchangeRecorder implements CallRecorder {
  private final CallRecorder metrics;
  private final @Nullable LineLog log;
  private final @Nullable Tracing tracing;
  private final InstantSource clock;
  private final LongSupplier nanos;

  /** At least one of the log and the traces is wanted. */
  public ExchangeRecorder(
      CallRecorder metrics,
      @Nullable LineLog log,
      @Nullable Tracing tracing,
      InstantSource clock,
      LongSupplier nanos) {
    this.metrics = metrics;
    this.log = log;
    this.tracing = tracing;
    this.clock = clock;
    this.nanos = nanos;
  }

  /** To be called before the Vert.x is made whose requests are recorded: contexts get a place. */
  public static void prepare() {
    Exchange.prepare();
  }

  @Override
  public void arrived(HttpServerRequest request) {
    new Exchange(request, clock.instant(), nanos, log).begin();
  }

  @Override
  public Recording begun(Row<?, ?> row, Call call) {
    var counted = metrics.begun(row, call);
    var exchange = Exchange.current();
    exchange.ifPresent(known -> known.isCallOf(row, call, tracing));
    return exchange.<Recording>map(known -> known).orElse(counted);
  }

  @Override
  public void ended(Ended call) {
    metrics.ended(call);
    if (call.recording() instanceof Exchange exchange) {
      exchange.ended(call);
    }
  }
}
