package dev.longrunning.bench.peer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Time of processors that the threads of a process have used, as Linux counts it: in hundredths of
 * a second.
 */
public final class ThreadTimes {
  private static final double TICKS_A_SECOND = 100;

  /** In /proc/…/stat, of what comes after the name. */
  private static final int USER = 11;

  /**
   * What one thread has used.
   *
   * @param name as the kernel has it: of 15 characters
   * @param user seconds in code of its own
   * @param kernel seconds in system calls
   */
  public record Time(String name, double user, double kernel) {
    public double all() {
      return user + kernel;
    }
  }

  private ThreadTimes() {}

  /** Of all threads that it has now. */
  public static List<Time> of(long pid) throws IOException {
    var threads = new ArrayList<Time>();
    try (var tasks = Files.newDirectoryStream(Path.of("/proc/" + pid + "/task"))) {
      for (var task : tasks) {
        try {
          threads.add(read(Files.readString(task.resolve("stat"))));
        } catch (IOException e) {
          // It has ended meanwhile.
        }
      }
    } catch (NoSuchFileException e) {
      return List.of();
    }
    return threads;
  }

  /** Seconds that all processors together have had nothing to do, or waited for a disk. */
  public static double idle() throws IOException {
    var fields = Files.readAllLines(Path.of("/proc/stat")).get(0).split(" +", -1);
    return (Long.parseLong(fields[4]) + Long.parseLong(fields[5])) / TICKS_A_SECOND;
  }

  private static Time read(String stat) {
    int end = stat.lastIndexOf(')');
    var fields = stat.substring(end + 2).split(" ", -1);
    return new Time(
        stat.substring(stat.indexOf('(') + 1, end),
        Long.parseLong(fields[USER]) / TICKS_A_SECOND,
        Long.parseLong(fields[USER + 1]) / TICKS_A_SECOND);
  }
}
