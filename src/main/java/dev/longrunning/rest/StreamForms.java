package dev.longrunning.rest;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Message;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The forms of streams over HTTP.
 *
 * <p><b>Promise.</b> One object for each look of each type, whichever event loop asks: replies are
 * encoded once for all streams that have it.
 *
 * <p><b>Threads.</b> Any.
 *
 * <p><b>Bounds.</b> Six for each type that some row of the table answers with.
 */
final class StreamForms {
  private record Look(Descriptor type, StreamMedia media, boolean enumNumbers) {}

  private final JsonMessages json;
  private final Map<Look, StreamForm> forms = new ConcurrentHashMap<>();

  StreamForms(JsonMessages json) {
    this.json = json;
  }

  /**
   * Finds the form of replies.
   *
   * @param type an empty reply
   * @param enumNumbers see {@link JsonStyle}
   */
  StreamForm of(Message type, StreamMedia media, boolean enumNumbers) {
    var look = new Look(type.getDescriptorForType(), media, enumNumbers);
    return forms.computeIfAbsent(look, fresh -> form(media, new JsonLine(json, type, enumNumbers)));
  }

  private static StreamForm form(StreamMedia media, JsonLine line) {
    return switch (media) {
      case JSON -> new JsonArrayForm(line);
      case LINES -> new JsonLinesForm(line);
      case EVENTS -> new SseForm(line);
    };
  }
}
