package dev.longrunning.observe;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One line for each request, written by a thread of its own.
 *
 * <p><b>Promise.</b> {@link #write} never waits: while nobody takes what is written, lines are
 * dropped, counted, and said to be so once a minute. A stop writes what waits, as far as that takes
 * no more than {@value #STOP_MILLIS} ms.
 *
 * <p><b>Threads.</b> Any.
 *
 * <p><b>Bounds.</b> {@value #LINES_MAX} lines wait, some 4 MiB.
 */
public final class AccessLog implements AutoCloseable {
  static final int LINES_MAX = 8_192;

  private static final int TOGETHER_MAX = 512;
  private static final long STOP_MILLIS = 1_000;
  private static final long LOGGED_EVERY_NANOS = TimeUnit.MINUTES.toNanos(1);
  private static final Logger log = LoggerFactory.getLogger(AccessLog.class);

  /** How lines look. */
  public enum Format {
    TEXT,
    JSON;

    private String words(AccessLine line) {
      return switch (this) {
        case TEXT -> line.text();
        case JSON -> line.json();
      };
    }
  }

  private final Format format;
  private final OutputStream out;
  private final Metrics metrics;
  private final BlockingQueue<AccessLine> waiting = new ArrayBlockingQueue<>(LINES_MAX);
  private final AtomicLong written = new AtomicLong();
  private final AtomicLong dropped = new AtomicLong();
  private final Thread writer = new Thread(this::run, "access-log");
  private volatile boolean stopping;

  /** Begins to write. */
  public AccessLog(Format format, OutputStream out, Metrics metrics) {
    this.format = format;
    this.out = out;
    this.metrics = metrics;
    metrics.count(
        "longrunning_observe_access_lines_total", "Lines of the access log.", written::get);
    metrics.count(
        "longrunning_observe_access_lines_dropped_total",
        "Lines of the access log that nobody took in time.",
        dropped::get);
    writer.setDaemon(true);
    writer.start();
  }

  /** Hands a line over, or drops it. */
  public void write(AccessLine line) {
    if (!waiting.offer(line)) {
      dropped.incrementAndGet();
    }
  }

  private void run() {
    var lines = new ArrayList<AccessLine>(TOGETHER_MAX);
    long told = 0;
    long toldNanos = metrics.nanos() - LOGGED_EVERY_NANOS;
    try {
      while (!stopping || !waiting.isEmpty()) {
        var first = waiting.poll(STOP_MILLIS / 2, TimeUnit.MILLISECONDS);
        if (first != null) {
          lines.add(first);
          waiting.drainTo(lines, TOGETHER_MAX - 1);
          write(lines);
          lines.clear();
        }
        long lost = dropped.get();
        if (lost > told && metrics.nanos() - toldNanos >= LOGGED_EVERY_NANOS) {
          log.atWarn().addKeyValue("lines", lost - told).log("access_log.dropped");
          told = lost;
          toldNanos = metrics.nanos();
        }
      }
    } catch (InterruptedException e) {
      // Told to end at once.
      Thread.currentThread().interrupt();
    }
  }

  private void write(List<AccessLine> lines) {
    var text = new StringBuilder();
    lines.forEach(line -> text.append(format.words(line)));
    try {
      out.write(text.toString().getBytes(StandardCharsets.UTF_8));
      out.flush();
      written.addAndGet(lines.size());
    } catch (IOException e) {
      dropped.addAndGet(lines.size());
    }
  }

  /** Writes what waits and ends. */
  @Override
  public void close() throws InterruptedException {
    stopping = true;
    writer.join(STOP_MILLIS);
    writer.interrupt();
  }
}
