package dev.longrunning.rpc;

import dev.longrunning.auth.Identity;
import dev.longrunning.connection.CallerNetwork;
import dev.longrunning.connection.Peer;
import dev.longrunning.operation.Problem;
import dev.longrunning.operation.Visibility;
import dev.longrunning.profile.Candidates;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a handler may know of the call that it answers.
 *
 * @param services whose operations may be meant, as far as the authority and the path say
 * @param caller who calls, for what one caller may ask at a time: its {@link CallerNetwork}, with
 *     its principal in front if that is known
 * @param deadline when the caller stops waiting
 * @param cached whether the caller takes a cached state ({@code longrunning-consistency: cached})
 * @param transport for logs and metrics
 * @param gone completes when the caller cancels or its connection is lost; never fails, and never
 *     completes for a caller that stays
 * @param identity who calls, as proven
 * @param view what the caller may see of what it names
 * @param address that it came from; empty: not known
 */
public record Call(
    Candidates services,
    String caller,
    Optional<Instant> deadline,
    boolean cached,
    Transport transport,
    Future<Void> gone,
    Identity identity,
    Visibility view,
    String address) {
  /** The header or metadata key that chooses how fresh an answer must be. */
  public static final String CONSISTENCY = "longrunning-consistency";

  /** What the call came in on. */
  public enum Transport {
    GRPC,
    REST
  }

  /** A call of somebody who is not asked who they are. */
  public Call(
      Candidates services,
      String caller,
      Optional<Instant> deadline,
      boolean cached,
      Transport transport,
      Future<Void> gone) {
    this(services, caller, deadline, cached, transport, gone, Identity.ANYBODY, Visibility.ALL, "");
  }

  /** A call whose caller stays. */
  public Call(
      Candidates services,
      String caller,
      Optional<Instant> deadline,
      boolean cached,
      Transport transport) {
    this(services, caller, deadline, cached, transport, Promise.<Void>promise().future());
  }

  /** The same call of somebody who is known, and shares bounds only with themselves there. */
  public Call by(CallBegin begin) {
    var who = begin.who();
    return !who.isKnown()
        ? this
        : new Call(
            services,
            who.principal() + '@' + caller,
            deadline,
            cached,
            transport,
            gone,
            who,
            view,
            address);
  }

  /** The same call, limited to what its caller may see. */
  Call seeing(Visibility what) {
    return what.equals(view)
        ? this
        : new Call(services, caller, deadline, cached, transport, gone, identity, what, address);
  }

  /** The same call, from there. */
  public Call from(Peer peer) {
    // A stream keeps them while it is open: one string if they are the same.
    var from = peer.address().equals(caller) ? caller : peer.address();
    return new Call(services, caller, deadline, cached, transport, gone, identity, view, from);
  }

  /** Whether it is known who calls. */
  boolean isKnown() {
    return identity.isKnown();
  }

  /** A call whose headers could not be read. */
  public static Call unread(Candidates services, Peer from, Transport transport) {
    return new Call(services, from.network(), Optional.empty(), false, transport).from(from);
  }

  /** Reads the value of {@value #CONSISTENCY}; null: not sent. */
  public static boolean isCached(@Nullable String consistency) {
    if (consistency == null || consistency.equals("strong")) {
      return false;
    }
    if (consistency.equals("cached")) {
      return true;
    }
    throw Problem.invalid(CONSISTENCY, consistency, "strong or cached");
  }
}
