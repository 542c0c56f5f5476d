package dev.longrunning.compat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.StreamSupport;

/** The operations that the producer of {@code suite.py} has begun for one client. */
record Plan(String profile, JsonObject json) {
  private static final HttpClient HTTP =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  static Plan begin(String profile) throws IOException, InterruptedException {
    return new Plan(profile, post("/begin?profile=" + profile, "null").getAsJsonObject());
  }

  String text(String key) {
    JsonElement value = json.get(key);
    return value.isJsonNull() ? "" : value.getAsString();
  }

  JsonObject metadata(String what) {
    return json.getAsJsonObject("metadata").getAsJsonObject(what);
  }

  JsonObject response() {
    return json.getAsJsonObject("response");
  }

  boolean has(String method) {
    return texts("methods").contains(method);
  }

  List<String> texts(String key) {
    return StreamSupport.stream(json.getAsJsonArray(key).spliterator(), false)
        .map(JsonElement::getAsString)
        .toList();
  }

  void end(String name, String more) throws IOException, InterruptedException {
    post("/end?" + of(name) + more, "null");
  }

  void heard(String name) throws IOException, InterruptedException {
    post("/heard?" + of(name), "null");
  }

  private String of(String name) {
    return "profile=" + profile + "&name=" + URLEncoder.encode(name, StandardCharsets.UTF_8);
  }

  static JsonElement post(String path, String body) throws IOException, InterruptedException {
    var request =
        HttpRequest.newBuilder(URI.create(System.getenv("COMPAT_CONTROL") + path))
            .POST(BodyPublishers.ofString(body))
            .build();
    var answer = HTTP.send(request, BodyHandlers.ofString());
    if (answer.statusCode() != 200) {
      throw new IllegalStateException(path + ": " + answer.body());
    }
    return JsonParser.parseString(answer.body());
  }
}
