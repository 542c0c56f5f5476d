package dev.longrunning.rpc;

import dev.longrunning.operation.Problem;
import dev.longrunning.operation.Problem.Violation;

/** Fields at fault, as the caller spells them: gRPC as the proto does, REST as JSON does. */
final class Spelling {
  private Spelling() {}

  /** The same problem, with its fields as callers over {@code transport} spell them. */
  static Problem of(Call.Transport transport, Problem problem) {
    return switch (transport) {
      case GRPC -> problem;
      case REST -> problem.violations().isEmpty() ? problem : json(problem);
    };
  }

  private static Problem json(Problem problem) {
    return Problem.invalid(
        problem.violations().stream()
            .map(violation -> new Violation(json(violation.field()), violation.description()))
            .toList());
  }

  /** {@code update_mask} is {@code updateMask}; what stands in brackets is the caller's own. */
  static String json(String path) {
    var spelt = new StringBuilder(path.length());
    int depth = 0;
    for (int i = 0; i < path.length(); i++) {
      char c = path.charAt(i);
      depth += c == '[' ? 1 : c == ']' ? -1 : 0;
      if (c == '_' && depth == 0 && i + 1 < path.length()) {
        spelt.append(Character.toUpperCase(path.charAt(++i)));
      } else {
        spelt.append(c);
      }
    }
    return spelt.toString();
  }
}
