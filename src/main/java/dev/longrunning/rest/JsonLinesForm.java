package dev.longrunning.rest;

import dev.longrunning.rpc.StreamReply;
import io.vertx.core.buffer.Buffer;

/** JSON, a message a line; an error is the last line. */
final class JsonLinesForm implements StreamForm {
  private final StreamReply.Form reply;

  JsonLinesForm(JsonLine line) {
    this.reply = reply -> Buffer.buffer(line.print(reply) + '\n');
  }

  @Override
  public String contentType() {
    return StreamMedia.LINES.type;
  }

  @Override
  public boolean emptyIsNoContent() {
    return false;
  }

  @Override
  public StreamReply.Form first() {
    return reply;
  }

  @Override
  public StreamReply.Form next() {
    return reply;
  }

  @Override
  public Buffer end(boolean began) {
    return Buffer.buffer();
  }

  @Override
  public Buffer failure(boolean began, String error) {
    return Buffer.buffer(error + '\n');
  }
}
