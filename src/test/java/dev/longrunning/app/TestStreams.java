package dev.longrunning.app;

import com.google.longrunning.GetOperationRequest;
import com.google.longrunning.Operation;
import dev.longrunning.operation.Problem;
import dev.longrunning.profile.HttpRule;
import dev.longrunning.rpc.Call;
import dev.longrunning.rpc.Guard;
import dev.longrunning.rpc.Row;
import dev.longrunning.rpc.StreamListener;
import dev.longrunning.rpc.StreamMethod;
import dev.longrunning.rpc.StreamPeer;
import dev.longrunning.rpc.StreamReply;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.BiConsumer;

/** Streams whose handlers do what a test tells them, and tell what happens to them. */
final class TestStreams {
  /** One request, and many. */
  static final String WATCH = "WatchOne";

  static final String REPORT = "ReportMany";

  /** What a stream is told but for its requests. */
  enum Told {
    HALF_CLOSED,
    READY,
    DRAINING,
    CLOSED
  }

  /** One stream, as it was opened. */
  static final class Opened implements StreamListener<GetOperationRequest> {
    final Call call;
    final StreamPeer peer;

    /** Names of operations asked for, and {@link Told}. */
    final BlockingQueue<Object> events = new LinkedBlockingQueue<>();

    private final Context loop = Vertx.currentContext();
    private final BiConsumer<Opened, Object> script;

    Opened(Call call, StreamPeer peer, BiConsumer<Opened, Object> script) {
      this.call = call;
      this.peer = peer;
      this.script = script;
    }

    /** Does something on the stream's event loop, and waits for it. */
    <T> T run(Callable<T> work) {
      return TestServer.await(
          Future.future(
              promise ->
                  loop.runOnContext(
                      now -> {
                        try {
                          promise.complete(work.call());
                        } catch (Exception e) {
                          promise.fail(e);
                        }
                      })));
    }

    void pull() {
      run(
          () -> {
            peer.pull();
            return null;
          });
    }

    void send(String name) {
      run(
          () -> {
            peer.send(reply(name));
            return null;
          });
    }

    void end() {
      run(
          () -> {
            peer.end();
            return null;
          });
    }

    void fail(Problem problem) {
      run(
          () -> {
            peer.fail(problem);
            return null;
          });
    }

    Object event() {
      return TestServer.take(events);
    }

    private void tell(Object event) {
      events.add(event);
      script.accept(this, event);
    }

    @Override
    public void request(GetOperationRequest request) {
      tell(request.getName());
    }

    @Override
    public void halfClosed() {
      tell(Told.HALF_CLOSED);
    }

    @Override
    public void ready() {
      tell(Told.READY);
    }

    @Override
    public void draining(StreamPeer told) {
      tell(Told.DRAINING);
    }

    @Override
    public void closed() {
      tell(Told.CLOSED);
    }
  }

  final BlockingQueue<Opened> opened = new LinkedBlockingQueue<>();

  private volatile BiConsumer<Opened, Object> script = (stream, event) -> {};

  /** What streams that open from now on do at each event; the first is the stream itself. */
  void script(BiConsumer<Opened, Object> next) {
    script = next;
  }

  void forget() {
    opened.clear();
    script((stream, event) -> {});
  }

  static StreamReply reply(String name) {
    return StreamReply.of(Operation.newBuilder().setName(name).build());
  }

  List<Row<?, ?>> rows() {
    return List.of(row(WATCH, StreamMethod.Requests.ONE), row(REPORT, StreamMethod.Requests.MANY));
  }

  private StreamMethod<GetOperationRequest, Operation> row(
      String name, StreamMethod.Requests requests) {
    return new StreamMethod<>(
        TestMethods.SERVICE,
        name,
        GetOperationRequest.getDefaultInstance(),
        Operation.getDefaultInstance(),
        List.of(HttpRule.get("/v1/{name=operations/**}:" + name)),
        Guard.anybody("longrunning.test"),
        requests,
        this::open);
  }

  private StreamListener<GetOperationRequest> open(Call call, StreamPeer peer) {
    var stream = new Opened(call, peer, script);
    script.accept(stream, stream);
    opened.add(stream);
    return stream;
  }
}
