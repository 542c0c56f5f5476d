package dev.longrunning.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.longrunning.CancelOperationRequest;
import com.google.longrunning.GetOperationRequest;
import com.google.longrunning.ListOperationsRequest;
import com.google.longrunning.Operation;
import com.google.longrunning.WaitOperationRequest;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.Durations;
import com.google.protobuf.util.JsonFormat;
import com.google.rpc.Code;
import com.google.rpc.Status;
import dev.longrunning.app.TestServer.Answer;
import dev.longrunning.types.Types;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/** The contract over HTTP with JSON. */
final class RestContractTest extends TransportContract {
  private static final Pattern OPAQUE =
      Pattern.compile("\"metadata\":\\s*\\{\\s*\"@type\":\\s*\"([^\"]*acme[^\"]*)\"[^}]*}");

  @Override
  Outcome call(String method, Message request, Message response, Map<String, String> head) {
    var headers = new HashMap<>(head);
    String body = body(request);
    if (!body.isEmpty()) {
      headers.put("content-type", "application/json");
    }
    var answer =
        server.send(
            server.http1,
            body.isEmpty() ? "GET" : "POST",
            uri(request),
            headers,
            Buffer.buffer(body));
    return outcome(answer, response);
  }

  private static String uri(Message request) {
    if (request instanceof GetOperationRequest get) {
      return "/v1/" + path(get.getName());
    }
    if (request instanceof CancelOperationRequest cancel) {
      return "/v1/" + path(cancel.getName()) + ":cancel";
    }
    if (request instanceof WaitOperationRequest wait) {
      return "/v1/" + path(wait.getName()) + ":wait";
    }
    var list = (ListOperationsRequest) request;
    return "/v1/%s/operations?filter=%s&pageSize=%d&page_token=%s"
        .formatted(
            path(list.getName()),
            encoded(list.getFilter()),
            list.getPageSize(),
            encoded(list.getPageToken()));
  }

  private static String body(Message request) {
    if (request instanceof WaitOperationRequest wait) {
      return "{\"timeout\": \"%s\"}".formatted(Durations.toString(wait.getTimeout()));
    }
    return request instanceof CancelOperationRequest ? "{}" : "";
  }

  private static String path(String name) {
    return encoded(name).replace("%2F", "/");
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private static Outcome outcome(Answer answer, Message response) {
    String retry = answer.head().getHeader("retry-after");
    long poll = retry == null ? 0 : 1_000 * Long.parseLong(retry);
    var parser = JsonFormat.parser().usingTypeRegistry(Types.builtIn().registry());
    assertThat(answer.header("content-type")).isEqualTo("application/json; charset=utf-8");
    try {
      if (answer.status() == 200) {
        var builder = response.newBuilderForType();
        // This test's own parser does not know the type either: it reads the rest.
        var opaque = OPAQUE.matcher(answer.body().toString());
        String type = opaque.find() ? opaque.group(1) : "";
        parser.merge(opaque.reset().replaceAll("\"metadata\":{}"), builder);
        if (!type.isEmpty()) {
          ((Operation.Builder) builder).getMetadataBuilder().setTypeUrl(type);
        }
        return new Outcome(Status.getDefaultInstance(), builder.build(), poll);
      }
      var error = new JsonObject(answer.body()).getJsonObject("error");
      assertThat(error.getInteger("code")).isEqualTo(answer.status());
      var code = Code.valueOf(error.getString("status"));
      var status = Status.newBuilder();
      parser.merge(
          error
              .put("code", code.getNumber())
              .copy()
              .encode()
              .replaceAll("\"status\":\"[A-Z_]+\",", ""),
          status);
      return new Outcome(status.build(), Status.getDefaultInstance(), poll);
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(answer.body().toString(), e);
    }
  }

  @Override
  Map<String, String> waiting(long millis) {
    return Map.of("x-server-timeout", String.format(Locale.ROOT, "%.3f", millis / 1_000.0));
  }

  @Override
  Outcome unknown() {
    var answer = server.get("/v1/nothing/here");
    assertThat(answer.status()).isEqualTo(404);
    return outcome(answer, Operation.getDefaultInstance());
  }

  private Outcome post(String path, String body) {
    return outcome(server.rest("POST", path, body), Operation.getDefaultInstance());
  }

  private Outcome got(String uri) {
    return outcome(server.get(uri), Operation.getDefaultInstance());
  }

  @Override
  List<Outcome> malformed() {
    return List.of(
        post("/v1/operations/a:wait", "{"),
        post("/v1/operations/a:wait", "[]"),
        post("/v1/operations/a:wait", "{} {}"),
        post("/v1/operations/a:wait", "{'timeout': '1s'}"),
        post("/v1/operations/a:wait", "{\"timeout\": 5}"),
        post("/v1/operations/a:wait", "{\"timeuot\": \"5s\"}"),
        post("/v1/operations/a:wait", "[".repeat(100_000)),
        post("/v1/operations/a:wait", "{\"name\": " + "[".repeat(500) + "]".repeat(500) + "}"),
        post("/v1/operations/a:cancel?foo=1", "{}"),
        post("/v1/operations/a:cancel?name=x", "{}"),
        got("/v1/operations?page_size=x"),
        got("/v1/operations?page_size=1&pageSize=2"),
        got("/v1/operations?page_size=99999999999"),
        got("/v1/operations?unknown=1"),
        got("/v1/operations?alt=media"),
        got("/v1/operations?filter=%ff"),
        got("/v1/operations?filter=%0"),
        got("/v1/operations/%00"),
        got("/v1/operations/%c3%28"),
        got("/v1/operations/%zz"),
        got("/v1//operations"),
        got("/v1/operations/"),
        got("/v1/operations/a/../b"),
        got("/v1/operations/a/%2e%2e/b"),
        got("/v1/operations/a:"));
  }

  @Override
  void giveUp() {
    var client = server.vertx.createHttpClient();
    var request =
        TestServer.await(
            client.request(HttpMethod.GET, server.port, "127.0.0.1", "/v1/operations/a"));
    request.exceptionHandler(reset -> {});
    request.end();
    var seen = TestServer.take(server.methods.seen);
    request.connection().close();
    server.methods.seen.add(seen);
  }
}
