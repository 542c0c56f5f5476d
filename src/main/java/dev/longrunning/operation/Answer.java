package dev.longrunning.operation;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What came of a change.
 *
 * @param version the operation's version now; 0 where there is none
 * @param previousVersion the version that was changed; 0 for a start, {@link #UNKNOWN} where it is
 *     not known
 * @param time the update time of an applied change, on the database's clock
 * @param cancelRequestTime as it stands after the change
 * @param estimatedEndTime of the progress that an applied change brought: its own, or the server's
 * @param lease only for a call that carried its token or whose request obtained it
 */
public record Answer(
    Verdict verdict,
    long version,
    long previousVersion,
    Instant time,
    @Nullable Instant cancelRequestTime,
    @Nullable Instant estimatedEndTime,
    @Nullable Lease lease) {
  /** The caller must read the operation instead of composing its state. */
  public static final long UNKNOWN = -1;

  /** A live lease as its holder may see it. */
  public record Lease(UUID token, Instant expireTime) {}

  /** How a change was judged. The codes are part of the interface to the database. */
  public enum Verdict {
    /** Changed and logged. */
    APPLIED(0),
    /** Only the lease moved. */
    RENEWED(1),
    /** The same request was applied before. */
    REPEATED(2),
    /** Nothing to do: a cancellation of what is done or already being cancelled. */
    UNCHANGED(3),
    /** Another lease, logged; the operation and its version are as they were. */
    ADOPTED(4),
    NOT_FOUND(10),
    /** Not found, and a deletion is remembered. */
    DELETED(11),
    /** Not found, and a purge is remembered. */
    EXPIRED(12),
    EXISTS(13),
    DONE(14),
    VERSION_MISMATCH(15),
    LEASE_LOST(16),
    NO_LEASE(17),
    /** An expiry or a purge that is not due. */
    NOT_DUE(18),
    /** An adoption while the present lease is alive. */
    LEASE_ALIVE(19),
    /** A signal that no live producer would hear. */
    NO_PRODUCER(20);

    private final int code;

    Verdict(int code) {
      this.code = code;
    }

    public int code() {
      return code;
    }

    public boolean isRefusal() {
      return code >= NOT_FOUND.code;
    }

    public static Verdict ofCode(int code) {
      for (Verdict verdict : values()) {
        if (verdict.code == code) {
          return verdict;
        }
      }
      throw new IllegalStateException("no verdict has code " + code);
    }
  }
}
