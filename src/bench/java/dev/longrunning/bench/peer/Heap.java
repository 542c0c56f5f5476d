package dev.longrunning.bench.peer;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** What the objects of a JVM take that runs with G1. */
public final class Heap {
  public static final double MIB = 1_048_576;

  private static final Pattern USED = Pattern.compile("used ([0-9]+)K");

  /** The second takes what the first leaves because something else had to go before. */
  private static final String COMMANDS = "GC.run\nGC.run\nGC.heap_info";

  private final Path work;
  private final Program program;

  public Heap(Path work, Program program) {
    this.work = work;
    this.program = program;
  }

  /** Bytes in use after full collections. */
  public long used() throws IOException, InterruptedException {
    var jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
    var command = List.of(jcmd, Long.toString(program.pid()), COMMANDS);
    var matcher = USED.matcher(Program.run(work, "jcmd", Map.of(), command));
    if (!matcher.find()) {
      throw new IOException("jcmd says nothing of a heap in use");
    }
    return Long.parseLong(matcher.group(1)) * 1_024;
  }
}
