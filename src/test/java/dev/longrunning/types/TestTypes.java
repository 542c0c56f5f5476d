package dev.longrunning.types;

import dev.longrunning.filter.Filters;
import dev.longrunning.filter.Payloads;

/** The types that every server knows. */
public final class TestTypes {
  private TestTypes() {}

  public static Payloads payloads() {
    var types = Types.builtIn().registry();
    return new TypedPayloads(types::find);
  }

  public static Filters filters() {
    return new Filters(payloads());
  }
}
