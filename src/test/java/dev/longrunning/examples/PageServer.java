package dev.longrunning.examples;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;

/**
 * An origin of its own that serves the examples and the pages of the tests, which tell it what they
 * see.
 *
 * <p><b>Threads.</b> One a request.
 */
final class PageServer implements AutoCloseable {
  private static final Path PAGES = Path.of("src", "test", "resources", "pages");
  private static final Map<String, String> TYPES =
      Map.of("html", "text/html; charset=utf-8", "js", "text/javascript");

  private final HttpServer http;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Map<String, Transcript> transcripts = new ConcurrentHashMap<>();

  private PageServer(HttpServer http) {
    this.http = http;
  }

  static PageServer start() throws IOException {
    var http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    var server = new PageServer(http);
    http.setExecutor(server.threads);
    http.createContext("/", server::serve);
    http.createContext("/said", server::hear);
    http.start();
    return server;
  }

  String origin() {
    return "http://127.0.0.1:" + http.getAddress().getPort();
  }

  /** Has another part of this origin answered by somebody else. */
  void put(String path, com.sun.net.httpserver.HttpHandler handler) {
    http.createContext(path, handler);
  }

  /** What the page of this name says. */
  Transcript transcript(String page) {
    return transcripts.computeIfAbsent(page, Transcript::new);
  }

  /** The address of a page with frames, one for each address of a page. */
  String frames(List<String> pages) {
    return origin()
        + "/frames.html?"
        + pages.stream().map(page -> "page=" + encoded(page)).collect(Collectors.joining("&"));
  }

  /** The address of one page, whose name is {@code page}. */
  static String page(String page, String file, Map<String, String> parameters) {
    return file
        + "?page="
        + encoded(page)
        + parameters.entrySet().stream()
            .map(each -> '&' + each.getKey() + '=' + encoded(each.getValue()))
            .collect(Collectors.joining());
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private void hear(HttpExchange exchange) throws IOException {
    try (exchange) {
      var line = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
      transcript(exchange.getRequestURI().getQuery()).add(line);
      exchange.sendResponseHeaders(204, -1);
    }
  }

  private void serve(HttpExchange exchange) throws IOException {
    try (exchange) {
      String name = exchange.getRequestURI().getPath().substring(1);
      var file = name.startsWith("impatient/") ? name.substring("impatient/".length()) : name;
      var path = List.of(Program.EXAMPLES, PAGES).stream().map(folder -> folder.resolve(file));
      var found = path.filter(Files::isRegularFile).findFirst();
      if (found.isEmpty()) {
        exchange.sendResponseHeaders(404, -1);
        return;
      }
      String text = Files.readString(found.get());
      if (!file.equals(name)) {
        text = ScriptedWatch.impatient(text);
      }
      if (file.equals("live.html")) {
        text += "<script type=\"module\" src=\"shown.js\"></script>\n";
      }
      byte[] body = text.getBytes(StandardCharsets.UTF_8);
      exchange
          .getResponseHeaders()
          .set("content-type", TYPES.get(file.substring(file.lastIndexOf('.') + 1)));
      exchange.sendResponseHeaders(200, body.length);
      exchange.getResponseBody().write(body);
    }
  }

  @Override
  public void close() {
    http.stop(0);
    threads.shutdownNow();
  }
}
