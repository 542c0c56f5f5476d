package dev.longrunning.rest;

import dev.longrunning.rpc.StreamReply;
import io.vertx.core.buffer.Buffer;

/**
 * One JSON array, an element a line; an error is its last element.
 *
 * <p>What stands between two elements is sent with the later one: an array must not end in a comma.
 */
final class JsonArrayForm implements StreamForm {
  private static final String OPEN = "[";
  private static final String BETWEEN = ",\n";
  private static final String CLOSE = "]\n";

  private final StreamReply.Form first;
  private final StreamReply.Form next;

  JsonArrayForm(JsonLine line) {
    this.first = reply -> Buffer.buffer(OPEN + line.print(reply));
    this.next = reply -> Buffer.buffer(BETWEEN + line.print(reply));
  }

  @Override
  public String contentType() {
    return "application/json; charset=utf-8";
  }

  @Override
  public boolean emptyIsNoContent() {
    return false;
  }

  @Override
  public boolean showsLast() {
    return false;
  }

  @Override
  public StreamReply.Form first() {
    return first;
  }

  @Override
  public StreamReply.Form next() {
    return next;
  }

  @Override
  public Buffer end(boolean began) {
    return Buffer.buffer(began ? CLOSE : OPEN + CLOSE);
  }

  @Override
  public Buffer failure(boolean began, String error) {
    return Buffer.buffer((began ? BETWEEN : OPEN) + error + CLOSE);
  }
}
