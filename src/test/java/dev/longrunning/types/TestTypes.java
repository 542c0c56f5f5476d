package dev.longrunning.types;

import dev.longrunning.filter.Filters;
import dev.longrunning.filter.Payloads;
import dev.longrunning.rest.JsonTypes;

/** The types that every server knows. */
public final class TestTypes {
  private TestTypes() {}

  public static Payloads payloads() {
    var types = JsonTypes.builtIn().build();
    return new TypedPayloads(types::find);
  }

  public static Filters filters() {
    return Filters.standard(payloads());
  }
}
