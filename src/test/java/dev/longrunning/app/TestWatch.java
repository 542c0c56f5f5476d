package dev.longrunning.app;

import dev.longrunning.profile.HttpRule;
import dev.longrunning.rpc.Call;
import dev.longrunning.rpc.Guard;
import dev.longrunning.rpc.Row;
import dev.longrunning.rpc.StreamListener;
import dev.longrunning.rpc.StreamMethod;
import dev.longrunning.rpc.StreamPeer;
import dev.longrunning.rpc.StreamReply;
import dev.longrunning.v1.WatchEvent;
import dev.longrunning.v1.WatchOperationsRequest;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.BiConsumer;

/** A stream of {@link WatchEvent}s whose handler does what a test tells it. */
final class TestWatch {
  static final String NAME = "WatchEvents";

  final BlockingQueue<WatchOperationsRequest> requests = new LinkedBlockingQueue<>();

  /** One for each stream that is over. */
  final BlockingQueue<Boolean> closed = new LinkedBlockingQueue<>();

  private volatile BiConsumer<StreamPeer, WatchOperationsRequest> script = (peer, request) -> {};

  /** What streams do from now on once they have their request. */
  void script(BiConsumer<StreamPeer, WatchOperationsRequest> next) {
    script = next;
  }

  void forget() {
    requests.clear();
    closed.clear();
    script((peer, request) -> {});
  }

  /** Sends events, and ends. */
  void send(WatchEvent... events) {
    script(
        (peer, request) -> {
          List.of(events).forEach(event -> peer.send(StreamReply.of(event)));
          peer.end();
        });
  }

  static WatchEvent changed(String name, String token) {
    var event = WatchEvent.newBuilder().setResumeToken(token);
    event.getChangedBuilder().getOperationBuilder().setName(name);
    return event.build();
  }

  Row<?, ?> row() {
    return new StreamMethod<>(
        TestMethods.SERVICE,
        NAME,
        WatchOperationsRequest.getDefaultInstance(),
        WatchEvent.getDefaultInstance(),
        List.of(HttpRule.get("/v1/{name=operations/**}:watch")),
        Guard.anybody("longrunning.test"),
        StreamMethod.Requests.ONE,
        this::open);
  }

  private StreamListener<WatchOperationsRequest> open(Call call, StreamPeer peer) {
    return new StreamListener<>() {
      @Override
      public void request(WatchOperationsRequest request) {
        requests.add(request);
        script.accept(peer, request);
      }

      @Override
      public void closed() {
        closed.add(true);
      }
    };
  }
}
