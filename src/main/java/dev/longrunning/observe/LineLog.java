package dev.longrunning.observe;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lines about requests, written by a thread of its own.
 *
 * <p><b>Promise.</b> {@link #write} never waits: while nobody takes what is written, lines are
 * dropped, counted, and said to be so once a minute. A stop writes what waits, as far as that takes
 * no more than {@value #STOP_MILLIS} ms.
 *
 * <p><b>Threads.</b> Any.
 *
 * <p><b>Bounds.</b> {@value #LINES_MAX} lines wait, some 4 MiB.
 */
public final class LineLog implements AutoCloseable {
  static final int LINES_MAX = 8_192;

  /** Lines that somebody reserves have the last part to themselves. */
  static final int RESERVED_UP_TO = LINES_MAX;

  static final int UNRESERVED_UP_TO = LINES_MAX / 2;
  private static final int TOGETHER_MAX = 512;
  private static final long STOP_MILLIS = 1_000;
  private static final long LOGGED_EVERY_NANOS = TimeUnit.MINUTES.toNanos(1);
  private static final Logger log = LoggerFactory.getLogger(LineLog.class);

  /** How lines look. */
  public enum Format {
    TEXT,
    JSON;

    private String words(LogLine line) {
      return switch (this) {
        case TEXT -> line.text();
        case JSON -> line.json();
      };
    }
  }

  private final Format format;
  private final OutputStream out;
  private final Metrics metrics;
  private final BlockingQueue<LogLine> waiting = new ArrayBlockingQueue<>(LINES_MAX);
  private final AtomicInteger promised = new AtomicInteger();
  private final AtomicLong written = new AtomicLong();
  private final AtomicLong dropped = new AtomicLong();
  private final String name;
  private final Thread writer;
  private volatile boolean stopping;

  /**
   * Begins to write.
   *
   * @param name what its lines are: {@code access} or {@code audit}
   */
  public LineLog(String name, Format format, OutputStream out, Metrics metrics) {
    this.name = name;
    this.writer = new Thread(this::run, name + "-log");
    this.format = format;
    this.out = out;
    this.metrics = metrics;
    metrics.count(
        "longrunning_observe_lines_total",
        "Lines of the log of requests, by which.",
        Labels.of("log", name),
        written::get);
    metrics.count(
        "longrunning_observe_lines_dropped_total",
        "Lines of the log of requests that nobody took in time, by which.",
        Labels.of("log", name),
        dropped::get);
    writer.setDaemon(true);
    writer.start();
  }

  /** Hands a line over, or drops it. */
  public void write(LogLine line) {
    if (!waiting.offer(line)) {
      dropped.incrementAndGet();
    }
  }

  /** Keeps room for a line that is written later; false: there is none. */
  public boolean reserve() {
    if (waiting.size() + promised.incrementAndGet() <= RESERVED_UP_TO) {
      return true;
    }
    promised.decrementAndGet();
    return false;
  }

  /** Hands over a line that room was kept for. */
  public void writeReserved(LogLine line) {
    write(line);
    promised.decrementAndGet();
  }

  /** Hands over a line that may be left out, if that takes the room of no other. */
  public void writeIfRoom(LogLine line) {
    if (waiting.size() + promised.get() < UNRESERVED_UP_TO) {
      write(line);
    } else {
      dropped.incrementAndGet();
    }
  }

  private void run() {
    var lines = new ArrayList<LogLine>(TOGETHER_MAX);
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
          log.atWarn()
              .addKeyValue("log", name)
              .addKeyValue("lines", lost - told)
              .log("lines.dropped");
          told = lost;
          toldNanos = metrics.nanos();
        }
      }
    } catch (InterruptedException e) {
      // Told to end at once.
      Thread.currentThread().interrupt();
    }
  }

  private void write(List<LogLine> lines) {
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
