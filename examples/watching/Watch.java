import com.google.gson.JsonParseException;
import com.google.gson.JsonStreamParser;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Prints what becomes of the operations of a collection, or of one operation until it is done.
 * Needs Gson, which the server's jar has.
 *
 * <pre>
 * java -cp target/longrunning.jar Watch.java http://localhost:8080/v1/operations
 * java -cp target/longrunning.jar Watch.java http://localhost:8080/v1/operations/import-7
 * </pre>
 */
public final class Watch {
  public static void main(String[] arguments) throws InterruptedException {
    String url = arguments[0], token = "";
    var operations = new TreeMap<String, String>(); // by name: running or done, as of the token
    for (long pause = 1_000; ; pause = Math.min(2 * pause, 30_000)) {
      try {
        var events = events(url + ":watch?alt=ndjson&resumeToken=" + token);
        while (events.hasNext()) {
          var event = events.next().getAsJsonObject();
          if (event.has("error")) { // instead of a stream, or as its last words
            int code = event.getAsJsonObject("error").get("code").getAsInt();
            if (code >= 500) throw new IOException(event.toString());
            if (code != 400 || token.isEmpty()) throw new IllegalStateException(event.toString());
            operations.clear(); // the token is of another watch
          } else if (event.has("reset")) {
            operations.clear();
          } else if (event.has("changed") || event.has("gone")) {
            boolean gone = event.has("gone");
            var change = event.getAsJsonObject(gone ? "gone" : "changed");
            var operation = gone ? change : change.getAsJsonObject("operation");
            var name = operation.get("name").getAsString();
            var state = gone ? "gone" : operation.has("done") ? "done" : "running";
            operations.compute(name, (key, before) -> gone ? null : state);
            System.out.println(name + " " + state + " " + change.get("version").getAsString());
            if (!state.equals("running") && !url.endsWith("/operations")) return;
          } else if (event.getAsJsonObject("bookmark").has("synced")) {
            System.out.println("synced: " + operations.size() + " operations");
          }
          token = event.has("error") ? "" : event.get("resumeToken").getAsString();
          pause = 1_000;
        }
      } catch (IOException | JsonParseException lost) {
        System.err.println(lost.getMessage());
      }
      Thread.sleep(pause + ThreadLocalRandom.current().nextLong(pause)); // some earlier, some later
    }
  }

  private static JsonStreamParser events(String address) throws IOException {
    var http = (HttpURLConnection) URI.create(address).toURL().openConnection();
    // A heartbeat comes every 15 s. After three without one, nobody is there any more.
    http.setReadTimeout(45_000);
    var body = http.getResponseCode() < 400 ? http.getInputStream() : http.getErrorStream();
    return new JsonStreamParser(new InputStreamReader(body, StandardCharsets.UTF_8));
  }
}
