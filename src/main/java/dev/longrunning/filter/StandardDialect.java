package dev.longrunning.filter;

import java.util.List;

/** AIP-160, over all fields of operations. */
final class StandardDialect implements Dialect {
  @Override
  public String name() {
    return "aip-160";
  }

  @Override
  public Guide guide() {
    return new Guide(
        Guide.fields(),
        List.of(
            "labels.env = prod AND done = false",
            "error.code = 8 OR error.code = 14",
            "create_time > \"2026-01-31T08:00:00Z\" AND NOT name = \"*/operations/import-*\""));
  }

  @Override
  public Filter parse(String text) {
    return Filter.of(new Parser(text, new FieldRules()).parse());
  }
}
