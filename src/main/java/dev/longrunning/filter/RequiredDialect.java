package dev.longrunning.filter;

/** Another dialect, in which a filter must say something. */
record RequiredDialect(Dialect dialect) implements Dialect {
  @Override
  public String name() {
    return dialect.name();
  }

  @Override
  public Guide guide() {
    return dialect.guide();
  }

  @Override
  public boolean isRequired() {
    return true;
  }

  @Override
  public Filter parse(String text) {
    if (text.isBlank()) {
      throw Fault.missing("filter", "one in the dialect " + name());
    }
    return dialect.parse(text);
  }
}
