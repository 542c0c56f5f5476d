package dev.longrunning.bench.peer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** h2load of nghttp2: the same request again and again, so many at a time, from one thread. */
public final class H2Load {
  private static final Pattern FINISHED =
      Pattern.compile("finished in [0-9.]+m?s, ([0-9.]+) req/s");
  private static final Pattern DONE =
      Pattern.compile("status codes: ([0-9]+) 2xx, 0 3xx, 0 4xx, 0 5xx");
  private static final Pattern ERRORED = Pattern.compile("0 failed, 0 errored, 0 timeout");

  private final Path work;

  public H2Load(Path work) {
    this.work = work;
  }

  /** A request. */
  @SuppressWarnings("ArrayRecordComponent") // Handed on as it is, and never compared.
  public record Request(int port, String path, Map<String, String> headers, byte[] body) {

    public static Request grpc(int port, String path, byte[] message, Map<String, String> more) {
      var headers =
          new java.util.LinkedHashMap<String, String>(
              Map.of("content-type", "application/grpc", "te", "trailers"));
      headers.putAll(more);
      return new Request(port, path, headers, message);
    }

    public static Request get(int port, String path, Map<String, String> more) {
      return new Request(port, path, more, new byte[0]);
    }
  }

  /** Requests a second. */
  public double rate(Request request, int inFlight, Duration time)
      throws IOException, InterruptedException {
    int connections = inFlight >= 4 ? 4 : 1;
    var command =
        new ArrayList<>(
            List.of(
                "h2load", "-t", "1", "-c", "" + connections, "-m", "" + inFlight / connections));
    // It takes whole seconds only: of less, a glance.
    command.addAll(
        time.toSeconds() > 0
            ? List.of("-D", "" + time.toSeconds())
            : List.of("-n", "" + 8 * inFlight));
    request.headers.forEach((name, value) -> command.addAll(List.of("-H", name + ": " + value)));
    if (request.body.length > 0) {
      command.addAll(
          List.of(
              "-d",
              Files.write(Files.createTempFile(work, "body-", ".bin"), request.body).toString()));
    }
    command.add("http://127.0.0.1:" + request.port + request.path);
    String text = Program.run(work, "h2load", Map.of(), command);
    var finished = FINISHED.matcher(text);
    if (!finished.find() || !ERRORED.matcher(text).find() || !DONE.matcher(text).find()) {
      throw new IOException("h2load: requests failed:\n" + text);
    }
    return Double.parseDouble(finished.group(1));
  }
}
