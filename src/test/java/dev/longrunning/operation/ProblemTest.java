package dev.longrunning.operation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longrunning.operation.Problem.Kind;
import dev.longrunning.operation.Problem.Violation;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ProblemTest {
  private static void assertProblem(Problem problem, Kind kind, String reason, String message) {
    assertThat(problem.kind()).isEqualTo(kind);
    assertThat(problem.reason()).isEqualTo(reason);
    assertThat(problem).hasMessage(message);
  }

  @Test
  void each_factory_says_field_input_and_what_is_allowed() {
    assertProblem(
        Problem.invalid("timeout", "-5s", "0s to 600s"),
        Kind.INVALID,
        "INVALID_FIELD",
        "timeout: got -5s, allowed 0s to 600s");
    assertProblem(
        Problem.notFound("operations/o"),
        Kind.NOT_FOUND,
        "OPERATION_NOT_FOUND",
        "name: no such operation: operations/o");
    assertProblem(
        Problem.deleted("operations/o"),
        Kind.NOT_FOUND,
        "OPERATION_DELETED",
        "name: the operation was deleted: operations/o");
    assertProblem(
        Problem.expired("operations/o"),
        Kind.NOT_FOUND,
        "OPERATION_EXPIRED",
        "name: the operation's retention is over and it was purged: operations/o");
    assertProblem(
        Problem.exists("operations/o"),
        Kind.EXISTS,
        "OPERATION_EXISTS",
        "name: already taken by another request: operations/o");
    assertProblem(
        Problem.done("operations/o"),
        Kind.STATE,
        "OPERATION_DONE",
        "name: the operation is done, which is final: operations/o");
    assertProblem(
        Problem.noLease("operations/o"),
        Kind.STATE,
        "NO_LEASE",
        "lease_duration: the operation has no lease to renew: operations/o");
    assertProblem(
        Problem.versionMismatch("operations/o", 3, 5),
        Kind.CONFLICT,
        "VERSION_MISMATCH",
        "version: got 3, the operation is at 5");
    assertProblem(
        Problem.leaseAlive("operations/o"),
        Kind.STATE,
        "LEASE_ALIVE",
        "force: not set, and the lease is alive: operations/o");
    assertProblem(
        Problem.leaseLost("operations/o"),
        Kind.CONFLICT,
        "LEASE_LOST",
        "lease_token: missing, wrong, or taken over: operations/o");
  }

  @Test
  void failures_of_ours_say_whether_a_repeat_helps() {
    assertProblem(
        Problem.outcomeUnknown(),
        Kind.UNAVAILABLE,
        "OUTCOME_UNKNOWN",
        "the database did not answer in time; repeat with the same request_id");
    assertProblem(
        Problem.databaseUnavailable(),
        Kind.UNAVAILABLE,
        "DATABASE_UNAVAILABLE",
        "the database cannot be reached; repeat the call");
    assertProblem(
        Problem.overloaded("waiters"),
        Kind.UNAVAILABLE,
        "OVERLOADED",
        "too much is waiting (waiters); repeat the call");
    assertThat(Problem.databaseUnavailable().retryAfter()).isPresent();
    assertThat(Problem.notFound("operations/o").retryAfter()).isEmpty();
  }

  @Test
  void all_faults_of_a_request_are_in_one_message() {
    var faults = List.of(Violation.of("a", 1, "2"), Violation.of("b", "", "something"));

    var problem = Problem.invalid(faults);

    assertThat(problem).hasMessage("a: got 1, allowed 2; b: got '', allowed something");
    assertThat(problem.violations()).isEqualTo(faults);
  }

  @Test
  void input_is_cut_to_64_characters_and_what_is_not_plain_is_escaped() {
    assertThat(Problem.shown("x".repeat(64))).isEqualTo("x".repeat(64));
    assertThat(Problem.shown("x".repeat(65))).isEqualTo("x".repeat(64) + '…');
    assertThat(Problem.shown("x".repeat(63) + "🙂")).isEqualTo("x".repeat(63) + '…');
    assertThat(Problem.shown("a\0b\r\n\u007f")).isEqualTo("a\\u0000b\\u000d\\u000a\\u007f");
    assertThat(Problem.shown("a\ud800b\udc00")).isEqualTo("a\\ud800b\\udc00");
    assertThat(Problem.shown("x".repeat(63) + "\ud800y")).endsWith("x\\ud800…");
    assertThat(Problem.shown("a🙂")).isEqualTo("a🙂");
    assertThat(Problem.shown("")).isEqualTo("''");
  }

  @Test
  void only_what_is_broken_carries_a_stack_trace() {
    assertThat(Problem.notFound("operations/o").getStackTrace()).isEmpty();
    var cause = new IllegalStateException("why");
    assertThat(Problem.broken("it broke", cause).getStackTrace()).isNotEmpty();
    assertThat(Problem.broken("it broke", cause)).hasCause(cause);
  }
}
