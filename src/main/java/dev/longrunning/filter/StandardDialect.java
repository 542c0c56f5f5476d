package dev.longrunning.filter;

/** AIP-160, over all fields of operations. */
final class StandardDialect implements Dialect {
  @Override
  public String name() {
    return "aip-160";
  }

  @Override
  public Filter parse(String text) {
    return Filter.of(new Parser(text, new FieldRules()).parse());
  }
}
