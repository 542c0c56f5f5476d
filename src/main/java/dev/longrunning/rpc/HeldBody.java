package dev.longrunning.rpc;

import io.vertx.core.buffer.Buffer;

/**
 * The bytes of one body, counted towards a {@link BodyBudget} until they are released.
 *
 * <p><b>Threads.</b> Confined to the event loop of its request.
 */
final class HeldBody {
  private static final Buffer NONE = Buffer.buffer(0);

  private final BodyBudget budget;
  private final String caller;

  /** The first part as it came, which nearly always is all; a copy once there are more. */
  private Buffer bytes = NONE;

  private int parts;

  HeldBody(BodyBudget budget, String caller) {
    this.budget = budget;
    this.caller = caller;
  }

  /** Whether the budget had room for it; if not, it is not added. */
  boolean add(Buffer part) {
    if (!budget.take(caller, part.length())) {
      return false;
    }
    parts++;
    if (parts == 1) {
      bytes = part;
    } else if (parts == 2) {
      int room = 2 * (bytes.length() + part.length());
      bytes = Buffer.buffer(room).appendBuffer(bytes).appendBuffer(part);
    } else {
      bytes.appendBuffer(part);
    }
    return true;
  }

  int length() {
    return bytes.length();
  }

  Buffer bytes() {
    return bytes;
  }

  void release() {
    budget.give(caller, bytes.length());
    bytes = NONE;
    parts = 0;
  }
}
