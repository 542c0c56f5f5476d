package dev.longrunning.bench.stage;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.longrunning.bench.Hot;
import dev.longrunning.bench.Rounds;
import dev.longrunning.bench.Run;
import dev.longrunning.bench.Stage;
import dev.longrunning.bench.peer.Etcd;
import dev.longrunning.bench.wire.Asker;
import dev.longrunning.bench.wire.Call;
import dev.longrunning.bench.wire.Caller;
import dev.longrunning.bench.wire.Receiver;
import dev.longrunning.v1.WatchEvent;
import dev.longrunning.v1.WatchOperationsRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Locale;

/** Watches that come back. */
final class Resume implements Stage {
  private static final String WATCH = "/longrunning.v1.OperationWatcher/WatchOperations";
  private static final int[] COLLECTIONS = {10_000, 1_000_000};
  private static final int[] MISSED = {1_000, 100_000};
  private static final int CHANGED = 10_000;
  private static final int CHANGES_IN_FLIGHT = 64;
  private static final int CHANGED_TAG = WatchEvent.CHANGED_FIELD_NUMBER << 3 | 2;
  private static final String KEYS = "resumed/";

  @Override
  public String name() {
    return "resume";
  }

  @Override
  public String about() {
    return "Milliseconds from the call of WatchOperations with a resume token to its synced bookmark, after 1,000 and after 100,000 missed changes of"
        + " up to 10,000 operations, in a collection of 10,000 and in one of 1,000,000; beside it etcd's watch of a prefix of"
        + " 10,000 keys from a revision on, until it has told of as many missed puts.";
  }

  @Override
  public void run(Run run) throws Exception {
    var server = run.server();
    var etcd = run.etcd();
    var caller = run.with(new Caller(2, server.port()));
    var other = run.with(new Caller(2, etcd.port()));
    var asker = run.with(new Asker(etcd.port()));
    var stored = new Stored(run, run.postgres());
    for (int operations : COLLECTIONS) {
      stored.fill(parent(operations), run.scale().of(operations), false);
    }
    for (int missed : MISSED) {
      Rounds rounds = run.rounds("ms");
      int changes = run.scale().of(missed);
      int changed = run.scale().of(CHANGED);
      for (int operations : COLLECTIONS) {
        String parent = parent(operations);
        rounds.add(
            inCollection(missed, operations),
            time -> {
              String token;
              try (var stream = new Receiver(server.port())) {
                token = bookmark(stream, watch(parent, ""), 0);
              }
              var next = new int[1];
              caller.all(
                  changes,
                  CHANGES_IN_FLIGHT,
                  () -> Api.update(Api.name(parent, next[0] % changed), next[0]++));
              return millis(
                  server.port(),
                  time,
                  stream -> bookmark(stream, watch(parent, token), Math.min(changes, changed)));
            });
      }
      rounds.add(
          inEtcd(missed),
          time -> {
            long revision = Etcd.revision(asker.ask(Etcd.put(KEYS, Hot.state(0))));
            var next = new int[1];
            other.all(
                changes,
                CHANGES_IN_FLIGHT,
                () -> Etcd.put(KEYS + next[0] % changed, Hot.state(next[0]++)));
            var watch = Etcd.watchPrefix(KEYS, revision + 1);
            return millis(etcd.port(), time, stream -> puts(stream, watch, changes));
          });
      rounds.measure();
    }
    found(run);
  }

  private static void found(Run run) {
    var findings = run.findings();
    for (int missed : MISSED) {
      String small = inCollection(missed, COLLECTIONS[0]);
      findings.atMost(1.2, inCollection(missed, COLLECTIONS[1]), small);
      findings.compare(small, inEtcd(missed));
    }
    findings.compare(
        inCollection(MISSED[1], COLLECTIONS[0]), inCollection(MISSED[0], COLLECTIONS[0]));
    findings.note(
        "Nobody else watches, so that what was missed comes out of the database's log. The newest state of an operation is sent, not every one that"
            + " was missed; etcd tells of every put. In each round the changes are made anew, and the watch comes back again and"
            + " again with the same token; the median counts.");
  }

  private static String inCollection(int missed, int operations) {
    return String.format(Locale.ROOT, "%,d changes missed, of %,d operations", missed, operations);
  }

  private static String inEtcd(int missed) {
    return String.format(Locale.ROOT, "%,d puts missed, etcd", missed);
  }

  private static String parent(int operations) {
    return "projects/resume-" + operations;
  }

  /** Without a token: only changes from now on. */
  private static Call watch(String parent, String token) {
    return Call.of(
        WATCH,
        WatchOperationsRequest.newBuilder()
            .setName(parent)
            .setResumeToken(token)
            .setChangesOnly(token.isEmpty())
            .build());
  }

  /** A stream that is read to some message. */
  private interface Reading {
    void on(Receiver receiver) throws Exception;
  }

  /** Again and again, each over a connection of its own that is open already: the median. */
  private static double millis(int port, Duration time, Reading reading) throws Exception {
    var nanos = new ArrayList<Long>();
    long until = System.nanoTime() + time.toNanos();
    do {
      try (var receiver = new Receiver(port)) {
        long begun = System.nanoTime();
        reading.on(receiver);
        nanos.add(System.nanoTime() - begun);
      }
    } while (System.nanoTime() < until);
    nanos.sort(null);
    return nanos.get(nanos.size() / 2) / 1e6;
  }

  /**
   * Reads to the synced bookmark, before which so many changes come at least; answers its token.
   */
  private static String bookmark(Receiver receiver, Call watch, int changesMin)
      throws InterruptedException {
    var changes = new int[1];
    var token = new String[1];
    receiver.read(
        watch,
        (bytes, offset, length) -> {
          if (bytes[offset] == CHANGED_TAG) {
            changes[0]++;
            return false;
          }
          var event = event(bytes, offset, length);
          if (event.hasReset()) {
            throw new IllegalStateException("got " + event + ", expected changes");
          }
          token[0] = event.getResumeToken();
          return event.getBookmark().getSynced();
        });
    if (changes[0] < changesMin) {
      throw new IllegalStateException("got " + changes[0] + " changes, missed were " + changesMin);
    }
    return token[0];
  }

  private static WatchEvent event(byte[] bytes, int offset, int length)
      throws InvalidProtocolBufferException {
    return WatchEvent.parser().parseFrom(bytes, offset, length);
  }

  private static void puts(Receiver receiver, Call watch, int puts) throws InterruptedException {
    var left = new int[] {puts};
    receiver.read(
        watch,
        (bytes, offset, length) -> {
          left[0] -= Etcd.events(bytes, offset, length);
          return left[0] <= 0;
        });
  }
}
