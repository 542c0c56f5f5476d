package dev.longrunning.auth;

import dev.longrunning.feed.Loop;
import dev.longrunning.feed.Timers;
import dev.longrunning.operation.Problem;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The keys of an issuer, for as long as the server runs.
 *
 * <p><b>Promise.</b> Fetched at the start, every 5 minutes, and when somebody shows a token of a
 * key that is not among them, but at most every 10 seconds for that. Those that were fetched last
 * stay in force while the issuer cannot be reached. One fetch at a time, for all that wait.
 *
 * <p><b>Threads.</b> {@link #now} and {@link #newer} are for any; the rest is confined to the home
 * event loop.
 *
 * <p><b>Bounds.</b> {@value #WAITING_MAX} callers wait for a fetch; more are refused UNAVAILABLE.
 */
public final class IssuerKeys {
  static final Duration REFRESH = Duration.ofMinutes(5);
  static final Duration ASKED_EVERY = Duration.ofSeconds(10);
  static final Duration RETRY_FIRST = Duration.ofSeconds(10);

  /** On all event loops; a kilobyte or so each. */
  static final int WAITING_MAX = 10_000;

  private static final Logger log = LoggerFactory.getLogger(IssuerKeys.class);

  private final KeySource source;
  private final Loop home;
  private final Timers timers;
  private final InstantSource clock;
  private final List<Promise<KeySet>> waiting = new ArrayList<>();
  private final AtomicLong failures = new AtomicLong();
  private volatile KeySet now = KeySet.NONE;
  private volatile boolean fetching;
  private volatile @Nullable Instant begun;
  private volatile @Nullable Instant fetched;
  private Timers.@Nullable Timer next;
  private Duration retry = RETRY_FIRST;
  private String refused = "";
  private boolean stopped;

  /** Fetches nothing yet. */
  public IssuerKeys(IssuerClient source, Loop home, Timers timers, InstantSource clock) {
    this((KeySource) source, home, timers, clock);
  }

  IssuerKeys(KeySource source, Loop home, Timers timers, InstantSource clock) {
    this.source = source;
    this.home = home;
    this.timers = timers;
    this.clock = clock;
  }

  /** Fetches them, soon and from then on; nobody waits for it. */
  public void start() {
    home.run(this::fetch);
  }

  /** Fetches nothing from now on. */
  public void stop() {
    home.run(
        () -> {
          stopped = true;
          cancelNext();
        });
  }

  /** Those that were fetched last; none before the first time. */
  KeySet now() {
    return now;
  }

  /** How many there are. */
  public int count() {
    return now.size();
  }

  /** When they were fetched; empty: never yet. */
  public Optional<Instant> fetched() {
    return Optional.ofNullable(fetched);
  }

  /** How often they could not be fetched. */
  public long failures() {
    return failures.get();
  }

  /** Those that an issuer has now, as far as it may be asked again; on the caller's event loop. */
  Future<KeySet> newer(Loop caller) {
    if (!fetching && !isDue()) {
      return Future.succeededFuture(now);
    }
    Promise<KeySet> answer = caller.promise();
    home.run(() -> ask(answer));
    return answer.future();
  }

  private boolean isDue() {
    var last = begun;
    return last == null || !clock.instant().isBefore(last.plus(ASKED_EVERY));
  }

  private void ask(Promise<KeySet> answer) {
    if (waiting.size() >= WAITING_MAX) {
      answer.fail(Problem.overloaded("issuer_keys"));
    } else if (fetching) {
      waiting.add(answer);
    } else if (isDue() && !stopped) {
      waiting.add(answer);
      fetch();
    } else {
      answer.complete(now);
    }
  }

  private void fetch() {
    if (fetching || stopped) {
      return;
    }
    cancelNext();
    fetching = true;
    begun = clock.instant();
    source.fetch().onComplete(this::done);
  }

  private void done(AsyncResult<KeySet> result) {
    fetching = false;
    if (result.succeeded()) {
      take(result.result());
    } else {
      failed(result.cause());
    }
    if (!stopped) {
      next = timers.after(result.succeeded() ? REFRESH : pause(), this::fetch);
    }
    var answered = List.copyOf(waiting);
    waiting.clear();
    answered.forEach(answer -> answer.complete(now));
  }

  private void take(KeySet keys) {
    boolean isNew = !keys.hasSameKeysAs(now);
    fetched = clock.instant();
    retry = RETRY_FIRST;
    // The same keys may be said to be for something else now.
    now = keys;
    if (isNew || !refused.isEmpty()) {
      log.atInfo().addKeyValue("keys", keys.size()).log("issuer_keys.fetched");
    }
    refused = "";
  }

  private void failed(Throwable failure) {
    failures.incrementAndGet();
    String reason = failure instanceof KeyFault fault ? fault.line() : String.valueOf(failure);
    if (!reason.equals(refused)) {
      refused = reason;
      log.atWarn()
          .addKeyValue("reason", reason)
          .addKeyValue("keys", now.size())
          .log("issuer_keys.not_fetched");
    }
  }

  private Duration pause() {
    var pause = retry;
    var doubled = retry.multipliedBy(2);
    retry = doubled.compareTo(REFRESH) < 0 ? doubled : REFRESH;
    return pause;
  }

  private void cancelNext() {
    var timer = next;
    if (timer != null) {
      timer.cancel();
    }
  }
}
