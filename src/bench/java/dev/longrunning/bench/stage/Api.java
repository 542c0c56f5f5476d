package dev.longrunning.bench.stage;

import com.google.longrunning.GetOperationRequest;
import com.google.longrunning.WaitOperationRequest;
import com.google.protobuf.Any;
import com.google.protobuf.Duration;
import com.google.protobuf.Empty;
import dev.longrunning.bench.Hot;
import dev.longrunning.bench.Run;
import dev.longrunning.bench.wire.Call;
import dev.longrunning.bench.wire.Caller;
import dev.longrunning.v1.CompleteOperationRequest;
import dev.longrunning.v1.StartOperationRequest;
import dev.longrunning.v1.UpdateOperationRequest;
import dev.longrunning.v1.WatchOperationRequest;
import java.util.Map;

/** The calls of this server that are measured. */
final class Api {
  static final String GET = "/google.longrunning.Operations/GetOperation";
  static final String PRODUCER = "/longrunning.v1.OperationProducer/";
  private static final String WATCH = "/longrunning.v1.OperationWatcher/WatchOperation";
  static final Map<String, String> CACHED = Map.of("longrunning-consistency", "cached");
  private static final int STARTS_IN_FLIGHT = 256;
  private static final int STARTS_FIRST = 1_000;
  private static final int STARTS_FIRST_IN_FLIGHT = 16;

  private Api() {}

  /** The names that operations have. */
  static String name(String parent, int number) {
    return parent + "/operations/o" + number;
  }

  static Call get(String name) {
    return Call.of(GET, GetOperationRequest.newBuilder().setName(name).build());
  }

  static Call cachedGet(String name) {
    var get = get(name);
    return new Call(get.path(), CACHED, get.message());
  }

  static Call start(String name, long says) {
    return Call.of(
        PRODUCER + "StartOperation",
        StartOperationRequest.newBuilder()
            .setName(name)
            .setMetadata(Hot.metadata(Hot.state(says)))
            .build());
  }

  static Call update(String name, long says) {
    return Call.of(PRODUCER + "UpdateOperation", updates(name, says));
  }

  /** Updates of one after the other of so many operations, over and over. */
  static Call.Source updatesInTurn(String parent, int operations) {
    var next = new long[1];
    return () -> update(name(parent, (int) (next[0] % operations)), next[0]++);
  }

  static UpdateOperationRequest updates(String name, long says) {
    return UpdateOperationRequest.newBuilder()
        .setName(name)
        .setMetadata(Hot.metadata(Hot.state(says)))
        .build();
  }

  static Call watch(String name) {
    return Call.of(WATCH, WatchOperationRequest.newBuilder().setName(name).build());
  }

  static Call complete(String name) {
    return Call.of(
        PRODUCER + "CompleteOperation",
        CompleteOperationRequest.newBuilder()
            .setName(name)
            .setResponse(Any.pack(Empty.getDefaultInstance()))
            .build());
  }

  static Call await(String name, Duration timeout) {
    return Call.of(
        "/google.longrunning.Operations/WaitOperation",
        WaitOperationRequest.newBuilder().setName(name).setTimeout(timeout).build());
  }

  /** Starts the hot operation. */
  static void startHot(Caller caller) throws InterruptedException {
    caller.all(1, 1, () -> start(Hot.NAME, 0));
  }

  /** Starts so many operations of a parent. */
  static void startAll(Run run, Caller caller, String parent, int count)
      throws InterruptedException {
    startAll(run, caller, parent, 0, count);
  }

  /** Starts those from one number up to another. */
  static void startAll(Run run, Caller caller, String parent, int from, int to)
      throws InterruptedException {
    run.says("starting " + (to - from) + " operations");
    var next = new int[] {from};
    // A server that has just begun is slow, and refuses what would have to wait for long.
    int first = Math.min(to - from, STARTS_FIRST);
    caller.all(first, STARTS_FIRST_IN_FLIGHT, () -> start(name(parent, next[0]++), 0));
    caller.all(to - from - first, STARTS_IN_FLIGHT, () -> start(name(parent, next[0]++), 0));
  }
}
