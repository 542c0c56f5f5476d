package dev.longrunning.rpc;

import com.google.protobuf.Message;
import com.google.rpc.Code;
import dev.longrunning.connection.CallerNetwork;
import dev.longrunning.observe.AccessLine;
import dev.longrunning.observe.LineLog;
import dev.longrunning.observe.Tracing;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.spi.context.storage.ContextLocal;
import java.time.Instant;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One request and its answer, as the access log and the traces see it.
 *
 * <p><b>Promise.</b> One line and one span at most, whoever ends it.
 *
 * <p><b>Threads.</b> Confined to the event loop of its request, whose context leads to it.
 *
 * <p><b>Bounds.</b> Keeps {@value RequestName#CHARACTERS_MAX} characters of an operation's name
 * and, for a line, {@value #AGENT_CHARACTERS_MAX} of the caller's program and the request's id.
 */
final class Exchange implements CallRecorder.Recording {
  static final int AGENT_CHARACTERS_MAX = 64;

  private static final ContextLocal<Exchange> CURRENT = ContextLocal.registerLocal(Exchange.class);
  private static final Pattern ID = Pattern.compile("[A-Za-z0-9._-]{1,64}");
  private static final String GRPC_STATUS = "grpc-status";

  private final HttpServerRequest request;
  private final Instant at;
  private final long beginNanos;
  private final LongSupplier nanos;
  private final @Nullable LineLog log;
  private final Context context;

  /** Of the headers, which a stream does not keep; empty where no line is wanted. */
  private final String agent;

  private final String givenId;
  private final boolean grpc;
  private String method = "";
  private String operation = "";
  private String code = "";
  private String reason = "";
  private Tracing.@Nullable CallSpan span;
  private boolean logged;

  /** Whether what it waits for is part of its trace; of a stream of requests that has no end. */
  private boolean hasParts = true;

  /** Loads this class, and so registers the place in each context that leads here. */
  static void prepare() {}

  Exchange(HttpServerRequest request, Instant at, LongSupplier nanos, @Nullable LineLog log) {
    this.request = request;
    this.at = at;
    this.beginNanos = nanos.getAsLong();
    this.nanos = nanos;
    this.log = log;
    this.context = Objects.requireNonNull(Vertx.currentContext(), "requests come on event loops");
    this.agent = log == null ? "" : cut(header("user-agent"), AGENT_CHARACTERS_MAX);
    this.givenId = log == null || !isId(header("x-request-id")) ? "" : header("x-request-id");
    this.grpc = log != null && header("content-type").startsWith("application/grpc");
  }

  private String header(String name) {
    return Objects.requireNonNullElse(request.getHeader(name), "");
  }

  /** Makes it the one of the running request, and writes its line once it is answered. */
  void begin() {
    CURRENT.put(context, this);
    if (log != null) {
      request.response().bodyEndHandler(written -> write());
    }
  }

  /** That of the request that this thread works on, if somebody wants to know. */
  static Optional<Exchange> current() {
    return Optional.ofNullable(Vertx.currentContext()).map(CURRENT::get);
  }

  /** It is a call of this method. */
  void isCallOf(Row<?, ?> row, Call call, @Nullable Tracing tracing) {
    method = row.fullName();
    hasParts =
        !(row instanceof StreamMethod<?, ?> stream
            && stream.requests() == StreamMethod.Requests.MANY);
    if (tracing != null) {
      span =
          tracing.begin(
              method,
              call.transport().name().toLowerCase(Locale.ROOT),
              CallerNetwork.address(request.remoteAddress()),
              at,
              request::getHeader);
    }
  }

  @Override
  public void decoded(Message decoded) {
    operation = RequestName.of(decoded);
    if (span != null && span.isSampled()) {
      span.operation(operation);
    }
  }

  @Override
  public CallRecorder.Scope enter() {
    if (span == null || !hasParts) {
      return CallRecorder.Scope.NONE;
    }
    Runnable leave = span.enter();
    return leave::run;
  }

  /** The call has its answer, or nobody waits for one any more. */
  void ended(CallRecorder.Ended call) {
    method = call.method();
    code = call.code().name();
    reason = call.reason();
    if (span != null) {
      span.end(code, call.code().getNumber());
      span = null;
    }
    // Whoever is gone gets no answer whose end could be heard of.
    context.runOnContext(later -> writeIfGone());
  }

  private void writeIfGone() {
    if (request.response().closed() && !request.response().ended()) {
      write();
    }
  }

  private void write() {
    if (logged || log == null) {
      return;
    }
    logged = true;
    var response = request.response();
    log.write(
        new AccessLine(
            at,
            id(),
            CallerNetwork.address(request.remoteAddress()),
            transport(),
            method,
            operation,
            code.isEmpty() ? statusSent() : code,
            reason,
            response.ended() ? response.getStatusCode() : 0,
            request.bytesRead(),
            response.bytesWritten(),
            nanos.getAsLong() - beginNanos,
            agent));
  }

  private String id() {
    return givenId.isEmpty()
        ? Long.toHexString(ThreadLocalRandom.current().nextLong() | Long.MIN_VALUE)
        : givenId;
  }

  private static boolean isId(String given) {
    return ID.matcher(given).matches();
  }

  /** By the content type, as the port tells them apart. */
  private String transport() {
    String protocol = request.version() == HttpVersion.HTTP_2 ? "h2" : "http/1";
    return (grpc ? "grpc" : "rest") + '+' + protocol;
  }

  /** What the transport answered to a request that was no call. */
  private String statusSent() {
    var response = request.response();
    String status = response.headers().get(GRPC_STATUS);
    if (status == null && !response.trailers().isEmpty()) {
      status = response.trailers().get(GRPC_STATUS);
    }
    if (status == null || !status.matches("[0-9]{1,2}")) {
      return "";
    }
    var known = Code.forNumber(Integer.parseInt(status));
    return known == null ? "" : known.name();
  }

  private static String cut(String text, int max) {
    return text.length() <= max ? text : text.substring(0, max);
  }
}
