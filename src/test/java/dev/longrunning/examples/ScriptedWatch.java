package dev.longrunning.examples;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Pattern;

/**
 * The watch of a collection whose answers are written down, one a request; more are 403.
 *
 * <p><b>Threads.</b> Any.
 */
final class ScriptedWatch implements HttpHandler, AutoCloseable {
  private static final Pattern TOKEN = Pattern.compile("(?:^|&)resumeToken=([^&]*)");
  private static final Pattern SILENCE = Pattern.compile("\\b45(_000)?\\b");

  /** How an answer ends. */
  enum End {
    WELL,
    CUT_OFF,
    SILENT
  }

  /**
   * One answer.
   *
   * @param status of an error, or 200
   * @param events in JSON, each {@code {"KIND":…,"resumeToken":"…"}}
   * @param rest half an event behind them; empty: none
   */
  record Answer(int status, List<String> events, String rest, End end) {
    static Answer error(int status) {
      return new Answer(status, List.of(), errorOf(status), End.WELL);
    }

    static Answer events(End end, String... events) {
      return new Answer(200, List.of(events), "", end);
    }

    Answer andHalf(String event) {
      return new Answer(status, events, event, end);
    }
  }

  private final ReentrantLock lock = new ReentrantLock();
  private final List<Answer> script;
  private final Transcript heard;
  private final List<String> tokens = new ArrayList<>();
  private final CountDownLatch closed = new CountDownLatch(1);

  /** Its answers; {@code heard} is what the one that watches has printed of them. */
  ScriptedWatch(List<Answer> script, Transcript heard) {
    this.script = script;
    this.heard = heard;
  }

  static String errorOf(int status) {
    return "{\"error\":{\"code\":" + status + ",\"message\":\"as written\",\"status\":\"X\"}}";
  }

  /** An example whose patience is one second instead of three heartbeats. */
  static String impatient(String example) {
    return SILENCE.matcher(example).replaceAll("1$1");
  }

  /** The token in each request, in their order; empty: none. */
  List<String> tokens() {
    lock.lock();
    try {
      return List.copyOf(tokens);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    if (exchange.getRequestMethod().equals("HEAD")) {
      // An EventSource does not say the status: its page asks again.
      exchange.sendResponseHeaders(answer(false, "").status(), -1);
      exchange.close();
      return;
    }
    boolean sse = exchange.getRequestURI().getQuery().contains("alt=sse");
    write(exchange, sse, answer(true, token(exchange)));
    exchange.close();
  }

  private static String token(HttpExchange exchange) {
    String last = exchange.getRequestHeaders().getFirst("last-event-id");
    if (last != null) {
      return last;
    }
    var token = TOKEN.matcher(exchange.getRequestURI().getRawQuery());
    return token.find() ? URLDecoder.decode(token.group(1), StandardCharsets.UTF_8) : "";
  }

  /** The next one, or that of the request before. */
  private Answer answer(boolean next, String token) {
    lock.lock();
    try {
      if (next) {
        tokens.add(token);
      }
      int at = tokens.size() - 1;
      return at < script.size() ? script.get(at) : Answer.error(403);
    } finally {
      lock.unlock();
    }
  }

  private void write(HttpExchange exchange, boolean sse, Answer answer) throws IOException {
    exchange
        .getResponseHeaders()
        .set("content-type", sse ? "text/event-stream" : "application/json");
    exchange.sendResponseHeaders(answer.status(), 0);
    var body = exchange.getResponseBody();
    for (String event : answer.events()) {
      body.write((sse ? sse(event) : event + '\n').getBytes(StandardCharsets.UTF_8));
      body.flush();
    }
    body.write(answer.rest().getBytes(StandardCharsets.UTF_8));
    body.flush();
    try {
      if (answer.end() == End.SILENT) {
        closed.await();
      }
      if (answer.end() == End.CUT_OFF) {
        // A page loses what it has not read when its connection breaks.
        heard.awaitLine("synced: 1 operations");
        throw new IOException("the connection ends before the answer, as written");
      }
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  private static String sse(String event) {
    String kind = event.substring(2, event.indexOf('"', 2));
    String token = event.replaceFirst(".*\"resumeToken\":\"([^\"]*)\".*", "$1");
    String id = token.equals(event) ? "" : "id: " + token + '\n';
    return "event: " + kind + '\n' + id + "data: " + event + "\n\n";
  }

  @Override
  public void close() {
    closed.countDown();
  }
}
