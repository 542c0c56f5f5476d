package dev.longrunning.rpc;

/**
 * The bytes of unfinished requests that one event loop holds.
 *
 * <p><b>Promise.</b> What was taken and is given back adds up; what does not fit is not taken.
 *
 * <p><b>Threads.</b> Confined to one event loop.
 *
 * <p><b>Bounds.</b> {@value #BYTES_MAX} bytes: 16 requests of the largest size at a time. Without
 * it a single connection of 1,000 streams could hold 4 GiB.
 */
public final class BodyBudget {
  static final int BYTES_MAX = 67_108_864;

  private long held;

  /** Whether that many bytes more may be held; if so, they are counted. */
  public boolean take(int bytes) {
    if (held + bytes > BYTES_MAX) {
      return false;
    }
    held += bytes;
    return true;
  }

  long held() {
    return held;
  }

  public void give(int bytes) {
    held -= bytes;
    if (held < 0) {
      throw new IllegalStateException("more bytes of bodies were given back than taken");
    }
  }
}
