package dev.longrunning.connection;

/**
 * Counts the frames of DATA that hold next to nothing. What waits to be read is bounded in bytes,
 * by the window of its connection; each frame of it takes some 100 bytes more.
 *
 * <p><b>Promise.</b> Says no once too many frames have come for their bytes, however fast or
 * slowly: no window holds more than twice {@value #FRAMES_MAX} of them. Frames of {@value
 * #AVERAGE_BYTES_MIN} bytes on average are never too many.
 *
 * <p><b>Threads.</b> Confined to one event loop.
 */
final class TinyFrames {
  /** The window of a connection, past which everything that came before has been read. */
  static final int WINDOW_BYTES = 1_048_576;

  /** The least request that anybody sends many of has a prefix of 5 bytes and a name. */
  static final int AVERAGE_BYTES_MIN = 16;

  static final int FRAMES_MAX = WINDOW_BYTES / AVERAGE_BYTES_MIN;

  private int bytes;
  private int frames;

  /** Takes one back: each call may have a small frame. */
  void forgive() {
    frames = Math.max(0, frames - 1);
  }

  /** Counts a frame of so many bytes; false: that is one too many. */
  boolean counts(int length) {
    bytes += length;
    if (bytes >= WINDOW_BYTES) {
      bytes = 0;
      frames = 0;
    }
    frames++;
    return frames <= FRAMES_MAX;
  }
}
