package dev.longrunning.app;

import java.util.HashMap;
import java.util.Scanner;

/**
 * A program that runs a server on the settings given as {@code key=value}, until it is told to end.
 *
 * <p>For each line of input it prints what its queues held at most, one line: {@code queue peak
 * max;…}.
 */
final class ObservedServer {
  private ObservedServer() {}

  public static void main(String[] args) throws Exception {
    var flags = new HashMap<String, String>();
    for (String arg : args) {
      int equals = arg.indexOf('=');
      flags.put(arg.substring(0, equals), arg.substring(equals + 1));
    }
    var server = new Server(InProcessServer.settings(flags), System.err::println);
    Runtime.getRuntime().addShutdownHook(new Thread(server::stop));
    System.out.println("Longrunning listens on http://" + server.start() + " (gRPC and REST)");
    try (var input = new Scanner(System.in, "UTF-8")) {
      while (input.hasNextLine()) {
        input.nextLine();
        var line = new StringBuilder();
        for (var peak : server.peaks()) {
          line.append(peak.queue()).append(' ').append(peak.peak());
          line.append(' ').append(peak.max()).append(';');
        }
        System.out.println(line);
      }
    }
  }
}
