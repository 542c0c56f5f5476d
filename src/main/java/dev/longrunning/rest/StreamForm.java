package dev.longrunning.rest;

import dev.longrunning.rpc.StreamReply;
import io.vertx.core.buffer.Buffer;

/**
 * How the replies of one type look in the body of a stream, and what is around them.
 *
 * <p><b>Promise.</b> Whatever was sent last is complete: nothing that comes later is needed to read
 * it.
 *
 * <p><b>Threads.</b> Any; it has no state, and is the same object for all streams that look so.
 */
interface StreamForm {
  String contentType();

  /** Whether a stream that ends without a reply is to be told as 204. */
  boolean emptyIsNoContent();

  /** Whether clients read a reply before the next one comes. */
  default boolean showsLast() {
    return true;
  }

  /** Of the first reply of a stream. */
  StreamReply.Form first();

  /** Of every later one. */
  StreamReply.Form next();

  /**
   * What a body ends with.
   *
   * @param began whether there was a reply
   */
  Buffer end(boolean began);

  /**
   * What a body ends with if the stream failed.
   *
   * @param began whether there was a reply
   * @param error the body of the error, on one line
   */
  Buffer failure(boolean began, String error);
}
