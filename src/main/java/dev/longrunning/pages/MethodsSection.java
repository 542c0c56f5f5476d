package dev.longrunning.pages;

import dev.longrunning.pages.Block.Cell;
import dev.longrunning.pages.Block.Paragraph;
import dev.longrunning.pages.Block.Table;
import dev.longrunning.profile.HttpRule;
import java.util.List;

/** Which methods there are, and where. */
final class MethodsSection {
  private static final List<String> COLUMNS = List.of("Method", "gRPC", "HTTP");
  private static final String INTRODUCTION =
      "Several paths of one method are equal: any of them will do. Of a path, * is one segment and"
          + " ** any number of them. A body is the whole message in JSON; without one, all fields"
          + " that are not in the path go into the query.";

  private MethodsSection() {}

  static Section of(List<MethodEntry> methods) {
    return Section.of(
        "methods",
        "Methods",
        Paragraph.of(INTRODUCTION),
        new Table(COLUMNS, methods.stream().map(MethodsSection::row).toList()));
  }

  private static List<Cell> row(MethodEntry method) {
    return List.of(Cell.of(method.name()), grpc(method), http(method));
  }

  private static Cell grpc(MethodEntry method) {
    if (method.grpc().isEmpty()) {
      return Cell.of("HTTP only");
    }
    var name = Line.ofCode(method.grpc().get());
    return method.present()
        ? Cell.of(name)
        : new Cell(List.of(name, Line.of("not of this service: UNIMPLEMENTED")));
  }

  private static Cell http(MethodEntry method) {
    if (!method.present()) {
      return Cell.of(
          method.rules().isEmpty() ? "not bound: 404, or 405 where another verb is" : "501");
    }
    return method.rules().isEmpty()
        ? Cell.of("gRPC only")
        : new Cell(method.rules().stream().map(MethodsSection::binding).toList());
  }

  private static Line binding(HttpRule rule) {
    var line = Line.ofCode(rule.verb() + ' ' + rule.template());
    return rule.body().isEmpty() ? line : line.and(" with a body");
  }
}
