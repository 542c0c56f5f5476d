package dev.longrunning.app;

import static dev.longrunning.testing.Calls.payload;

import com.google.longrunning.ListOperationsRequest;
import com.google.longrunning.WaitOperationRequest;
import com.google.protobuf.util.Durations;
import com.google.rpc.Code;
import dev.longrunning.testing.ApiClient;
import dev.longrunning.testing.CallFailure;
import dev.longrunning.testing.Journal;
import dev.longrunning.v1.OperationSnapshot;
import dev.longrunning.v1.StartOperationRequest;
import dev.longrunning.v1.StartOperationResponse;
import dev.longrunning.v1.UpdateOperationRequest;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * Callers of every kind, each with one call at a time, over a fixed set of operations.
 *
 * <p><b>Promise.</b> What may not happen is a fault: a failure that is not UNAVAILABLE with a
 * RetryInfo, or any at all of a read that takes what is remembered.
 */
final class OutageLoad {
  /** What is called. */
  enum Kind {
    STRONG_READ(64),
    CACHED_READ(16),
    WRITE(64),
    LEASED_WRITE(16),
    LIST(4),
    WAIT(32);

    private final int callers;

    Kind(int callers) {
      this.callers = callers;
    }
  }

  static final int WAIT_SECONDS = 3;

  /**
   * Shorter than the outage; longer than it takes until every chore of the server is done again.
   */
  static final int LEASE_SECONDS = 10;

  private static final int QUIET = 64;
  private static final int PAUSE_MILLIS = 10;

  private final Vertx vertx;
  private final ApiClient client;
  private final Journal journal;
  private final Map<Kind, Tally> tallies = new EnumMap<>(Kind.class);
  private final List<String> quiet = new ArrayList<>();
  private final List<StartOperationResponse> written = new ArrayList<>();
  private final List<StartOperationResponse> leased = new ArrayList<>();
  private final List<StartOperationResponse> silent = new ArrayList<>();
  private final Queue<String> faults = new ConcurrentLinkedQueue<>();
  private volatile boolean running;

  /** How the calls of one kind went. */
  static final class Tally {
    final AtomicLong answered = new AtomicLong();
    final AtomicLong refused = new AtomicLong();
    final AtomicLong slowestNanos = new AtomicLong();
    final AtomicLong lastRefusedNanos = new AtomicLong(Long.MIN_VALUE);
    final AtomicLong lastAnsweredNanos = new AtomicLong(Long.MIN_VALUE);
    volatile String lastRefusal = "";
  }

  OutageLoad(Vertx vertx, ApiClient client, Journal journal) {
    this.vertx = vertx;
    this.client = client;
    this.journal = journal;
    for (Kind kind : Kind.values()) {
      tallies.put(kind, new Tally());
    }
  }

  /** Starts the operations that all calls are about. */
  Future<Void> prepare() {
    var starts = new ArrayList<Future<?>>();
    for (int i = 0; i < QUIET; i++) {
      starts.add(begin("quiet", false).onSuccess(started -> quiet.add(name(started))));
    }
    for (int i = 0; i < Kind.WRITE.callers; i++) {
      starts.add(begin("written", false).onSuccess(written::add));
    }
    for (int i = 0; i < Kind.LEASED_WRITE.callers; i++) {
      starts.add(begin("leased", true).onSuccess(leased::add));
    }
    // Read once, so that they are remembered.
    return Future.all(starts)
        .compose(all -> Future.all(quiet.stream().map(client::get).toList()))
        .mapEmpty();
  }

  private Future<StartOperationResponse> begin(String collection, boolean lease) {
    var request = StartOperationRequest.newBuilder().setParent("load/" + collection);
    if (lease) {
      request.setLeaseDuration(Durations.fromSeconds(LEASE_SECONDS));
    }
    return client.start(request.build()).onSuccess(started -> journal.took(started.getSnapshot()));
  }

  private static String name(StartOperationResponse started) {
    return started.getSnapshot().getOperation().getName();
  }

  static List<String> collections() {
    return List.of("load/quiet", "load/written", "load/leased", "load/silent");
  }

  /** Starts operations with a lease whose producers then say nothing for a while. */
  Future<Void> beginSilent() {
    var starts =
        IntStream.range(0, Kind.LEASED_WRITE.callers)
            .mapToObj(i -> begin("silent", true).onSuccess(silent::add))
            .toList();
    return Future.all(starts).mapEmpty();
  }

  /** Their producers are heard of again; fails if an operation was ended meanwhile. */
  Future<Void> renewSilent() {
    var renewals =
        silent.stream()
            .map(
                started ->
                    UpdateOperationRequest.newBuilder()
                        .setName(name(started))
                        .setLeaseToken(started.getLease().getToken())
                        .build())
            .map(client::update)
            .toList();
    return Future.all(renewals).mapEmpty();
  }

  Tally tally(Kind kind) {
    return tallies.get(kind);
  }

  Queue<String> faults() {
    return faults;
  }

  /** Operations that nobody changes. */
  List<String> quiet() {
    return quiet;
  }

  /** Lets all callers call; completes once {@link #stop} has stopped them. */
  Future<Void> run() {
    running = true;
    var callers = new ArrayList<Future<Void>>();
    callers.addAll(readers(Kind.STRONG_READ, client::get));
    callers.addAll(readers(Kind.CACHED_READ, client::getCached));
    callers.addAll(readers(Kind.LIST, this::list));
    callers.addAll(readers(Kind.WAIT, this::waitFor));
    written.forEach(one -> callers.add(writer(Kind.WRITE, one)));
    leased.forEach(one -> callers.add(writer(Kind.LEASED_WRITE, one)));
    return Future.all(callers).mapEmpty();
  }

  void stop() {
    running = false;
  }

  private interface Call {
    Future<?> to(String name);
  }

  private List<Future<Void>> readers(Kind kind, Call call) {
    return IntStream.range(0, kind.callers)
        .mapToObj(caller -> repeat(kind, () -> call.to(any())))
        .toList();
  }

  private String any() {
    return quiet.get(ThreadLocalRandom.current().nextInt(quiet.size()));
  }

  private Future<?> list(String name) {
    return client.list(
        ListOperationsRequest.newBuilder().setName("load/written").setPageSize(20).build());
  }

  private Future<?> waitFor(String name) {
    var request = WaitOperationRequest.newBuilder().setName(name);
    return client.waitFor(request.setTimeout(Durations.fromSeconds(WAIT_SECONDS)).build());
  }

  private Future<Void> repeat(Kind kind, Supplier<Future<?>> call) {
    Promise<Void> stopped = Promise.promise();
    step(kind, call, stopped);
    return stopped.future();
  }

  private void step(Kind kind, Supplier<Future<?>> call, Promise<Void> stopped) {
    if (!running) {
      stopped.complete();
      return;
    }
    long begun = System.nanoTime();
    call.get()
        .onComplete(
            done -> {
              ended(kind, begun, done.cause());
              vertx.setTimer(PAUSE_MILLIS, now -> step(kind, call, stopped));
            });
  }

  private void ended(Kind kind, long begun, Throwable failure) {
    var tally = tally(kind);
    long now = System.nanoTime();
    tally.slowestNanos.accumulateAndGet(now - begun, Math::max);
    if (failure == null) {
      tally.answered.incrementAndGet();
      tally.lastAnsweredNanos.set(now);
      return;
    }
    tally.refused.incrementAndGet();
    tally.lastRefusedNanos.set(now);
    tally.lastRefusal = failure.getMessage();
    boolean allowed =
        kind != Kind.CACHED_READ
            && CallFailure.is(failure, Code.UNAVAILABLE)
            && ((CallFailure) failure).saysWhenToRetry();
    if (!allowed) {
      faults.add(kind + ": " + failure);
    }
  }

  /** Changes one operation, each time at the version acknowledged last; repeats until answered. */
  private Future<Void> writer(Kind kind, StartOperationResponse started) {
    var change = new Change(started);
    return repeat(kind, change::send);
  }

  private final class Change {
    private final String token;
    private final String name;
    private UpdateOperationRequest next;

    Change(StartOperationResponse started) {
      token = started.getLease().getToken();
      name = name(started);
      prepare(journal.newest(name));
    }

    private void prepare(OperationSnapshot last) {
      next =
          UpdateOperationRequest.newBuilder()
              .setName(name)
              .setVersion(last.getVersion())
              .setLeaseToken(token)
              .setRequestId(UUID.randomUUID().toString())
              .setMetadata(payload(last.getVersion()))
              .build();
    }

    Future<?> send() {
      return client
          .update(next)
          .map(
              updated -> {
                prepare(journal.took(updated.getSnapshot()));
                return updated;
              });
    }
  }
}
