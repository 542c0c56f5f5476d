package dev.longrunning.bench.stage;

import com.google.longrunning.ListOperationsRequest;
import com.google.longrunning.ListOperationsResponse;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.longrunning.bench.Rounds;
import dev.longrunning.bench.Run;
import dev.longrunning.bench.Stage;
import dev.longrunning.bench.peer.Server;
import dev.longrunning.bench.wire.Asker;
import dev.longrunning.bench.wire.Call;
import dev.longrunning.bench.wire.Caller;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Pages of lists, among few operations and among many. */
final class Lists implements Stage {
  private static final String LIST = "/google.longrunning.Operations/ListOperations";
  private static final int[] OPERATIONS = {10_000, 1_000_000, 10_000_000};
  private static final int PAGE = 50;

  private static final int WARM_UP_CALLS = 20_000;
  private static final int WARM_UP_IN_FLIGHT = 4;

  /** To walk to the middle with. */
  private static final int LARGE_PAGE = 1_000;

  /** An operation with its indexes, its part of the write-ahead log, and as much again. */
  private static final long BYTES_EACH = 2_500;

  private static final Map<String, String> FILTERS = filters();

  private static Map<String, String> filters() {
    var filters = new LinkedHashMap<String, String>();
    filters.put("done = true, 1 of 100", "done = true");
    filters.put("labels.env = rare, 1 of 100", "labels.env = rare");
    filters.put("metadata.kind = rare, 1 of 10", "metadata.kind = rare");
    return filters;
  }

  /** One of the servers, and what is stored in its database. */
  private record Size(int operations, String parent, int port, Call middle) {
    String label() {
      return String.format(Locale.ROOT, ", %,d stored", operations);
    }
  }

  @Override
  public String name() {
    return "lists";
  }

  @Override
  public String about() {
    return "Median time in milliseconds of ListOperations of 50 operations of some 290 bytes, one call in flight over gRPC: the first page, the page"
        + " in the middle of the collection, and first pages with filters; of a collection of 10 thousand, 1 million and 10 million"
        + " operations, each alone in a database of its own.";
  }

  @Override
  public void run(Run run) throws Exception {
    var sizes = new ArrayList<Size>();
    for (int operations : OPERATIONS) {
      int stored = run.scale().of(operations);
      long free = Files.getFileStore(run.work()).getUsableSpace();
      if (free < stored * BYTES_EACH) {
        run.findings()
            .note(
                String.format(
                    Locale.ROOT,
                    "Left out: %,d operations, which want %,d GB of disk; there were %,d.",
                    stored,
                    (stored * BYTES_EACH) >> 30,
                    free >> 30));
      } else {
        sizes.add(size(run, stored));
      }
    }
    warmUp(run, sizes);
    measure(run, "first page", sizes, size -> page(size.parent, PAGE, "", ""));
    measure(run, "page in the middle", sizes, Size::middle);
    for (var filter : FILTERS.entrySet()) {
      measure(run, filter.getKey(), sizes, size -> page(size.parent, PAGE, filter.getValue(), ""));
    }
    found(run, sizes);
  }

  /** A glance has all sizes in one database, as collections. */
  private static Size size(Run run, int operations) throws Exception {
    var postgres = run.asidePostgres();
    var server = run.server(postgres.database(), Run.JVM);
    String parent = "projects/lists-" + operations;
    new Stored(run, postgres).fill(parent, operations, true);
    run.says("going to the page in the middle");
    return new Size(operations, parent, server.port(), middle(server, parent, operations));
  }

  /** As many calls for each: on the way to the middle of many operations there were more. */
  private static void warmUp(Run run, List<Size> sizes) throws InterruptedException {
    run.says("warming up");
    for (var size : sizes) {
      var call = page(size.parent, PAGE, "", "");
      try (var caller = new Caller(1, size.port)) {
        caller.all(run.scale().of(WARM_UP_CALLS), WARM_UP_IN_FLIGHT, () -> call);
      }
    }
  }

  private interface Pages {
    Call of(Size size);
  }

  private static void measure(Run run, String name, List<Size> sizes, Pages pages)
      throws Exception {
    Rounds rounds = run.rounds("ms");
    for (var size : sizes) {
      var call = pages.of(size);
      // Opened now: the server closes connections that were idle while it was filled.
      var caller = run.with(new Caller(1, size.port));
      rounds.add(name + size.label(), time -> caller.inFlight(1, time, () -> call).millis(50));
    }
    rounds.measure();
  }

  private static void found(Run run, List<Size> sizes) {
    if (sizes.size() < 2) {
      return;
    }
    var findings = run.findings();
    String few = sizes.get(0).label();
    String many = sizes.get(sizes.size() - 1).label();
    findings.atMost(1.2, "first page" + many, "first page" + few);
    findings.compare("page in the middle" + many, "page in the middle" + few);
    for (String filter : FILTERS.keySet()) {
      findings.compare(filter + many, filter + few);
    }
    findings.note(
        "A database and a server for each size, all running, called in turn. What matches a filter is spread evenly, so that a page looks at as many"
            + " operations whatever the size.");
  }

  private static Call page(String parent, int size, String filter, String token) {
    return Call.of(
        LIST,
        ListOperationsRequest.newBuilder()
            .setName(parent)
            .setPageSize(size)
            .setFilter(filter)
            .setPageToken(token)
            .build());
  }

  /** The page behind half of the collection; its token can only be had by going there. */
  private static Call middle(Server server, String parent, int operations)
      throws InterruptedException, InvalidProtocolBufferException {
    String token = "";
    try (var asker = new Asker(server.port())) {
      for (int left = operations / 2; left > 0; ) {
        var call = page(parent, Math.min(left, LARGE_PAGE), "", token);
        var answer = ListOperationsResponse.parseFrom(asker.ask(call));
        left -= answer.getOperationsCount();
        token = answer.getNextPageToken();
      }
    }
    return page(parent, PAGE, "", token);
  }
}
