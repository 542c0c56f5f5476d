package dev.longrunning.filter;

import java.util.List;

/** Fields that have values, all of them at once. The fields are those of the metadata. */
final class DataprocDialect implements Dialect {
  private static final String ALLOWED =
      "FIELD = VALUE [AND FIELD = VALUE …] with the fields status.state, clusterName,"
          + " operationType and labels.KEY";
  private static final String STATES = "PENDING, RUNNING, ACTIVE, DONE or *";

  @Override
  public String name() {
    return "dataproc";
  }

  @Override
  public Guide guide() {
    return new Guide(
        List.of(
            new Guide.Term("status.state", "PENDING, RUNNING, DONE, or ACTIVE: not DONE", "="),
            new Guide.Term("clusterName", "text, of the metadata", "="),
            new Guide.Term("operationType", "text, of the metadata", "="),
            new Guide.Term("labels.KEY", "text, of the metadata", "=")),
        List.of(
            "status.state = ACTIVE AND clusterName = mycluster",
            "status.state = DONE AND operationType = CREATE AND labels.env = *"));
  }

  @Override
  public Filter parse(String text) {
    return Filter.of(new Parser(text, new DataprocRules()).parse());
  }

  private static final class DataprocRules extends RestrictedRules {
    DataprocRules() {
      super(ALLOWED);
    }

    @Override
    public Node comparison(Member member, Comparator comparator, Argument argument) {
      if (comparator != Comparator.EQUAL) {
        throw refused(member, comparator);
      }
      var names = member.names();
      boolean label = names.size() == 2 && names.get(0).equals("labels");
      return label
          ? of(List.of("metadata", "labels", names.get(1)), argument)
          : field(member, argument);
    }

    private Node field(Member member, Argument argument) {
      return switch (member.text()) {
        case "status.state" -> state(argument);
        case "clusterName" -> of(List.of("metadata", "cluster_name"), argument);
        case "operationType" -> of(List.of("metadata", "operation_type"), argument);
        default -> throw refused(member.text(), member.place());
      };
    }

    private static Node of(List<String> names, Argument argument) {
      var path = Path.find(names).orElseThrow();
      return argument.operand().presence()
          ? new Node.Comparison(path, Comparator.HAS, Operand.any())
          : new Node.Comparison(path, Comparator.EQUAL, argument.operand());
    }

    private static Node state(Argument argument) {
      String state = argument.operand().text();
      return switch (state) {
        case "*" -> Node.EVERYTHING;
        case "ACTIVE" -> done("false");
        case "DONE" -> done("true");
        case "PENDING", "RUNNING" ->
            Node.Comparison.of("metadata.status.state", Comparator.EQUAL, Operand.exactly(state));
        default -> throw Fault.at(argument.place(), state, STATES);
      };
    }

    private static Node done(String flag) {
      return Node.Comparison.of("done", Comparator.EQUAL, Operand.exactly(flag));
    }

    @Override
    public void alternative(int place) {
      throw refused("OR", place);
    }

    @Override
    public void negation(int place) {
      throw refused("a negation", place);
    }

    @Override
    public void group(int place) {
      throw refused("(", place);
    }
  }
}
