package dev.longrunning.rpc;

import dev.longrunning.connection.CutOff;
import dev.longrunning.operation.Problem;
import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * The body of one request while it comes in, on whatever transport.
 *
 * <p><b>Promise.</b> Its taker is told once that the body is whole, or why it will not be; and once
 * that the caller is gone, if it leaves before it has its answer. Whatever still comes after a
 * refusal is thrown away; a caller that goes on sending past the bounds of that is cut off.
 *
 * <p><b>Threads.</b> Confined to the event loop of its request.
 *
 * <p><b>Bounds.</b> The body's bytes, which also count towards the {@link BodyBudget} until they
 * are released; {@link IntakeSettings} for its time, or the call's deadline if that is earlier.
 */
public final class Intake {
  /** Whom a body is for. */
  public interface Taker {
    /** All of it has come; it is held until {@link Intake#release}. */
    void taken();

    /** It will not come, or is not wanted. To be answered with this, at once. */
    void refused(Problem problem);

    /** The caller left without waiting for an answer. Nothing is held any more. */
    void gone();
  }

  static final Taker NOBODY =
      new Taker() {
        @Override
        public void taken() {}

        @Override
        public void refused(Problem problem) {}

        @Override
        public void gone() {}
      };

  private enum State {
    COMING,
    /** Refused, and what still comes is thrown away. */
    DRAINING,
    /** Nothing comes any more. */
    ENDED
  }

  private static final long NO_ERROR = 0;
  private static final long NO_TIMER = -1;
  private static final String CONTINUE = "100-continue";

  private final Intakes intakes;
  private final HttpServerRequest request;
  private final HttpServerResponse response;
  private final int bytesMax;
  private final Taker taker;
  private final HeldBody held;
  private final Context context;

  private State state = State.COMING;
  private boolean gone;
  private Optional<Instant> deadline = Optional.empty();
  private long timer = NO_TIMER;

  private long drainedBytes;

  Intake(Intakes intakes, HttpServerRequest request, String caller, int bytesMax, Taker taker) {
    this.intakes = intakes;
    this.request = request;
    this.response = request.response();
    this.bytesMax = bytesMax;
    this.taker = taker;
    this.held = new HeldBody(intakes.budget(), caller);
    this.context = intakes.vertx().getOrCreateContext();
  }

  /**
   * Lets the body come.
   *
   * @param deadline until which the caller waits for its answer
   */
  public void begin(Optional<Instant> deadline) {
    this.deadline = deadline;
    response.exceptionHandler(this::broken);
    response.closeHandler(closed -> leave());
    listen();
    if (declaredBytes() > bytesMax) {
      refuse(tooLarge());
      return;
    }
    if (expectsContinue()) {
      response.writeContinue();
    }
    // A turn later, when nearly every body has come: those need no timer.
    intakes.began(this);
  }

  private void listen() {
    request.exceptionHandler(this::broken);
    request.handler(this::read);
    request.endHandler(end -> end());
  }

  /** The turn of the loop in which it began is over. */
  void turned() {
    if (state == State.COMING && !gone) {
      context.runOnContext(own -> watch());
    }
  }

  private void watch() {
    if (state == State.COMING && !gone) {
      var left = intakes.settings().bodyTime();
      var now = intakes.clock().instant();
      var wanted = deadline.map(at -> Duration.between(now, at)).filter(d -> d.compareTo(left) < 0);
      setTimer(wanted.orElse(left), () -> refuse(late()));
    } else if (state == State.DRAINING && timer == NO_TIMER) {
      setTimer(intakes.settings().drainTime(), this::cutOff);
    }
  }

  private Problem late() {
    var now = intakes.clock().instant();
    return deadline.filter(at -> !at.isAfter(now)).isPresent()
        ? Problem.deadline()
        : Problem.requestTimeout(intakes.settings().bodyTime().toSeconds());
  }

  private void setTimer(Duration delay, Runnable task) {
    stopTimer();
    // Rounded up: a deadline must be over when its timer fires.
    long millis = Math.max(1, delay.plusNanos(999_999).toMillis());
    timer = intakes.vertx().setTimer(millis, fired -> task.run());
  }

  private void stopTimer() {
    if (timer != NO_TIMER) {
      intakes.vertx().cancelTimer(timer);
      timer = NO_TIMER;
    }
  }

  private long declaredBytes() {
    var length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
    try {
      return length == null ? 0 : Long.parseLong(length);
    } catch (NumberFormatException e) {
      // More digits than a long has: HTTP/2 leaves it to us.
      return Long.MAX_VALUE;
    }
  }

  private boolean expectsContinue() {
    var expected = request.getHeader(HttpHeaders.EXPECT);
    return CONTINUE.equalsIgnoreCase(expected) && request.version() != HttpVersion.HTTP_1_0;
  }

  private void read(Buffer part) {
    if (state == State.ENDED || gone) {
      // Of HTTP/1.1, what was decoded already when the connection was closed still comes.
      return;
    }
    if (state == State.DRAINING) {
      drainedBytes += part.length();
      if (drainedBytes > intakes.settings().drainBytesMax()) {
        cutOff();
      }
    } else if (held.length() + part.length() > bytesMax) {
      refuse(tooLarge());
    } else if (!held.add(part)) {
      refuse(Problem.overloaded("request bodies"));
    }
  }

  private Problem tooLarge() {
    return Problem.overLimit("body", "more", "at most " + bytesMax + " bytes");
  }

  private void end() {
    boolean whole = state == State.COMING;
    state = State.ENDED;
    stopTimer();
    if (whole && !gone) {
      taker.taken();
    }
  }

  /** The body, or what has come of it; empty once it is released. */
  public Buffer body() {
    return held.bytes();
  }

  /** Lets go of the body: a call may wait for minutes once it is decoded. */
  public void release() {
    held.release();
  }

  /** Takes no more of the body, and has its taker answer with this. */
  public void refuse(Problem problem) {
    if (state != State.COMING || gone) {
      return;
    }
    drain();
    taker.refused(problem);
  }

  /** Throws away what still comes, from before its answer is written. */
  void drain() {
    state = State.DRAINING;
    stopTimer();
    if (expectsContinue() && held.length() == 0 && !isHttp2() && !response.ended()) {
      // Whether a client that was not told to go on will ever send this body is anybody's guess.
      response.putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
      response.endHandler(written -> request.connection().close());
    }
    release();
    if (!request.isEnded()) {
      listen();
      intakes.vertx().runOnContext(turn -> watch());
    }
  }

  /** Its answer is written. */
  private void cutOff() {
    state = State.ENDED;
    stopTimer();
    CutOff.now(request, NO_ERROR);
  }

  /**
   * The request ends before its body does: by its caller, or because it is no HTTP any more. HTTP/2
   * has reset the stream then, or closed the connection.
   */
  private void broken(Throwable cause) {
    boolean lost =
        isHttp2() || cause instanceof HttpClosedException || cause instanceof IOException;
    if (lost) {
      leave();
    } else {
      refuse(Problem.invalid("body", "what is not HTTP", "chunks as in HTTP/1.1"));
      request.connection().close();
    }
  }

  private boolean isHttp2() {
    return request.version() == HttpVersion.HTTP_2;
  }

  private void leave() {
    if (gone) {
      return;
    }
    gone = true;
    stopTimer();
    release();
    if (!response.ended()) {
      taker.gone();
    }
  }
}
