package dev.longrunning.filter;

/** Whether operations are done, and nothing else. */
final class CloudRunDialect implements Dialect {
  @Override
  public String name() {
    return "cloud-run";
  }

  @Override
  public Filter parse(String text) {
    return switch (text) {
      case "" -> Filter.NONE;
      case "done:true", "done:false" -> Dialect.standard().parse(text);
      default -> throw Fault.at(0, text, "done:true or done:false, exactly, or nothing");
    };
  }
}
