package dev.longrunning.operation;

import dev.longrunning.operation.Transitions.Step;
import dev.longrunning.operation.Transitions.Stored;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Takes an operation over: the lease becomes that of another producer, and the old token is worth
 * nothing from then on. The operation itself does not change, nor does its version.
 *
 * @param request a repeat with it is shown the same lease, while that is there
 * @param token of the new lease
 * @param force also while the present lease is alive
 */
public record Adopt(
    OperationKey key, @Nullable UUID request, UUID token, Duration duration, boolean force)
    implements Change {
  public static final short KIND = 8;

  @Override
  public short kind() {
    return KIND;
  }

  @Override
  public Step judged(Stored before, Instant now, long revision) {
    return Transitions.adopted(before, this, now);
  }

  @Override
  public void accept(Visitor visitor) {
    visitor.adopt(this);
  }

  @Override
  public int weight() {
    return 0;
  }
}
