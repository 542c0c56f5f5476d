package dev.longrunning.pages;

import dev.longrunning.pages.Block.Cell;
import dev.longrunning.pages.Block.Fact;
import dev.longrunning.pages.Block.Facts;
import dev.longrunning.pages.Block.Paragraph;
import dev.longrunning.pages.Block.Table;
import dev.longrunning.profile.Access;
import dev.longrunning.profile.Profile;
import dev.longrunning.profile.StandardMethod;
import java.util.List;
import java.util.stream.Stream;

/** What callers need, on which resource, and how long they may take. */
final class AccessSection {
  private static final List<String> COLUMNS =
      List.of("Method", "Scopes, one of them", "Permissions", "Authorised on");
  private static final String INTRODUCTION =
      "As the service's file has them; instead of the permissions, those of this server's own roles"
          + " are enough. Who may get an operation may watch it, and who may list a collection may"
          + " watch that. Nobody is asked where the server asks nobody who they are.";

  private AccessSection() {}

  static Section of(Profile profile, List<MethodEntry> methods) {
    var rows =
        methods.stream()
            .filter(MethodEntry::present)
            .flatMap(method -> method.access().stream().map(access -> row(method, access)))
            .toList();
    return Section.of(
        "access",
        "Scopes and permissions",
        Paragraph.of(INTRODUCTION),
        new Table(COLUMNS, rows),
        new Facts(Stream.concat(collection(profile), deadlines(methods)).toList()));
  }

  private static List<Cell> row(MethodEntry method, Access access) {
    return List.of(
        Cell.of(method.name()),
        access.scopes().isEmpty() ? Cell.of("none") : new Cell(Line.ofCodes(access.scopes())),
        Cell.of(permissions(access)),
        Cell.of(
            method.name().equals(StandardMethod.LIST.methodName())
                ? "the collection that is listed"
                : access.resource() == Access.Resource.NAME
                    ? "the operation"
                    : "the operation's collection"));
  }

  private static Line permissions(Access access) {
    return access.permissions().isEmpty()
        ? Line.of("none")
        : Line.EMPTY.codes(access.permissions(), ' ' + access.combine().word() + ' ');
  }

  private static Stream<Fact> collection(Profile profile) {
    var derived = profile.collection().derivation();
    var line = Line.of("derived from " + derived.from());
    line = derived.pattern().isEmpty() ? line : line.and(", read by ").code(derived.pattern());
    line = derived.form().isEmpty() ? line : line.and(", as ").code(derived.form());
    return Stream.of(
        new Fact(
            "Collection",
            List.of(
                Line.of("the resource that an operation is listed, watched and authorised under"),
                line,
                Line.of("fixed when the operation starts"))));
  }

  private static Stream<Fact> deadlines(List<MethodEntry> methods) {
    var lines =
        methods.stream()
            .filter(MethodEntry::present)
            .flatMap(
                method ->
                    method.deadline().stream()
                        .map(time -> Line.of(method.name() + ": " + Words.seconds(time))))
            .toList();
    return Stream.of(
        new Fact("Deadlines", lines.isEmpty() ? List.of(Line.of("the caller's alone")) : lines));
  }
}
