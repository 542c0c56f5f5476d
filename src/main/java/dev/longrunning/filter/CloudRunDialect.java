package dev.longrunning.filter;

import java.util.List;

/** Whether operations are done, and nothing else. */
final class CloudRunDialect implements Dialect {
  @Override
  public String name() {
    return "cloud-run";
  }

  @Override
  public Guide guide() {
    return new Guide(
        List.of(new Guide.Term("done", "true or false", ":")), List.of("done:true", "done:false"));
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
