package dev.longrunning.service;

import dev.longrunning.feed.State;
import dev.longrunning.operation.Answer;
import dev.longrunning.operation.OperationKey;
import dev.longrunning.operation.Problem;

/** Refused changes and missing operations, in terms of the caller. */
final class Refusals {
  private Refusals() {}

  /**
   * Why {@code answer} refuses.
   *
   * @param version what the caller asked to be changed
   */
  static Problem of(Answer answer, OperationKey key, long version) {
    String name = key.name();
    return switch (answer.verdict()) {
      case NOT_FOUND -> Problem.notFound(name);
      case DELETED -> Problem.deleted(name);
      case EXPIRED -> Problem.expired(name);
      case EXISTS -> Problem.exists(name);
      case DONE -> Problem.done(name);
      case VERSION_MISMATCH -> Problem.versionMismatch(name, version, answer.version());
      case LEASE_LOST -> Problem.leaseLost(name);
      case NO_LEASE -> Problem.noLease(name);
      case LEASE_ALIVE -> Problem.leaseAlive(name);
      case NO_PRODUCER -> Problem.noProducer(name);
      case APPLIED, RENEWED, REPEATED, UNCHANGED, ADOPTED, NOT_DUE ->
          throw new IllegalStateException(answer.verdict() + " refuses no call");
    };
  }

  /** Why nothing is found under the key of {@code absent}. */
  static Problem missing(State absent) {
    String name = absent.key().name();
    return absent
        .tombstone()
        .map(grave -> grave.purged() ? Problem.expired(name) : Problem.deleted(name))
        .orElseGet(() -> Problem.notFound(name));
  }
}
