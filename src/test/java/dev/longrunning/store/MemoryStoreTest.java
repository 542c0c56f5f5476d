package dev.longrunning.store;

import java.time.Duration;
import java.time.Instant;

/** The fake keeps what the real store promises. */
final class MemoryStoreTest extends OperationStoreContract {
  private Instant now = Instant.parse("2026-01-01T00:00:00Z");
  private final MemoryStore store = new MemoryStore(() -> now = now.plusNanos(1_000));

  @Override
  public OperationStore store() {
    return store;
  }

  @Override
  public ChangeLog log() {
    return store;
  }

  @Override
  public void passTime(Duration duration) {
    now = now.plus(duration);
  }
}
