package dev.longrunning.pages;

import dev.longrunning.operation.OperationName;
import dev.longrunning.pages.Block.Fact;
import dev.longrunning.pages.Block.Facts;
import dev.longrunning.profile.IdForm;
import dev.longrunning.profile.Profile;
import java.util.List;

/** Where a service is, and how calls and operations are known as its own. */
final class ServiceSection {
  private ServiceSection() {}

  /** Its hosts, and how a call finds it. */
  static Section of(Profile profile) {
    return Section.of(
        "service",
        "Service",
        new Facts(
            List.of(
                Fact.of("Called here", Line.ofCode(profile.id())),
                Fact.of("File", Line.ofCode(profile.source())),
                new Fact("Hosts", hosts(profile)),
                new Fact("How a call finds it", ways(profile)))));
  }

  /** Its hosts, line by line. */
  static List<Line> hosts(Profile profile) {
    return profile.hosts().isEmpty()
        ? List.of(Line.of("any that is no other service's"))
        : Line.ofCodes(profile.hosts().stream().sorted().toList());
  }

  private static List<Line> ways(Profile profile) {
    var host =
        profile.hosts().isEmpty()
            ? Line.of("at any host that is no other service's")
            : Line.of("by its host, without a port, or with one that the list has: ")
                .code("Host")
                .and(" or ")
                .code(":authority")
                .and(", over HTTP and gRPC alike");
    return List.of(
        host,
        Line.of(
            "of several services there, and at a host that is nobody's, by the most exact path, then by"
                + " the form of the name"),
        Line.of("requests of longrunning.v1 may say it: ")
            .code("service")
            .and(" is ")
            .code(profile.id()));
  }

  /** How its operations are called. */
  static Section names(Profile profile) {
    return Section.of(
        "names",
        "Names",
        new Facts(
            List.of(
                new Fact("Operations", Line.ofCodes(profile.names().patterns())),
                Fact.of(
                    "Bounds",
                    Line.of(
                        OperationName.NAME_BYTES_MAX
                            + " bytes; the last segment is the id, without a colon")),
                new Fact("Ids", ids(profile.ids())))));
  }

  private static List<Line> ids(IdForm ids) {
    var form = Line.EMPTY.code("operation_id").and(" of StartOperation: ");
    return ids.ofNames()
        ? List.of(
            form.code(ids.pattern().pattern()),
            Line.of("the same in whole names that a producer chooses"))
        : List.of(form.and(ids.allowed()), Line.of("any in whole names that a producer chooses"));
  }
}
