package dev.longrunning.pages;

import dev.longrunning.pages.Block.Fact;
import dev.longrunning.pages.Block.Facts;
import dev.longrunning.profile.HttpRule;
import dev.longrunning.profile.ListRules;
import dev.longrunning.profile.PathTemplate;
import dev.longrunning.profile.Profile;
import dev.longrunning.profile.StandardMethod;
import java.util.ArrayList;
import java.util.List;

/** What lists and watches of collections take. */
final class ListSection {
  private ListSection() {}

  static Section of(Profile profile) {
    var lists = profile.lists();
    return Section.of(
        "lists",
        "Lists",
        new Facts(
            List.of(
                Fact.of("For", Line.of(methods(profile))),
                new Fact("Parent", parent(lists)),
                new Fact("Where it stands", places(profile)),
                Fact.of("Wildcard", wildcard(lists)),
                new Fact("Page size", size(lists)),
                Fact.of("Order", Line.of("newest first")),
                Fact.of(
                    "End",
                    Line.of("where ")
                        .code("next_page_token")
                        .and(" is empty, and only there; a page may be short or empty before")))));
  }

  private static String methods(Profile profile) {
    return profile.methods().containsKey(StandardMethod.LIST)
        ? "ListOperations and WatchOperations"
        : "WatchOperations; the service has no ListOperations";
  }

  private static List<Line> parent(ListRules lists) {
    if (lists.parents().isEmpty()) {
      return List.of(
          Line.EMPTY
              .code("name")
              .and(" must be empty: what is listed is said by the filter, or is all there is"));
    }
    var lines = new ArrayList<Line>();
    for (String pattern : lists.patterns()) {
      lines.add(
          pattern.isEmpty()
              ? Line.of("empty or ").code("operations").and(": operations without a parent")
              : Line.ofCode(pattern));
    }
    if (lists.patterns().stream().anyMatch(pattern -> !pattern.isEmpty())) {
      lines.add(Line.of("with or without ").code("/operations").and(" behind it"));
    }
    return lines;
  }

  private static List<Line> places(Profile profile) {
    var lines = new ArrayList<Line>();
    lines.add(Line.of("gRPC: the field ").code("name"));
    if (profile.lists().parents().isEmpty()) {
      return List.of(Line.of("nowhere: HTTP and gRPC have none"));
    }
    if (!profile.lacks(StandardMethod.LIST.fullName())) {
      profile.bindings().of(StandardMethod.LIST.fullName()).forEach(rule -> lines.add(place(rule)));
    }
    return lines;
  }

  private static Line place(HttpRule rule) {
    boolean inPath = PathTemplate.parse(rule.template()).fields().contains("name");
    var line = Line.ofCode(rule.verb() + ' ' + rule.template());
    return inPath ? line.and(": in the path") : line.and(": in the query, ").code("name=…");
  }

  private static Line wildcard(ListRules lists) {
    return lists.wildcards()
        ? Line.EMPTY.code("-").and(" in place of an id stands for any id")
        : Line.of("none: ").code("-").and(" stands for no other id");
  }

  private static List<Line> size(ListRules lists) {
    String max = Words.number(lists.pageSizeMax());
    return List.of(
        Line.of(Words.number(lists.pageSizeDefault()) + " for who does not say"),
        Line.of(
            lists.refusesMore()
                ? "at most " + max + "; more is INVALID_ARGUMENT"
                : "at most " + max + "; more is cut down to that"));
  }
}
