package dev.longrunning.bench.wire;

/**
 * What a call or a stream hears; one object may hear many streams. Called on the thread of the
 * loop.
 */
public interface Stream {

  /** A message: its bytes are valid during the call only. */
  void message(int id, byte[] bytes, int offset, int length);

  /**
   * The end, once; {@code status} is gRPC's, 14 if the connection broke, 13 if the stream was
   * reset.
   */
  void ended(int id, int status, String message);
}
