import com.google.gson.*;
import java.io.IOException;
import java.net.URI;
import java.net.http.*;
import java.time.Duration;
import java.util.UUID;

/** Does work, tells how far it is, and hears of a cancellation: java -cp target/longrunning.jar Producer.java URL 1 (the jar is for Gson). */
public final class Producer {
  static final HttpClient HTTP = HttpClient.newHttpClient();
  static JsonObject post(String url, String body) throws InterruptedException {
    var bytes = HttpRequest.BodyPublishers.ofString(body);
    var request = HttpRequest.newBuilder(URI.create(url)).header("content-type", "application/json").timeout(Duration.ofSeconds(10)).POST(bytes);
    for (; ; Thread.sleep(1000)) { // a call that was lost may be repeated: none of them is done twice
      try {
        var answer = HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() < 400) return JsonParser.parseString(answer.body()).getAsJsonObject();
        // Such as 409, LEASE_LOST: somebody else does the work now.
        if (answer.statusCode() < 500) throw new IllegalStateException(answer.body());
      } catch (IOException lost) { System.err.println(lost.getMessage()); }
    }
  }

  public static void main(String[] arguments) throws InterruptedException {
    String url = arguments[0] + "/v1/", start = "{\"requestId\": \"%s\", \"leaseDuration\": \"10s\"}".formatted(UUID.randomUUID());
    var started = post(url + "operations:start", start); // ten seconds after its last word it ends as PRODUCER_LOST
    var name = started.getAsJsonObject("snapshot").getAsJsonObject("operation").get("name").getAsString();
    var lease = "{\"leaseToken\": " + started.getAsJsonObject("lease").get("token");
    System.out.println(name);
    var result = "\"response\": {\"@type\": \"type.googleapis.com/google.protobuf.StringValue\", \"value\": \"all steps done\"}";
    for (int step = 1; step <= 10 && !result.startsWith("\"error"); step++) {
      Thread.sleep((long) (1000 * Double.parseDouble(arguments[1])));
      var progress = ", \"progress\": {\"doneUnits\": %d, \"totalUnits\": 10, \"unit\": \"steps\"}}".formatted(step);
      if (post(url + name + ":update", lease + progress).has("cancelRequested"))
        result = "\"error\": {\"code\": 1, \"message\": \"cancelled after %d steps\"}".formatted(step);
    }
    post(url + name + ":complete", lease + ", " + result + "}");
  }
}
