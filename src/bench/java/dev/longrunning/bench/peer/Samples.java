package dev.longrunning.bench.peer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordingFile;

/**
 * What the event loops of a server were seen doing, in a recording of the JDK's Flight Recorder.
 */
public final class Samples {
  private static final String EVENT_LOOP = "vert.x-eventloop";

  private static final String SETTINGS =
      """
      <configuration version="2.0">
        <event name="jdk.ExecutionSample">
          <setting name="enabled">true</setting>
          <setting name="period">10 ms</setting>
        </event>
      </configuration>
      """;

  /** Parts of the way of a call. */
  public enum Area {
    CALLS(
        "HTTP/2, gRPC, admission",
        "dev.longrunning.grpc.",
        "dev.longrunning.rpc.",
        "dev.longrunning.connection.",
        "io.vertx.grpc.",
        "io.vertx.core.http.",
        "io.netty.handler."),
    OPERATIONS(
        "operations and messages",
        "dev.longrunning.service.",
        "dev.longrunning.operation.",
        "dev.longrunning.v1.",
        "com.google."),
    WATCHES("feed and watches", "dev.longrunning.feed.", "dev.longrunning.watch."),
    DATABASE(
        "batches, client of PostgreSQL",
        "dev.longrunning.store.",
        "io.vertx.pgclient.",
        "io.vertx.sqlclient."),
    OTHER("loops and sockets");

    private final String text;

    // Never changed: List.of.
    @SuppressWarnings("ImmutableEnumChecker")
    private final List<String> packages;

    Area(String text, String... packages) {
      this.text = text;
      this.packages = List.of(packages);
    }

    public String text() {
      return text;
    }
  }

  private Samples() {}

  /** An option of a JVM that records so, from its start to its end, and nothing else. */
  public static String option(Path work, Path file) throws IOException {
    var settings = Files.writeString(work.resolve("samples.jfc"), SETTINGS);
    return "-XX:StartFlightRecording:dumponexit=true,settings=" + settings + ",filename=" + file;
  }

  /** The share of each area between two moments; none of any if nothing was seen. */
  public static Map<Area, Double> shares(Path file, Instant from, Instant to) throws IOException {
    var counts = new EnumMap<Area, Integer>(Area.class);
    int all = 0;
    try (var recording = new RecordingFile(file)) {
      while (recording.hasMoreEvents()) {
        var event = recording.readEvent();
        if (isOfLoop(event)
            && event.getStartTime().isAfter(from)
            && event.getStartTime().isBefore(to)) {
          counts.merge(area(event), 1, Integer::sum);
          all++;
        }
      }
    }
    var shares = new EnumMap<Area, Double>(Area.class);
    for (var area : Area.values()) {
      shares.put(area, counts.getOrDefault(area, 0) / (double) Math.max(1, all));
    }
    return shares;
  }

  private static boolean isOfLoop(RecordedEvent event) {
    return event.getEventType().getName().equals("jdk.ExecutionSample")
        && event.getStackTrace() != null
        && event.getThread("sampledThread") != null
        && event.getThread("sampledThread").getJavaName().startsWith(EVENT_LOOP);
  }

  /** That of the innermost call that belongs to one. */
  private static Area area(RecordedEvent event) {
    for (RecordedFrame frame : event.getStackTrace().getFrames()) {
      String type = frame.getMethod().getType().getName();
      for (var area : Area.values()) {
        for (String prefix : area.packages) {
          if (type.startsWith(prefix)) {
            return area;
          }
        }
      }
    }
    return Area.OTHER;
  }
}
