package dev.longrunning.rpc;

import dev.longrunning.profile.StandardMethod;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Who may call a method: its part of a row of the table.
 *
 * @param permission that is needed, also for those who need none: its name in the table
 * @param like the method of the interface whose scopes and permissions a service asks for here too
 * @param subject what the permission is asked of; null: of nothing in particular
 * @param ofCollections what is asked instead where the subject turns out to be collections; null:
 *     the same
 * @param byTicket whether a watch token is good for it
 */
public record Guard<Q>(
    Who who,
    String permission,
    Optional<StandardMethod> like,
    @Nullable Subject<Q> subject,
    @Nullable Guard<Q> ofCollections,
    boolean byTicket) {
  /** Who may call. */
  public enum Who {
    /** Also who shows no credentials. */
    ANYBODY,
    /** Whoever is known. */
    KNOWN,
    /** Who has the permission on anything; each request is judged by itself. */
    SOMEWHERE,
    /** Who has the permission on what the request is about. */
    SUBJECT
  }

  public static <Q> Guard<Q> anybody(String permission) {
    return of(Who.ANYBODY, permission, Optional.empty(), null);
  }

  public static <Q> Guard<Q> known(String permission) {
    return of(Who.KNOWN, permission, Optional.empty(), null);
  }

  static <Q> Guard<Q> somewhere(String permission) {
    return of(Who.SOMEWHERE, permission, Optional.empty(), null);
  }

  static <Q> Guard<Q> on(String permission, Subject<Q> subject) {
    return of(Who.SUBJECT, permission, Optional.empty(), subject);
  }

  /** The same for a method of the interface, or one that services treat as such. */
  static <Q> Guard<Q> on(String permission, StandardMethod like, Subject<Q> subject) {
    return of(Who.SUBJECT, permission, Optional.of(like), subject);
  }

  private static <Q> Guard<Q> of(
      Who who, String permission, Optional<StandardMethod> like, @Nullable Subject<Q> subject) {
    return new Guard<>(who, permission, like, subject, null, false);
  }

  /** The same, with another one where the subject turns out to be collections. */
  Guard<Q> orOnCollections(Guard<Q> other) {
    return new Guard<>(who, permission, like, subject, other, byTicket);
  }

  /** The same, also for who shows a watch token for the subject. */
  Guard<Q> alsoByTicket() {
    return new Guard<>(who, permission, like, subject, ofCollections, true);
  }

  /** What is asked of a target. */
  Guard<Q> of(Target target) {
    return ofCollections != null && target instanceof Target.Collections ? ofCollections : this;
  }
}
