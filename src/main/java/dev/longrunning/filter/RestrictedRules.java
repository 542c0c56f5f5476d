package dev.longrunning.filter;

/** What dialects refuse that take a part of the grammar only. */
class RestrictedRules extends FieldRules {
  private final String allowed;

  RestrictedRules(String allowed) {
    this.allowed = allowed;
  }

  @Override
  public Node literal(Argument argument) {
    throw Fault.at(argument.place(), argument.operand().text(), allowed);
  }

  final RuntimeException refused(Member member, Comparator comparator) {
    return Fault.at(member.place(), member.text() + " " + comparator.text(), allowed);
  }

  final RuntimeException refused(String got, int place) {
    return Fault.at(place, got, allowed);
  }
}
