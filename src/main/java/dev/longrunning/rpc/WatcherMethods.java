package dev.longrunning.rpc;

import com.google.protobuf.FieldMask;
import com.google.protobuf.Message;
import dev.longrunning.filter.Filters;
import dev.longrunning.operation.Problem;
import dev.longrunning.profile.StandardMethod;
import dev.longrunning.v1.WatchEvent;
import dev.longrunning.v1.WatchOperationRequest;
import dev.longrunning.v1.WatchOperationsRequest;
import dev.longrunning.watch.Event;
import dev.longrunning.watch.Hub;
import dev.longrunning.watch.Outlet;
import dev.longrunning.watch.Watch;
import dev.longrunning.watch.Watched;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The rows of {@code longrunning.v1.OperationWatcher}, over the watches of one event loop. */
public final class WatcherMethods {
  public static final String SERVICE = "longrunning.v1.OperationWatcher";

  static final String WATCH_OPERATION = "longrunning.operations.watch";
  static final String WATCH_COLLECTION = "longrunning.operations.watchAll";

  private final Hub hub;
  private final Filters filters;
  private final WatchReplies replies = new WatchReplies();

  private WatcherMethods(Hub hub, Filters filters) {
    this.hub = hub;
    this.filters = filters;
  }

  public static List<Row<?, ?>> of(Hub hub, Filters filters) {
    var methods = new WatcherMethods(hub, filters);
    return List.of(
        row(
            "WatchOperation",
            WatchOperationRequest.getDefaultInstance(),
            Guard.on(
                    WATCH_OPERATION,
                    StandardMethod.GET,
                    Subject.operation(
                        WatchOperationRequest::getService, WatchOperationRequest::getName))
                .alsoByTicket(),
            (call, peer) -> methods.new OperationStream(call, peer)),
        row(
            "WatchOperations",
            WatchOperationsRequest.getDefaultInstance(),
            Guard.on(
                    WATCH_COLLECTION,
                    StandardMethod.LIST,
                    new CollectionSubject<>(
                        filters,
                        WatchOperationsRequest::getService,
                        WatchOperationsRequest::getName,
                        WatchOperationsRequest::getFilter))
                .alsoByTicket(),
            (call, peer) -> methods.new CollectionStream(call, peer)));
  }

  private static <Q extends Message> StreamMethod<Q, WatchEvent> row(
      String name, Q request, Guard<Q> guard, StreamMethod.Handler<Q> handler) {
    return new StreamMethod<>(
        SERVICE,
        name,
        request,
        WatchEvent.getDefaultInstance(),
        List.of(),
        guard,
        StreamMethod.Requests.ONE,
        handler);
  }

  /** One stream: its request opens a watch, and the watch writes to it. */
  private abstract class WatchStream<Q extends Message> implements StreamListener<Q>, Outlet {
    final Call call;
    private final StreamPeer peer;
    private FieldMask mask = FieldMask.getDefaultInstance();
    private @Nullable Watch watch;
    private boolean closed;

    WatchStream(Call call, StreamPeer peer) {
      this.call = call;
      this.peer = peer;
    }

    abstract FieldMask mask(Q request);

    abstract Watch open(Q request);

    @Override
    public final void request(Q request) {
      Bounds.check(request);
      mask = mask(request);
      var opened = open(request);
      if (closed) {
        // It came to its end while it was opened.
        opened.close();
      } else {
        watch = opened;
      }
    }

    @Override
    public final void ready() {
      if (watch != null) {
        watch.ready();
      }
    }

    @Override
    public final void stopping(StreamPeer stopped, Problem problem) {
      if (watch != null) {
        watch.lastWords();
      }
      stopped.fail(problem);
    }

    @Override
    public final void closed() {
      closed = true;
      if (watch != null) {
        watch.close();
      }
    }

    @Override
    public final boolean isReady() {
      return peer.isReady();
    }

    @Override
    public final boolean showsLast() {
      return peer.showsLast();
    }

    @Override
    public final void send(Event event) {
      try {
        peer.send(replies.of(event, mask));
      } catch (RuntimeException broken) {
        // Nobody up there could: it is told by the feed, and tells many streams.
        peer.fail(broken);
      }
    }

    @Override
    public final void end() {
      peer.end();
    }

    @Override
    public final void fail(Problem problem) {
      peer.fail(problem);
    }
  }

  private final class OperationStream extends WatchStream<WatchOperationRequest> {
    OperationStream(Call call, StreamPeer peer) {
      super(call, peer);
    }

    @Override
    FieldMask mask(WatchOperationRequest request) {
      return request.getReadMask();
    }

    @Override
    Watch open(WatchOperationRequest request) {
      var key = Decoding.key(call, request.getService(), request.getName());
      return hub.watchOperation(key, request.getResumeToken(), this);
    }
  }

  private final class CollectionStream extends WatchStream<WatchOperationsRequest> {
    CollectionStream(Call call, StreamPeer peer) {
      super(call, peer);
    }

    @Override
    FieldMask mask(WatchOperationsRequest request) {
      return request.getReadMask();
    }

    @Override
    Watch open(WatchOperationsRequest request) {
      if (request.getChangesOnly() && !request.getResumeToken().isEmpty()) {
        throw Problem.invalid("changes_only", true, "only without resume_token");
      }
      var service = call.services().ofCollection(request.getService(), request.getName());
      var lists = service.lists();
      var sieve = filters.read(lists.dialect(), request.getFilter()).within(call.view());
      var pattern = lists.collections("name", request.getName(), sieve.collection());
      var watched = Watched.of(service.id(), pattern, request.getFilter(), sieve);
      return hub.watchCollection(watched, request.getResumeToken(), request.getChangesOnly(), this);
    }
  }
}
