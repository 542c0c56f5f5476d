package dev.longrunning.filter;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The operations of a managed service, which every filter names. */
final class ServiceManagementDialect implements Dialect {
  private static final String ALLOWED =
      "serviceName = NAME at the top, and startTime >= > <= < TIME, status = != done, in_progress"
          + " or failed, with AND, OR and parentheses";

  @Override
  public String name() {
    return "service-management";
  }

  @Override
  public boolean isRequired() {
    return true;
  }

  @Override
  public Guide guide() {
    return new Guide(
        List.of(
            new Guide.Term(
                "serviceName",
                "the name of a service; there must be one, not inside of an OR",
                "="),
            new Guide.Term("startTime", "a time or a date", "< <= > >="),
            new Guide.Term("status", "done, in_progress or failed", "= !=")),
        List.of(
            "serviceName = books.example.com",
            "serviceName = books.example.com AND (status = failed OR startTime >= \"2026-01-31\")"));
  }

  @Override
  public Filter parse(String text) {
    var rules = new ServiceManagementRules();
    var node = new Parser(text, rules).parse();
    int below = rules.services.size();
    for (var service : rules.services) {
      below -= isAtTop(node, service.node()) ? 1 : 0;
    }
    if (below > 0) {
      var service = rules.services.get(0);
      throw Fault.at(service.place(), "serviceName inside of an OR", ALLOWED);
    }
    if (rules.services.isEmpty()) {
      throw Fault.missing("serviceName", ALLOWED);
    }
    return Filter.of(node).in("services/" + rules.services.get(0).name());
  }

  /** Whether it is one of those that have to hold all at once. */
  private static boolean isAtTop(Node node, Node wanted) {
    return node == wanted
        || (node instanceof Node.All all
            && all.parts().stream().anyMatch(part -> isAtTop(part, wanted)));
  }

  private record Placed(Node node, String name, int place) {}

  private static final class ServiceManagementRules extends RestrictedRules {
    private final List<Placed> services = new ArrayList<>();

    ServiceManagementRules() {
      super(ALLOWED);
    }

    @Override
    public Node comparison(Member member, Comparator comparator, Argument argument) {
      return switch (member.text()) {
        case "serviceName" -> service(member, comparator, argument);
        case "startTime" -> startTime(member, comparator, argument);
        case "status" -> status(member, comparator, argument);
        default -> throw refused(member.text(), member.place());
      };
    }

    private Node service(Member member, Comparator comparator, Argument argument) {
      if (comparator != Comparator.EQUAL) {
        throw refused(member, comparator);
      }
      String name = argument.operand().text();
      var node =
          Node.Comparison.of(
              "metadata.resource_names", Comparator.HAS, Operand.exactly("services/" + name));
      services.add(new Placed(node, name, member.place()));
      return node;
    }

    private Node startTime(Member member, Comparator comparator, Argument argument) {
      if (comparator.isEquality()) {
        throw refused(member, comparator);
      }
      String text = argument.operand().text();
      var time =
          Operand.time(text)
              .or(() -> midnight(text))
              .orElseThrow(
                  () -> Fault.at(argument.place(), text, "a date or a time as in RFC 3339"));
      return Node.Comparison.of(
          "metadata.start_time", comparator, Operand.exactly(time.toString()));
    }

    private static Optional<Instant> midnight(String date) {
      try {
        return Optional.of(LocalDate.parse(date).atStartOfDay(ZoneOffset.UTC).toInstant());
      } catch (DateTimeParseException e) {
        return Optional.empty();
      }
    }

    private Node status(Member member, Comparator comparator, Argument argument) {
      if (comparator != Comparator.EQUAL && comparator != Comparator.NOT_EQUAL) {
        throw refused(member, comparator);
      }
      String status = argument.operand().text();
      var node =
          switch (status) {
            case "done" -> Node.Comparison.of("response", Comparator.HAS, Operand.any());
            case "failed" -> Node.Comparison.of("error", Comparator.HAS, Operand.any());
            case "in_progress" ->
                Node.Comparison.of("done", Comparator.EQUAL, Operand.exactly("false"));
            default -> throw Fault.at(argument.place(), status, "done, in_progress or failed");
          };
      return comparator == Comparator.EQUAL ? node : new Node.Not(node);
    }

    @Override
    public void negation(int place) {
      throw refused("a negation", place);
    }
  }
}
