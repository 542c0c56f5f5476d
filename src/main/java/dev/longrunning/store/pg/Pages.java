package dev.longrunning.store.pg;

import dev.longrunning.operation.CollectionPattern;
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
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Lists, page by page: those of one collection, and those of all that match a pattern. */
final class Pages {
  private static final Duration LIMIT = Duration.ofMillis(1_900);

  private Pages() {}

  static Future<Listed> read(Links links, Listing listing) {
    if (listing.isFiltered()) {
      return FilteredPage.of(listing).read(links, LIMIT);
    }
    boolean first = listing.after() == null;
    return listing.collections().isExact()
        ? read(
            links,
            first ? Statements.OP_LIST_FIRST : Statements.OP_LIST_NEXT,
            arguments(listing, ofCollection(listing)))
        : read(
            links,
            first ? Statements.OP_LIST_MATCHING_FIRST : Statements.OP_LIST_MATCHING_NEXT,
            arguments(listing, ofPattern(listing)));
  }

  private static Future<Listed> read(Links links, String sql, Tuple arguments) {
    return links
        .run(LIMIT, connection -> connection.preparedQuery(sql).execute(arguments))
        .map(Pages::listed);
  }

  private static Tuple ofCollection(Listing listing) {
    return Tuple.of(
        listing.service(),
        listing.collections().text(),
        listing.limit(),
        (long) listing.bytesMax());
  }

  private static Tuple ofPattern(Listing listing) {
    return Tuple.of(
        listing.service(),
        like(listing.collections()),
        listing.collections().shape().segments() - 1,
        (long) listing.examinedMax(),
        listing.limit(),
        (long) listing.bytesMax());
  }

  private static Tuple arguments(Listing listing, Tuple tuple) {
    PageToken after = listing.after();
    if (after != null) {
      var key = new OperationKey(listing.service(), after.name());
      tuple.addOffsetDateTime(after.createTime().atOffset(ZoneOffset.UTC)).addString(key.text());
    }
    return tuple;
  }

  /** Also matches ids that hold a slash: the statement counts the slashes. */
  static String like(CollectionPattern pattern) {
    return Stream.of(pattern.text().split("/"))
        .map(segment -> segment.equals("-") ? "%" : segment.replaceAll("[%_\\\\]", "\\\\$0"))
        .collect(Collectors.joining("/"));
  }

  private static Listed listed(RowSet<Row> rows) {
    var operations = new ArrayList<Snapshot>(rows.size());
    @Nullable PageToken stoppedAt = null;
    for (var row : rows) {
      var key = OperationKey.parse(row.getString("key"));
      if (row.getBoolean("matches")) {
        operations.add(Rows.snapshot(row, key));
      }
      if (row.getBoolean("stopped")) {
        stoppedAt = new PageToken(Rows.present(row, "create_time"), key.name());
      }
    }
    return new Listed(operations, stoppedAt);
  }
}
