import com.google.gson.*;
import java.io.IOException;
import java.net.URI;
import java.net.http.*;

/** Works, tells how far it is, hears of a cancellation: java -cp ….jar Producer.java URL 1 */
public final class Producer {
  static JsonObject post(String url, String body, Object... values) throws InterruptedException {
    var json = JsonParser.parseString(body.formatted(values)); // Gson takes it without quotes
    var call = HttpRequest.newBuilder(URI.create(url)).header("content-type", "application/json");
    call.POST(HttpRequest.BodyPublishers.ofString(json.toString()));
    for (; ; Thread.sleep(1000)) {
      try {
        var send = HttpClient.newHttpClient();
        var got = send.send(call.build(), HttpResponse.BodyHandlers.ofString());
        if (got.statusCode() < 400) return JsonParser.parseString(got.body()).getAsJsonObject();
        if (got.statusCode() < 500) throw new IllegalStateException(got.body()); // as LEASE_LOST
      } catch (IOException lost) { // may be repeated: nothing is done twice
      }
    }
  }

  public static void main(String[] args) throws InterruptedException {
    String url = args[0] + "/v1/", start = "{requestId: '%s', leaseDuration: '10s'}";
    var started = post(url + "operations:start", start, java.util.UUID.randomUUID());
    var operation = started.getAsJsonObject("snapshot").getAsJsonObject("operation").get("name");
    var lease = started.getAsJsonObject("lease").get("token").getAsString();
    var name = operation.getAsString();
    System.out.println(name);
    var update = "{leaseToken: '%s', progress: {doneUnits: %d, totalUnits: 10, unit: 'steps'}}";
    var end = "response: {'@type': 'type.googleapis.com/google.protobuf.StringValue', value: 'OK'}";
    for (int step = 1; step <= 10 && end.startsWith("response"); step++) {
      Thread.sleep((long) (1000 * Double.parseDouble(args[1])));
      if (post(url + name + ":update", update, lease, step).has("cancelRequested"))
        end = "error: {code: 1, message: 'cancelled after " + step + " steps'}";
    }
    post(url + name + ":complete", "{leaseToken: '" + lease + "', " + end + "}");
  }
}
