package dev.longrunning.fleet;

import com.google.rpc.Code;
import dev.longrunning.testing.Frames;
import dev.longrunning.testing.RawHttp2;
import dev.longrunning.v1.OperationSnapshot;
import dev.longrunning.v1.WatchEvent;
import dev.longrunning.v1.WatchOperationRequest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Watches of operations over gRPC, all on one connection, as lean as a client can be.
 *
 * <p><b>Threads.</b> One at a time.
 */
final class Sheaf implements AutoCloseable {
  private static final int PREFIX_BYTES = 5;

  private final RawHttp2 connection;
  private final List<String> names;

  /** Opens a stream for each name; comes back once each has its first event. */
  Sheaf(int port, List<String> names) {
    this.connection = RawHttp2.open(port);
    this.names = List.copyOf(names);
    for (int i = 0; i < names.size(); i++) {
      connection.send(request(stream(i), names.get(i)));
    }
    for (int i = 0; i < names.size(); i++) {
      connection.awaitBody(stream(i), PREFIX_BYTES);
    }
  }

  private static int stream(int index) {
    return 2 * index + 1;
  }

  private static byte[] request(int stream, String name) {
    byte[] headers =
        Frames.headers(
            stream,
            false,
            ":method",
            "POST",
            ":scheme",
            "http",
            ":path",
            "/longrunning.v1.OperationWatcher/WatchOperation",
            ":authority",
            "localhost",
            "content-type",
            "application/grpc",
            "te",
            "trailers");
    byte[] message = WatchOperationRequest.newBuilder().setName(name).build().toByteArray();
    var framed = ByteBuffer.allocate(PREFIX_BYTES + message.length);
    framed.put((byte) 0).putInt(message.length).put(message);
    byte[] data = Frames.data(stream, true, framed.array());
    return ByteBuffer.allocate(headers.length + data.length).put(headers).put(data).array();
  }

  /** Reads all streams to their ends; answers with the last state that each was sent. */
  List<OperationSnapshot> lastStates() throws IOException {
    var states = new ArrayList<OperationSnapshot>();
    for (int i = 0; i < names.size(); i++) {
      var answer = connection.answer(stream(i));
      String status = answer.header("grpc-status");
      if (!status.equals(Integer.toString(Code.OK_VALUE))) {
        throw new AssertionError(names.get(i) + " ended with " + status + answer.headers());
      }
      states.add(last(answer.body()));
    }
    return states;
  }

  private static OperationSnapshot last(byte[] body) throws IOException {
    var rest = ByteBuffer.wrap(body);
    var last = OperationSnapshot.getDefaultInstance();
    while (rest.hasRemaining()) {
      rest.get();
      var message = rest.slice().limit(4 + rest.getInt());
      var event = WatchEvent.parseFrom(message.position(4));
      rest.position(rest.position() + message.limit() - 4);
      last = event.hasChanged() ? event.getChanged() : last;
    }
    return last;
  }

  @Override
  public void close() {
    connection.close();
  }
}
