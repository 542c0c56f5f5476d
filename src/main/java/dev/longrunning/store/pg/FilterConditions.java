package dev.longrunning.store.pg;

import dev.longrunning.filter.Comparator;
import dev.longrunning.filter.Narrowing;
import dev.longrunning.filter.Narrowing.Column;
import dev.longrunning.filter.Narrowing.TextTest;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;

/** What a filter leaves of its columns, as a condition of SQL: fixed parts, and values bound. */
final class FilterConditions implements Narrowing.Writer<String> {
  private final String service;
  private final Tuple arguments;

  FilterConditions(String service, Tuple arguments) {
    this.service = service;
    this.arguments = arguments;
  }

  @Override
  public String constant(boolean value) {
    return value ? "true" : "false";
  }

  @Override
  public String all(List<String> parts) {
    return '(' + String.join(" and ", parts) + ')';
  }

  @Override
  public String any(List<String> parts) {
    return '(' + String.join(" or ", parts) + ')';
  }

  @Override
  public String not(String part) {
    return "(not " + part + ')';
  }

  @Override
  public String present(Column column) {
    return switch (column) {
      case NAME, CREATE_TIME, UPDATE_TIME -> "true";
      case DONE -> "(o.outcome <> 0)";
      case RESPONSE -> "(o.outcome = 1)";
      case ERROR -> "(o.outcome = 2)";
      case LABELS -> "(o.labels <> '{}')";
      case PROGRESS, DONE_UNITS, TOTAL_UNITS, UNIT, MESSAGE -> "(o.done_units is not null)";
      case END_TIME, CANCEL_REQUEST_TIME, METADATA, ERROR_CODE ->
          '(' + name(column) + " is not null)";
    };
  }

  private static String name(Column column) {
    return switch (column) {
      case NAME -> "o.key";
      case CREATE_TIME -> "o.create_time";
      case UPDATE_TIME -> "o.update_time";
      case END_TIME -> "o.end_time";
      case CANCEL_REQUEST_TIME -> "o.cancel_request_time";
      case DONE, ERROR, RESPONSE -> "o.outcome";
      case ERROR_CODE -> FilterStatements.ERROR_CODE;
      case METADATA -> "o.metadata";
      case PROGRESS, DONE_UNITS -> "o.done_units";
      case TOTAL_UNITS -> "o.total_units";
      case UNIT -> "o.unit collate \"C\"";
      case MESSAGE -> "o.message collate \"C\"";
      case LABELS -> "o.labels";
    };
  }

  @Override
  public String labelled(String key) {
    return String.format(FilterStatements.LABELLED, text(key));
  }

  @Override
  public String text(Column column, TextTest test) {
    // Names are stored behind their service.
    return textIs(name(column), column == Column.NAME ? service + '/' : "", test);
  }

  @Override
  public String label(String key, TextTest test) {
    return textIs(String.format(FilterStatements.LABEL, text(key)), "", test);
  }

  private String textIs(String column, String before, TextTest test) {
    if (test.comparator().isEquality() && !test.glob().isPlain()) {
      String like = test.comparator() == Comparator.NOT_EQUAL ? "not like" : "like";
      return is(column, like, text(escaped(before) + test.glob().like()));
    }
    return is(column, operator(test.comparator()), text(before + test.text()));
  }

  private static String escaped(String text) {
    return text.replaceAll("[%_\\\\]", "\\\\$0");
  }

  private static String is(String column, String operator, String value) {
    return String.format(FilterStatements.IS_TRUE, column, operator, value);
  }

  private static String operator(Comparator comparator) {
    return switch (comparator) {
      case EQUAL, HAS -> "=";
      case NOT_EQUAL -> "<>";
      case LESS -> "<";
      case AT_MOST -> "<=";
      case GREATER -> ">";
      case AT_LEAST -> ">=";
    };
  }

  @Override
  public String time(Column column, Comparator comparator, Instant time) {
    arguments.addOffsetDateTime(time.atOffset(ZoneOffset.UTC));
    return is(name(column), operator(comparator), "$" + arguments.size() + "::timestamptz");
  }

  @Override
  public String number(Column column, Comparator comparator, long number) {
    arguments.addLong(number);
    return is(name(column), operator(comparator), "$" + arguments.size() + "::bigint");
  }

  private String text(String value) {
    arguments.addString(value);
    return "$" + arguments.size() + "::text";
  }
}
