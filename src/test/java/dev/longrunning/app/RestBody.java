package dev.longrunning.app;

import com.google.longrunning.Operation;
import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import com.google.rpc.Code;
import com.google.rpc.Status;
import dev.longrunning.types.Types;
import dev.longrunning.v1.WatchEvent;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The body of a stream of operations over HTTP as a client reads it: each reply as soon as its last
 * byte is there. The whole is looked at once more at the end, by parsers that know nothing of
 * streams.
 */
final class RestBody {
  private static final JsonFormat.Parser PARSER =
      JsonFormat.parser().usingTypeRegistry(Types.builtIn().registry());

  private static final Set<String> KINDS = Set.of("changed", "gone", "bookmark", "reset");

  private final String type;
  private final Consumer<byte[]> replies;

  /** One character a byte. */
  private final StringBuilder whole = new StringBuilder();

  private final List<String> taken = new ArrayList<>();
  private Optional<Status> error = Optional.empty();
  private int read;

  RestBody(String type, Consumer<byte[]> replies) {
    this.type = type;
    this.replies = replies;
  }

  /** Takes what came; of an answer that is no stream, nothing is read before it is whole. */
  void take(Buffer part, boolean stream) {
    whole.append(part.toString(StandardCharsets.ISO_8859_1));
    if (!stream) {
      return;
    }
    switch (type) {
      case "application/json" -> takeElements();
      case "application/x-ndjson" -> takeLines();
      default -> takeEvents();
    }
  }

  private void takeElements() {
    int depth = 0;
    boolean text = false;
    int begin = read;
    for (int i = read; i < whole.length(); i++) {
      char c = whole.charAt(i);
      if (text) {
        i += c == '\\' ? 1 : 0;
        text = c != '"';
      } else if (c == '"') {
        text = true;
      } else if (c == '{' && depth++ == 0) {
        begin = i;
      } else if (c == '}' && --depth == 0) {
        takeJson(whole.substring(begin, i + 1));
        read = i + 1;
      }
    }
  }

  private void takeLines() {
    for (int end = whole.indexOf("\n", read); end >= 0; end = whole.indexOf("\n", read)) {
      takeJson(whole.substring(read, end));
      read = end + 1;
    }
  }

  private void takeEvents() {
    for (int end = whole.indexOf("\n\n", read); end >= 0; end = whole.indexOf("\n\n", read)) {
      for (var event : SseEvent.parse(whole.substring(read, end + 2))) {
        // A reply of several kinds is of the one that it holds.
        boolean known = KINDS.contains(event.event());
        String kind = known ? event.event() : "message";
        boolean failed = new JsonObject(event.data()).containsKey("error");
        if (!event.event().equals(failed ? "error" : kind)
            || (known && !new JsonObject(event.data()).containsKey(kind))) {
          throw new AssertionError("of kind " + event);
        }
        takeJson(event.data());
      }
      read = end + 2;
    }
  }

  private void takeJson(String latin) {
    var json = new String(latin.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    taken.add(json);
    var object = new JsonObject(json);
    if (error.isPresent()) {
      throw new AssertionError("behind the error: " + json);
    }
    if (object.containsKey("error")) {
      error = Optional.of(status(object.getJsonObject("error")));
    } else {
      Message.Builder reply =
          object.containsKey("resumeToken") ? WatchEvent.newBuilder() : Operation.newBuilder();
      replies.accept(merged(json, reply).build().toByteArray());
    }
  }

  /** How it ended. */
  Status end(boolean stream, boolean empty) {
    var text =
        new String(whole.toString().getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    if (!stream) {
      return empty
          ? Status.getDefaultInstance()
          : status(new JsonObject(text).getJsonObject("error"));
    }
    var all = new ArrayList<JsonObject>();
    switch (type) {
      case "application/json" ->
          new JsonArray(text).forEach(element -> all.add((JsonObject) element));
      case "application/x-ndjson" -> text.lines().forEach(line -> all.add(new JsonObject(line)));
      default -> SseEvent.parse(text).forEach(event -> all.add(new JsonObject(event.data())));
    }
    if (!all.equals(taken.stream().map(JsonObject::new).toList())) {
      throw new AssertionError("not what came piece by piece: " + text);
    }
    return error.orElse(Status.getDefaultInstance());
  }

  static Status status(JsonObject error) {
    var status =
        Status.newBuilder()
            .setCode(Code.valueOf(error.getString("status")).getNumber())
            .setMessage(error.getString("message"));
    error
        .getJsonArray("details")
        .forEach(
            detail ->
                status.addDetails(
                    (Any) merged(((JsonObject) detail).encode(), Any.newBuilder()).build()));
    return status.build();
  }

  private static Message.Builder merged(String json, Message.Builder builder) {
    try {
      PARSER.merge(json, builder);
      return builder;
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(json, e);
    }
  }
}
