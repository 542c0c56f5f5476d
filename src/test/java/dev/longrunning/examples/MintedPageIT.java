package dev.longrunning.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longrunning.testing.ServerProcess;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * A page of another origin in a real browser, which watches with tokens that were minted for it.
 */
@EnabledIfSystemProperty(named = "examples", matches = "run")
@Timeout(180)
final class MintedPageIT {
  private static final String TOKEN = "secret-of-page";
  private static final String NAME = "projects/p/operations/watched";

  @TempDir Path temp;

  private ServerProcess server(String origin) throws Exception {
    var digest = MessageDigest.getInstance("SHA-256");
    String hash = HexFormat.of().formatHex(digest.digest(TOKEN.getBytes(StandardCharsets.UTF_8)));
    Files.writeString(
        temp.resolve("tokens.yaml"), "tokens: [{principal: page, sha256: " + hash + "}]\n");
    Files.writeString(
        temp.resolve("policy.yaml"),
        "bindings: [{role: administrator, members: ['token:page'], resources: [default]}]\n");
    var config =
        Files.writeString(
            temp.resolve("longrunning.yaml"),
            "listen: '127.0.0.1:0'\n"
                + ("data: '" + temp.resolve("data") + "'\n")
                + ("cors.origins: '" + origin + "'\n")
                + ("auth.tokens-file: '" + temp.resolve("tokens.yaml") + "'\n")
                + ("auth.policy-file: '" + temp.resolve("policy.yaml") + "'\n"));
    return ServerProcess.run(temp.resolve("errors.log"), "serve", "--config", config.toString());
  }

  private static void post(HttpClient http, String url, String body) throws Exception {
    var request =
        HttpRequest.newBuilder(URI.create(url))
            .header("authorization", "Bearer " + TOKEN)
            .header("content-type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build();
    var answer = http.send(request, HttpResponse.BodyHandlers.ofString());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
  }

  @Test
  void fetch_sends_a_minted_token_and_event_source_a_cookie_that_no_script_sees() throws Exception {
    var http = HttpClient.newHttpClient();
    try (var pages = PageServer.start();
        var server = server(pages.origin())) {
      String api = "http://127.0.0.1:" + server.awaitReady(Duration.ofSeconds(60)) + "/v1/";
      pages.put(
          "/token",
          exchange -> {
            byte[] token = TOKEN.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, token.length);
            exchange.getResponseBody().write(token);
            exchange.close();
          });
      post(http, api + "projects/p/operations:start", "{\"name\": \"" + NAME + "\"}");
      String page = PageServer.page("minted", "minted.html", Map.of("url", api + NAME));
      var said = pages.transcript("minted");

      try (var browser = Browser.open(pages.origin() + '/' + page, temp)) {
        said.awaitLine(NAME + " running");
        post(http, api + NAME + ":complete", "{\"response\": {\"@type\": \"t/a.B\"}}");
        said.awaitLine(NAME + " done");
      }

      assertThat(said.lines())
          .startsWith(
              "got 200 " + NAME,
              "cancelled 403",
              "without 401",
              "minted true true",
              NAME + " running",
              NAME + " done");
    }
  }
}
