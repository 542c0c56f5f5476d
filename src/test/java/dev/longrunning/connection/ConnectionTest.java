package dev.longrunning.connection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longrunning.feed.VirtualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.Test;

final class ConnectionTest {
  private static final Duration AGE = Duration.ofHours(1);
  private static final Duration IDLE = Duration.ofMinutes(5);
  private static final Duration GRACE = Duration.ofMinutes(11);

  private final VirtualTime time = new VirtualTime();
  private final List<String> done = new ArrayList<>();
  private Limits limits = new Limits(AGE, IDLE, GRACE, 10, 10);
  private final LongAdder calls = new LongAdder();
  private boolean answersPings = true;

  /** Writes down what it is told. */
  private final class Recorded implements Connection.Wire {
    @Override
    public void leave() {
      done.add("leave");
    }

    @Override
    public void finish() {
      done.add("finish");
    }

    @Override
    public boolean ask() {
      done.add("ask");
      return answersPings;
    }

    @Override
    public void close() {
      done.add("close");
    }
  }

  private Connection accepted(double jitter) {
    return new Connection(new Connection.World(time, () -> limits, calls), jitter, new Recorded());
  }

  private Connection open(double jitter) {
    var connection = accepted(jitter);
    connection.opened();
    return connection;
  }

  /** Time in which bytes come all along. */
  private void pass(Connection connection, Duration duration) {
    var left = duration;
    while (left.compareTo(Duration.ofSeconds(5)) > 0) {
      connection.heard();
      time.pass(Duration.ofSeconds(5));
      left = left.minusSeconds(5);
    }
    connection.heard();
    time.pass(left);
  }

  @Test
  void one_that_does_not_open_in_time_is_closed_however_many_bytes_it_sends() {
    var connection = accepted(0);

    pass(connection, Connection.HEADERS_WITHIN.minusMillis(1));
    assertThat(done).isEmpty();
    pass(connection, Duration.ofMillis(1));

    assertThat(done).containsExactly("close");
    assertThat(connection.end()).isEqualTo(Connection.End.LATE);
  }

  @Test
  void one_that_opened_in_time_is_not_closed() {
    var connection = accepted(0);
    pass(connection, Connection.HEADERS_WITHIN.minusMillis(1));

    connection.opened();
    pass(connection, Duration.ofMinutes(1));

    assertThat(done).isEmpty();
  }

  @Test
  void without_a_call_it_leaves_after_the_idle_time_and_a_tick_at_most() {
    var connection = open(0);

    pass(connection, IDLE);
    assertThat(done).isEmpty();
    pass(connection, Connection.TICK);
    assertThat(done).first().isEqualTo("leave");
    assertThat(connection.end()).isEqualTo(Connection.End.IDLE);
    pass(connection, Connection.LAST_CALL);

    assertThat(done).containsExactly("leave", "finish");
  }

  @Test
  void with_a_call_in_flight_it_is_never_idle() {
    limits = new Limits(Duration.ZERO, IDLE, GRACE, 10, 10);
    var connection = open(0);

    connection.callBegan();
    pass(connection, Duration.ofHours(5));

    assertThat(done).isEmpty();
  }

  @Test
  void idle_time_begins_when_the_last_call_ends() {
    var connection = open(0);
    connection.callBegan();
    pass(connection, IDLE.multipliedBy(3));

    connection.callEnded();
    pass(connection, IDLE);
    assertThat(done).isEmpty();
    pass(connection, Connection.TICK);

    assertThat(connection.end()).isEqualTo(Connection.End.IDLE);
  }

  @Test
  void short_calls_between_two_looks_count() {
    var connection = open(0);

    for (int i = 0; i < 30; i++) {
      pass(connection, Duration.ofSeconds(14));
      connection.callBegan();
      connection.callEnded();
    }

    assertThat(done).isEmpty();
  }

  @Test
  void it_leaves_when_it_is_old_give_or_take_a_tenth() {
    for (double jitter : new double[] {-1, 0, 1}) {
      done.clear();
      var connection = open(jitter);
      connection.callBegan();
      var due = AGE.plusMillis(Math.round(AGE.toMillis() * jitter / 10));

      pass(connection, due.minusMillis(1));
      assertThat(done).isEmpty();
      pass(connection, Connection.TICK.multipliedBy(2));

      assertThat(done).first().isEqualTo("leave");
      assertThat(connection.end()).isEqualTo(Connection.End.AGED);
      connection.closed();
    }
  }

  @Test
  void it_may_be_as_old_as_it_likes_if_no_age_is_set() {
    limits = new Limits(Duration.ZERO, IDLE, GRACE, 10, 10);
    var connection = open(0);
    connection.callBegan();

    pass(connection, Duration.ofDays(2));

    assertThat(done).isEmpty();
  }

  @Test
  void a_new_limit_holds_for_what_is_there() {
    var connection = open(0);
    connection.callBegan();
    pass(connection, Duration.ofMinutes(10));

    limits = new Limits(Duration.ofMinutes(5), IDLE, GRACE, 10, 10);
    pass(connection, Connection.TICK);

    assertThat(connection.end()).isEqualTo(Connection.End.AGED);
  }

  @Test
  void calls_in_flight_have_the_grace_and_then_it_is_closed() {
    var connection = open(0);
    connection.callBegan();
    connection.stop();
    pass(connection, Connection.LAST_CALL);

    pass(connection, GRACE);
    assertThat(done).containsExactly("leave", "finish");
    pass(connection, Connection.TICK.multipliedBy(2));

    assertThat(done).containsExactly("leave", "finish", "close");
    assertThat(connection.end()).isEqualTo(Connection.End.GRACE_OVER);
  }

  @Test
  void a_stop_closes_what_has_not_opened_at_once() {
    var connection = accepted(0);

    connection.stop();

    assertThat(done).containsExactly("close");
  }

  @Test
  void it_is_told_to_leave_once() {
    var connection = open(0);
    pass(connection, IDLE.plus(Connection.TICK));

    connection.stop();
    pass(connection, Connection.LAST_CALL);
    connection.stop();

    assertThat(done).containsExactly("leave", "finish");
    assertThat(connection.end()).isEqualTo(Connection.End.IDLE);
  }

  @Test
  void a_silent_peer_is_asked_and_kept_if_it_answers() {
    var connection = open(0);
    connection.callBegan();

    time.pass(Duration.ofSeconds(30));
    assertThat(done).containsExactly("ask");
    connection.heard();
    time.pass(Duration.ofSeconds(25));

    assertThat(done).containsExactly("ask");
    assertThat(connection.end()).isNull();
  }

  @Test
  void a_silent_peer_that_does_not_answer_is_closed_although_a_call_is_in_flight() {
    var connection = open(0);
    connection.callBegan();

    time.pass(Duration.ofSeconds(60));

    assertThat(done).containsExactly("ask", "close");
    assertThat(connection.end()).isEqualTo(Connection.End.SILENT);
  }

  @Test
  void a_silent_peer_that_cannot_be_asked_is_kept() {
    answersPings = false;
    var connection = open(0);
    connection.callBegan();

    time.pass(Duration.ofMinutes(20));

    assertThat(done).doesNotContain("close");
  }

  @Test
  void nothing_is_left_of_one_that_is_closed() {
    var connection = open(0);

    connection.closed();

    assertThat(time.pending()).isZero();
  }
}
