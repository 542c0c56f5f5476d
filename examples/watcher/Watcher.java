import com.google.gson.*;
import java.io.*;
import java.net.*;

/** Prints how far an operation is until it is done: java -cp ….jar Watcher.java URL NAME */
public final class Watcher {
  static void show(JsonObject change) {
    var state = change.getAsJsonObject("operation");
    JsonObject error = state.getAsJsonObject("error"), far = change.getAsJsonObject("progress");
    if (error != null) print("error %s: %s%n", error, "code", "message");
    else if (state.has("done")) print("done: %s%n", state.getAsJsonObject("response"), "value");
    else if (far != null) print("%s of %s %s%n", far, "doneUnits", "totalUnits", "unit");
    if (state.has("done")) System.exit(error == null ? 0 : 1);
  }

  static void print(String format, JsonObject object, String... keys) {
    var texts = java.util.stream.Stream.of(keys).map(key -> object.get(key).getAsString());
    System.out.printf(format, texts.toArray());
  }

  public static void main(String[] args) throws InterruptedException {
    for (String token = ""; ; Thread.sleep((long) (500 + 1000 * Math.random()))) {
      try { // where the stream breaks off the token goes on, also at another server
        var url = args[0] + "/v1/" + args[1] + ":watch?alt=ndjson&resumeToken=" + token;
        var http = (HttpURLConnection) URI.create(url).toURL().openConnection();
        http.setReadTimeout(45_000); // heartbeats come every 15 s: three are missing
        if (http.getResponseCode() == 404) System.exit(1);
        var events = new JsonStreamParser(new InputStreamReader(http.getInputStream(), "UTF-8"));
        for (JsonObject event; events.hasNext(); token = event.get("resumeToken").getAsString()) {
          event = events.next().getAsJsonObject();
          if (event.has("error")) throw new IOException("its last words, such as before it stops");
          if (event.has("gone")) System.exit(1);
          if (event.has("changed")) show(event.getAsJsonObject("changed"));
        }
      } catch (IOException | JsonParseException lost) {
      }
    }
  }
}
