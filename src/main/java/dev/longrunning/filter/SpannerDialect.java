package dev.longrunning.filter;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * A part of AIP-160, in which upper and lower case are the same and a colon asks whether a text
 * contains another. The type of the metadata comes before its fields.
 */
final class SpannerDialect implements Dialect {
  private static final String ALLOWED =
      "FIELD < > <= >= != = : VALUE with AND, OR, NOT and parentheses, and the fields name, done,"
          + " error, response.FIELD, metadata.@type, and behind that metadata.FIELD";

  /** Those whose names are known, and so are the same in upper and lower case. */
  private static final Set<String> FIELDS = Set.of("name", "done", "error", "metadata", "response");

  @Override
  public String name() {
    return "spanner";
  }

  @Override
  public Guide guide() {
    return new Guide(
        List.of(
            new Guide.Term("name", "text", "!= : < <= = > >="),
            new Guide.Term("done", "true or false", "= != :"),
            new Guide.Term("error", "a message; set if it failed", ":"),
            new Guide.Term(
                "metadata",
                "a message, and below it @type and its fields: @type comes before the others",
                ":"),
            new Guide.Term(
                "response", "a message, and below it its fields; set if it ended well", ":")),
        List.of(
            "done:true AND error:*",
            "name:howl",
            "(metadata.@type = type.googleapis.com/google.spanner.admin.database.v1.RestoreDatabaseMetadata) AND (metadata.progress.progress_percent > 50)",
            "response.@type:Database"));
  }

  @Override
  public Filter parse(String text) {
    return Filter.of(new Parser(text, new SpannerRules()).parse());
  }

  private static final class SpannerRules extends RestrictedRules {
    private boolean typed;

    SpannerRules() {
      super(ALLOWED);
    }

    @Override
    public boolean isAnyCase() {
      return true;
    }

    @Override
    public Node comparison(Member member, Comparator comparator, Argument argument) {
      List<String> names = new ArrayList<>(member.names());
      names.set(0, names.get(0).toLowerCase(Locale.ROOT));
      if (!FIELDS.contains(names.get(0))) {
        throw refused(member.text(), member.place());
      }
      if (names.get(0).equals("metadata") && names.size() > 1) {
        typed |= names.get(1).equals("@type");
        if (!typed) {
          throw refused(member.text() + " before metadata.@type", member.place());
        }
      }
      var operand = argument.operand();
      if (names.get(0).equals("done")) {
        operand = Operand.exactly(operand.text().toLowerCase(Locale.ROOT));
      } else if (comparator == Comparator.HAS && !operand.presence()) {
        operand = operand.within();
      }
      return super.comparison(
          new Member(names, member.place()), comparator, new Argument(operand, argument.place()));
    }
  }
}
