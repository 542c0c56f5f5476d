package dev.longrunning.store.pg;

import dev.longrunning.filter.CreateTimes;
import dev.longrunning.operation.OperationKey;
import dev.longrunning.operation.PageToken;
import dev.longrunning.operation.Snapshot;
import dev.longrunning.store.Listed;
import dev.longrunning.store.Listing;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import org.jspecify.annotations.Nullable;

/**
 * A page of a list with a filter: the database leaves out what cannot match, and what comes back is
 * judged here.
 *
 * <p><b>Bounds.</b> The listing's rows are examined at most. Of those that may match at most
 * {@value #CANDIDATES_MAX} are read, or as many as are wanted, and the listing's bytes and one row
 * more.
 */
final class FilteredPage {
  /** Where the filter asks for more than columns hold. */
  static final int CANDIDATES_MAX = 1_000;

  private final Listing listing;
  private final int candidates;
  private final String sql;
  private final Tuple arguments;

  private FilteredPage(Listing listing, int candidates, String sql, Tuple arguments) {
    this.listing = listing;
    this.candidates = candidates;
    this.sql = sql;
    this.arguments = arguments;
  }

  /** Whether a statement is of these. */
  static boolean isFiltered(String sql) {
    return sql.startsWith(FilterStatements.BEGIN);
  }

  static FilteredPage of(Listing listing) {
    var filter = listing.sieve().filter();
    int candidates =
        listing.sieve().isExact() ? listing.limit() : Math.max(listing.limit(), CANDIDATES_MAX);
    var arguments =
        Tuple.of(
            listing.service(), (long) listing.examinedMax(), candidates, (long) listing.bytesMax());
    var collections = listing.collections();
    String from;
    String matches = "";
    if (collections.isExact()) {
      from = String.format(FilterStatements.OF_COLLECTION, bound(arguments, collections.text()));
    } else {
      from = FilterStatements.OF_SERVICE;
      arguments.addInteger(collections.shape().segments() - 1);
      String slashes = "$" + arguments.size() + "::integer";
      String like = bound(arguments, Pages.like(collections));
      matches = String.format(FilterStatements.LIKE_COLLECTIONS, slashes, like) + " and ";
    }
    var conditions = new FilterConditions(listing.service(), arguments);
    String sql =
        FilterStatements.HEAD
            + matches
            + filter.narrowing().writtenBy(conditions)
            + FilterStatements.MATCHES_END
            + from
            + range(listing, arguments)
            + FilterStatements.TAIL;
    return new FilteredPage(listing, candidates, sql, arguments);
  }

  private static String bound(Tuple arguments, String text) {
    arguments.addString(text);
    return "$" + arguments.size() + "::text";
  }

  /** Where the index is entered, and where it is left. */
  private static String range(Listing listing, Tuple arguments) {
    var created = CreateTimes.of(listing.sieve().filter().narrowing());
    return begin(listing, created.to(), arguments)
        + (created.from() == null
            ? ""
            : String.format(FilterStatements.CREATED_FROM, bound(arguments, created.from())));
  }

  // One bound only: given two, the index may be entered by the one that leaves more to look at.
  private static String begin(Listing listing, @Nullable Instant to, Tuple arguments) {
    PageToken after = listing.after();
    if (to != null && (after == null || after.createTime().isAfter(to))) {
      return String.format(FilterStatements.CREATED_UNTIL, bound(arguments, to));
    }
    if (after == null) {
      return "";
    }
    String time = bound(arguments, after.createTime());
    var key = new OperationKey(listing.service(), after.name());
    return String.format(FilterStatements.BEHIND, time, bound(arguments, key.text()));
  }

  private static String bound(Tuple arguments, Instant time) {
    arguments.addOffsetDateTime(time.atOffset(ZoneOffset.UTC));
    return "$" + arguments.size() + "::timestamptz";
  }

  String sql() {
    return sql;
  }

  Tuple arguments() {
    return arguments;
  }

  Future<Listed> read(Links links, Duration limit) {
    return links
        .run(limit, connection -> connection.preparedQuery(sql).execute(arguments))
        .map(this::listed);
  }

  private Listed listed(RowSet<Row> rows) {
    var operations = new ArrayList<Snapshot>();
    @Nullable PageToken last = null;
    boolean stopped = rows.size() == candidates;
    long bytes = 0;
    for (var row : rows) {
      var key = OperationKey.parse(row.getString("key"));
      last = new PageToken(Rows.present(row, "create_time"), key.name());
      stopped |= row.getBoolean("stopped");
      if (row.getBoolean("matches")) {
        var snapshot = Rows.snapshot(row, key);
        bytes += snapshot.payloadBytes();
        if (listing.sieve().matches(snapshot)) {
          operations.add(snapshot);
        }
      }
      if (operations.size() == listing.limit()) {
        return new Listed(operations, null);
      }
    }
    stopped |= bytes >= listing.bytesMax();
    return new Listed(operations, stopped ? last : null);
  }
}
