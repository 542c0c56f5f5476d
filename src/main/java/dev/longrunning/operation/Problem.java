package dev.longrunning.operation;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Why a call could not be answered, in terms that its caller can act on.
 *
 * <p><b>Promise.</b> The message says which field, what came and what is allowed. It never holds a
 * payload, a token, SQL or a host name. Expected kinds carry no stack trace.
 */
public final class Problem extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Longest piece of input that is repeated to the caller, in characters. */
  public static final int SHOWN_MAX = 64;

  /** The pause asked of callers when the database is away or a queue is full. */
  private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

  /** What went wrong; {@code rpc.StatusTable} maps each to a gRPC code and an HTTP status. */
  public enum Kind {
    INVALID,
    NOT_FOUND,
    EXISTS,
    /** The operation is in a state that does not allow this. */
    STATE,
    /** Somebody else was first: read again and decide. */
    CONFLICT,
    OVER_LIMIT,
    /** Not now; repeat the call. */
    UNAVAILABLE,
    DEADLINE,
    CANCELLED,
    UNIMPLEMENTED,
    UNAUTHENTICATED,
    DENIED,
    /** Our fault. */
    BROKEN
  }

  /** One field that is not as it must be. */
  public record Violation(String field, String description) {
    public static Violation of(String field, Object got, String allowed) {
      return new Violation(field, "got " + shown(got) + ", allowed " + allowed);
    }
  }

  private final Kind kind;
  private final String reason;
  private final Map<String, String> facts;
  private final transient List<Violation> violations;
  private final transient @Nullable Duration retryAfter;

  private Problem(
      Kind kind,
      String reason,
      String message,
      Map<String, String> facts,
      List<Violation> violations,
      @Nullable Duration retryAfter,
      @Nullable Throwable cause) {
    super(message, cause, kind == Kind.BROKEN, kind == Kind.BROKEN);
    this.kind = kind;
    this.reason = reason;
    this.facts = facts;
    this.violations = violations;
    this.retryAfter = retryAfter;
  }

  public static Problem invalid(String field, Object got, String allowed) {
    return invalid(List.of(Violation.of(field, got, allowed)));
  }

  /** All faults of one request at once; never empty. */
  public static Problem invalid(List<Violation> violations) {
    var lines = new ArrayList<String>();
    violations.forEach(v -> lines.add(v.field() + ": " + v.description()));
    return new Problem(
        Kind.INVALID,
        "INVALID_FIELD",
        String.join("; ", lines),
        Map.of(),
        List.copyOf(violations),
        null,
        null);
  }

  public static Problem notFound(String name) {
    return missing(name, "OPERATION_NOT_FOUND", "no such operation");
  }

  public static Problem deleted(String name) {
    return missing(name, "OPERATION_DELETED", "the operation was deleted");
  }

  public static Problem expired(String name) {
    return missing(
        name, "OPERATION_EXPIRED", "the operation's retention is over and it was purged");
  }

  private static Problem missing(String name, String reason, String what) {
    return of(Kind.NOT_FOUND, reason, "name: " + what, name);
  }

  public static Problem exists(String name) {
    return of(Kind.EXISTS, "OPERATION_EXISTS", "name: already taken by another request", name);
  }

  public static Problem done(String name) {
    return of(Kind.STATE, "OPERATION_DONE", "name: the operation is done, which is final", name);
  }

  public static Problem noLease(String name) {
    return of(Kind.STATE, "NO_LEASE", "lease_duration: the operation has no lease to renew", name);
  }

  public static Problem leaseAlive(String name) {
    return of(Kind.STATE, "LEASE_ALIVE", "force: not set, and the lease is alive", name);
  }

  public static Problem noProducer(String name) {
    return of(Kind.STATE, "NO_PRODUCER", "no producer holds a live lease: none would hear", name);
  }

  public static Problem versionMismatch(String name, long got, long now) {
    return of(
        Kind.CONFLICT,
        "VERSION_MISMATCH",
        "version: got " + got + ", the operation is at " + now,
        Map.of("name", name, "version", Long.toString(now)));
  }

  public static Problem leaseLost(String name) {
    return of(Kind.CONFLICT, "LEASE_LOST", "lease_token: missing, wrong, or taken over", name);
  }

  /** A name of a method, parameter or path that this server does not have. */
  public static Problem unimplemented(String what) {
    return of(Kind.UNIMPLEMENTED, "UNIMPLEMENTED", what, Map.of());
  }

  /** Nothing answers at this path. */
  public static Problem noRoute(String path) {
    return of(Kind.NOT_FOUND, "NO_SUCH_PATH", "path: nothing answers at " + shown(path), Map.of());
  }

  public static Problem denied(String message) {
    return of(Kind.DENIED, "DENIED", message, Map.of());
  }

  public static Problem overLimit(String field, Object got, String allowed) {
    return of(
        Kind.OVER_LIMIT,
        "TOO_LARGE",
        field + ": got " + shown(got) + ", allowed " + allowed,
        Map.of());
  }

  static Problem unavailable(String reason, String message) {
    return new Problem(Kind.UNAVAILABLE, reason, message, Map.of(), List.of(), RETRY_AFTER, null);
  }

  /** A write whose outcome is not known. */
  public static Problem outcomeUnknown() {
    return unavailable(
        "OUTCOME_UNKNOWN", "the database did not answer in time; repeat with the same request_id");
  }

  public static Problem databaseUnavailable() {
    return unavailable("DATABASE_UNAVAILABLE", "the database cannot be reached; repeat the call");
  }

  /** Nothing was changed. */
  public static Problem databaseExhausted(String sqlState) {
    return unavailable(
        "DATABASE_EXHAUSTED",
        "the database has no disk or memory left for this (" + sqlState + "); repeat the call");
  }

  public static Problem overloaded(String queue) {
    return unavailable("OVERLOADED", "too much is waiting (" + queue + "); repeat the call");
  }

  public static Problem deadline() {
    return of(Kind.DEADLINE, "DEADLINE_EXCEEDED", "the call's deadline is over", Map.of());
  }

  /** A request whose end did not come in time. */
  public static Problem requestTimeout(long seconds) {
    return of(
        Kind.DEADLINE,
        "REQUEST_TIMEOUT",
        "the request did not come to its end within " + seconds + " s; repeat the call",
        Map.of());
  }

  /** The server is about to end; another one, or this one later, answers. */
  public static Problem stopping() {
    return unavailable("STOPPING", "the server is stopping; repeat the call");
  }

  /** A stream whose caller has stopped reading. */
  public static Problem stalled() {
    return unavailable(
        "STALLED", "what was sent was not read for too long; reconnect with the last resume_token");
  }

  /** A service that this server does not have. */
  public static Problem noService(String name) {
    return of(
        Kind.NOT_FOUND,
        "NO_SUCH_SERVICE",
        "service: no such service: " + shown(name),
        Map.of("service", shown(name)));
  }

  public static Problem cancelled() {
    return of(Kind.CANCELLED, "CANCELLED", "the caller gave the call up", Map.of());
  }

  public static Problem broken(String message, Throwable cause) {
    return new Problem(Kind.BROKEN, "INTERNAL", message, Map.of(), List.of(), null, cause);
  }

  /** What a caller sees of a failure that was not foreseen: the id that the log has it under. */
  public static Problem internal(String id) {
    return of(Kind.BROKEN, "INTERNAL", "internal error; the log has it as " + id, Map.of("id", id));
  }

  private static Problem of(Kind kind, String reason, String message, String name) {
    return of(kind, reason, message + ": " + shown(name), Map.of("name", name));
  }

  static Problem of(Kind kind, String reason, String message, Map<String, String> facts) {
    return new Problem(kind, reason, message, facts, List.of(), null, null);
  }

  public Kind kind() {
    return kind;
  }

  /** For ErrorInfo: an upper-case word that a program can branch on. */
  public String reason() {
    return reason;
  }

  /** For ErrorInfo: what the message says, by key. */
  public Map<String, String> facts() {
    return facts;
  }

  public List<Violation> violations() {
    return violations;
  }

  public Optional<Duration> retryAfter() {
    return Optional.ofNullable(retryAfter);
  }

  /** The message, never null. */
  public String message() {
    String message = getMessage();
    return message == null ? kind.name() : message;
  }

  /** Cut to {@value #SHOWN_MAX} characters; what is not plain text is escaped. */
  public static String shown(Object got) {
    String text = String.valueOf(got);
    boolean cut = text.length() > SHOWN_MAX;
    int end = cut ? SHOWN_MAX : text.length();
    if (cut && Character.isSurrogatePair(text.charAt(end - 1), text.charAt(end))) {
      end--;
    }
    var shown = new StringBuilder(end + 4);
    for (int i = 0; i < end; i += Character.charCount(text.codePointAt(i))) {
      int c = text.codePointAt(i);
      // An unpaired surrogate has no UTF-8 form: protobuf would log that, with a stack trace.
      boolean plain = !Character.isISOControl(c) && Character.getType(c) != Character.SURROGATE;
      if (plain) {
        shown.appendCodePoint(c);
      } else {
        shown.append(String.format("\\u%04x", c));
      }
    }
    if (text.isEmpty()) {
      return "''";
    }
    return cut ? shown.append('…').toString() : shown.toString();
  }
}
