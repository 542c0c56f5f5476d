import com.google.gson.*;
import java.io.*;
import java.net.*;

/** Prints how far an operation is until it is done: java -cp target/longrunning.jar Watcher.java URL NAME (the jar is for Gson). */
public final class Watcher {
  static void show(JsonObject snapshot) {
    var operation = snapshot.getAsJsonObject("operation");
    var progress = snapshot.getAsJsonObject("progress");
    var error = operation.getAsJsonObject("error");
    if (error != null) {
      System.out.println("error " + error.get("code") + ": " + error.get("message").getAsString());
    } else if (operation.has("done")) {
      System.out.println("done: " + operation.getAsJsonObject("response").get("value").getAsString());
    } else if (progress != null) {
      System.out.printf("%s of %s %s%n", text(progress, "doneUnits"), text(progress, "totalUnits"), text(progress, "unit"));
    }
    if (operation.has("done")) System.exit(error == null ? 0 : 1);
  }

  static String text(JsonObject object, String key) { return object.get(key).getAsString(); }

  public static void main(String[] arguments) throws InterruptedException {
    for (String token = ""; ; Thread.sleep((long) (500 + 1000 * Math.random()))) {
      try {
        var http = (HttpURLConnection) new URL(arguments[0] + "/v1/" + arguments[1] + ":watch?alt=ndjson&resumeToken=" + token).openConnection();
        http.setReadTimeout(45_000); // a heartbeat comes every 15 s; after three without one, nobody is there any more
        if (http.getResponseCode() / 100 == 4) throw new IllegalStateException(new String(http.getErrorStream().readAllBytes()));
        for (var events = new JsonStreamParser(new InputStreamReader(http.getInputStream(), "UTF-8")); events.hasNext(); ) {
          var event = events.next().getAsJsonObject();
          if (event.has("gone")) System.exit(1);
          if (event.has("changed")) show(event.getAsJsonObject("changed"));
          // Goes on where this stream broke off, also at another server. An error is the last word of a stream and has none.
          token = event.has("error") ? token : text(event, "resumeToken");
        }
      } catch (IOException | JsonParseException lost) { System.err.println(lost.getMessage()); }
    }
  }
}
