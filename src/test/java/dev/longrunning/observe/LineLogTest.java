package dev.longrunning.observe;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
final class LineLogTest {
  private final Metrics metrics = new Metrics(System::nanoTime);

  private static AccessLine line(int number) {
    return new AccessLine(
        Instant.EPOCH, "r" + number, "c", "t", "m", "o", "OK", "", 200, 0, 0, 0, "");
  }

  /** Takes nothing before it is told to. */
  private static final class Stuck extends OutputStream {
    final CountDownLatch entered = new CountDownLatch(1);
    final CountDownLatch freed = new CountDownLatch(1);
    final ByteArrayOutputStream taken = new ByteArrayOutputStream();

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
      entered.countDown();
      try {
        freed.await();
      } catch (InterruptedException e) {
        throw new IOException(e);
      }
      taken.write(bytes, from, length);
    }
  }

  private double metric(String name) {
    return metrics
        .page(null)
        .text()
        .lines()
        .filter(line -> line.startsWith(name + '{'))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.indexOf(' ') + 1)))
        .sum();
  }

  @Test
  void lines_come_in_their_order_and_all_that_wait_are_written_at_the_end() throws Exception {
    var out = new ByteArrayOutputStream();
    var log = new LineLog("access", LineLog.Format.TEXT, out, metrics);

    for (int i = 0; i < 1_000; i++) {
      log.write(line(i));
    }
    log.close();

    var lines = out.toString(StandardCharsets.UTF_8).lines().toList();
    assertThat(lines).hasSize(1_000);
    assertThat(lines.get(999)).contains(" id=r999 ");
    assertThat(metric("longrunning_observe_lines_total")).isEqualTo(1_000);
  }

  @Test
  void while_nobody_takes_them_lines_are_dropped_and_counted_and_nobody_waits() throws Exception {
    var out = new Stuck();
    var log = new LineLog("access", LineLog.Format.JSON, out, metrics);
    log.write(line(0));
    out.entered.await();

    for (int i = 1; i <= LineLog.LINES_MAX + 7; i++) {
      log.write(line(i));
    }

    assertThat(metric("longrunning_observe_lines_dropped_total")).isEqualTo(7);
    out.freed.countDown();
    log.close();
    assertThat(out.taken.toString(StandardCharsets.UTF_8).lines()).hasSize(LineLog.LINES_MAX + 1);
  }

  @Test
  void an_output_that_is_closed_costs_the_lines_and_nothing_else() throws Exception {
    var broken =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            throw new IOException("closed");
          }
        };
    var log = new LineLog("access", LineLog.Format.TEXT, broken, metrics);

    log.write(line(1));
    log.close();

    assertThat(metric("longrunning_observe_lines_dropped_total")).isEqualTo(1);
  }
}
