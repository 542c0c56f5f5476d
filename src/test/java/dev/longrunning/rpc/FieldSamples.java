package dev.longrunning.rpc;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import com.google.protobuf.FieldMask;
import com.google.protobuf.Timestamp;
import com.google.rpc.Status;
import dev.longrunning.v1.Progress;
import io.grpc.reflection.v1.ExtensionRequest;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * For every field of a request, down to the last leaf: values at its bound, and past it.
 *
 * @param field the top field of the request to set
 * @param at allowed, as near to the bound as can be
 * @param past not allowed; empty only where every value is
 */
record FieldSamples(String field, List<Object> at, List<Object> past) {
  static final String NAME_AT = "operations/" + "ä".repeat(250) + "x";
  static final String NAME_PAST = NAME_AT + "x";
  static final String UUID_TEXT = "6F1c3f0e-7a55-4f5c-9c5e-0d6a2f6b8f10";

  private static final int MEBI = 1 << 20;
  private static final String LABEL_KEY = "a" + "-".repeat(62);

  private static FieldSamples of(String field, List<?> at, List<?> past) {
    return new FieldSamples(field, List.copyOf(at), List.copyOf(past));
  }

  private static Duration duration(long seconds, int nanos) {
    return Duration.newBuilder().setSeconds(seconds).setNanos(nanos).build();
  }

  private static Any any(String typeUrl, int valueBytes) {
    var value = ByteString.copyFrom(new byte[valueBytes]);
    return Any.newBuilder().setTypeUrl(typeUrl).setValue(value).build();
  }

  /** An Any of exactly this size. */
  private static Any anyOf(int bytes) {
    return any("a/b", bytes - 9);
  }

  private static Status error(int code, int messageBytes) {
    return Status.newBuilder().setCode(code).setMessage("e".repeat(messageBytes)).build();
  }

  private static Progress progress(long done, long total) {
    return Progress.newBuilder().setDoneUnits(done).setTotalUnits(total).build();
  }

  private static Progress texts(String unit, String message) {
    return Progress.newBuilder().setUnit(unit).setMessage(message).build();
  }

  private static Progress estimate(long seconds, int nanos) {
    return Progress.newBuilder().setEstimatedEndTime(time(seconds, nanos)).build();
  }

  private static Timestamp time(long seconds, int nanos) {
    return Timestamp.newBuilder().setSeconds(seconds).setNanos(nanos).build();
  }

  private static Map<String, String> labels(int count) {
    var labels = new LinkedHashMap<String, String>();
    for (int i = 0; i < count; i++) {
      labels.put("k" + i, "v");
    }
    return labels;
  }

  private static FieldMask mask(String... paths) {
    return FieldMask.newBuilder().addAllPaths(List.of(paths)).build();
  }

  /** By the message's name and the leaf's path. */
  static Map<String, FieldSamples> all() {
    var all = new LinkedHashMap<String, FieldSamples>();
    for (var message : List.of("Get", "Cancel", "Delete", "Wait", "Update", "Complete", "Adopt")) {
      all.put(
          message + "OperationRequest.name",
          of("name", List.of(NAME_AT, "projects/p/operations/o"), badNames()));
    }
    addList(all);
    all.put("WaitOperationRequest.timeout.seconds", durations("timeout", 0, 315_576_000_000L));
    all.put("WaitOperationRequest.timeout.nanos", nanos("timeout"));
    addStart(all);
    for (var message : List.of("Start", "Update", "Complete")) {
      addProduced(all, message + "OperationRequest.");
    }
    for (var message : List.of("Start", "Update")) {
      addLabels(all, message + "OperationRequest.");
    }
    for (var message : List.of("Update", "Complete")) {
      addGuard(all, message + "OperationRequest.");
    }
    all.put(
        "UpdateOperationRequest.update_mask.paths",
        of(
            "update_mask",
            List.of(mask(), mask("metadata", "progress", "labels", "labels")),
            List.of(mask("name"), mask("progress.unit"), mask("*"), mask(""))));
    String adopt = "AdoptOperationRequest.";
    addRequest(all, adopt);
    all.put(adopt + "force", of("force", List.of(true, false), List.of()));
    all.put(adopt + "lease_duration.seconds", durations("lease_duration", 1, 86_400));
    all.put(adopt + "lease_duration.nanos", nanos("lease_duration"));
    addResults(all);
    all.put(
        "ReportOperationsRequest.sequence",
        of("sequence", List.of(0L, Long.MIN_VALUE, Long.MAX_VALUE), List.of()));
    addWatch(all);
    addMint(all);
    addSymbols(all);
    return all;
  }

  private static List<Object> badNames() {
    return List.of(NAME_PAST, "", "x//y", "operations/\0", "operations/\ud800", "-/operations/o");
  }

  private static FieldSamples durations(String field, long min, long max) {
    return of(
        field,
        List.of(duration(min, 0), duration(max, 0)),
        List.of(duration(min - 1, 0), duration(max + 1, 0)));
  }

  private static FieldSamples nanos(String field) {
    return of(
        field,
        List.of(duration(1, 999_999_999)),
        List.of(duration(1, 1_000_000_000), duration(1, -1)));
  }

  private static FieldSamples filters() {
    return of("filter", List.of("", "x".repeat(10_000)), List.of("x".repeat(10_001)));
  }

  private static void addList(Map<String, FieldSamples> all) {
    String list = "ListOperationsRequest.";
    all.put(list + "name", patterns());
    all.put(list + "filter", filters());
    all.put(list + "page_size", of("page_size", List.of(0, Integer.MAX_VALUE), List.of(-1)));
    all.put(
        list + "page_token",
        of("page_token", List.of("x".repeat(1_024)), List.of("x".repeat(1_025))));
    all.put(
        list + "return_partial_success",
        of("return_partial_success", List.of(true, false), List.of()));
  }

  private static FieldSamples patterns() {
    String parentAt = "ä".repeat(256);
    return of(
        "name",
        List.of(
            "",
            "operations",
            parentAt,
            "projects/p/operations",
            "projects/-/operations",
            "a/-/b/-/c/-/d/-/e/-/f/-/g/-/h/-"),
        List.of(
            parentAt + "x",
            "a//b",
            "a\0",
            "\udc00",
            "-",
            "-/operations",
            "projects/p/-/l",
            "projects/-/.",
            "a/-/b/-/c/-/d/-/e/-/f/-/g/-/h/-/i"));
  }

  private static void addMint(Map<String, FieldSamples> all) {
    String mint = "MintWatchTokenRequest.";
    all.put(mint + "name", patterns());
    all.put(mint + "lifetime.seconds", durations("lifetime", 10, 3_600));
    all.put(
        mint + "lifetime.nanos",
        of(
            "lifetime",
            List.of(duration(10, 999_999_999)),
            List.of(duration(10, 1_000_000_000), duration(10, -1))));
    all.put(mint + "cookie", of("cookie", List.of(true, false), List.of()));
    addService(all, mint);
  }

  private static void addWatch(Map<String, FieldSamples> all) {
    String one = "WatchOperationRequest.";
    String many = "WatchOperationsRequest.";
    all.put(one + "name", of("name", List.of(NAME_AT, "projects/p/operations/o"), badNames()));
    all.put(many + "name", patterns());
    all.put(many + "filter", filters());
    all.put(many + "changes_only", of("changes_only", List.of(true, false), List.of()));
    for (String request : List.of(one, many)) {
      all.put(
          request + "resume_token",
          of("resume_token", List.of("", "x".repeat(1_280)), List.of("x".repeat(1_281))));
      all.put(
          request + "read_mask.paths",
          of(
              "read_mask",
              List.of(mask(), mask("version", "operation.name", "progress.unit")),
              List.of(mask("nonsense"), mask("*"), mask(""), mask("labels.a"), many(65))));
      addService(all, request);
    }
  }

  private static FieldMask many(int paths) {
    var mask = FieldMask.newBuilder();
    for (int i = 0; i < paths; i++) {
      mask.addPaths("version");
    }
    return mask.build();
  }

  private static void addStart(Map<String, FieldSamples> all) {
    String start = "StartOperationRequest.";
    String parentAt = "p".repeat(437);
    all.put(
        start + "parent",
        of("parent", List.of("", parentAt), List.of(parentAt + "p", "a/../b", "a\n", "a/-/b")));
    all.put(
        start + "operation_id",
        of(
            "operation_id",
            List.of("", "1", "Ab_~.d", "a" + "-".repeat(62)),
            List.of("a" + "-".repeat(63), "ab\0d", "ab:d", "a/b", "ä")));
    all.put(
        start + "name",
        of("name", List.of("", NAME_AT), List.of(NAME_PAST, "x//y", "operations/\0")));
    all.put(start + "lease_duration.seconds", durations("lease_duration", 1, 86_400));
    all.put(
        start + "lease_duration.nanos",
        of(
            "lease_duration",
            List.of(duration(1, 1)),
            List.of(duration(0, 999_999_999), duration(86_400, 1), duration(1, -1))));
    all.put(start + "adoption_window.seconds", durations("adoption_window", 0, 86_400));
    all.put(start + "adoption_window.nanos", nanos("adoption_window"));
    all.put(start + "retention.seconds", durations("retention", 1, 365 * 86_400));
    all.put(start + "retention.nanos", nanos("retention"));
  }

  private static void addProduced(Map<String, FieldSamples> all, String request) {
    addAny(all, request, "metadata");
    long most = Long.MAX_VALUE;
    all.put(
        request + "progress.done_units",
        of(
            "progress",
            List.of(progress(7, 7), progress(most, 0)),
            List.of(progress(8, 7), progress(-1, 0))));
    all.put(
        request + "progress.total_units",
        of("progress", List.of(progress(0, 0), progress(0, most)), List.of(progress(0, -1))));
    all.put(
        request + "progress.unit",
        of(
            "progress",
            List.of(texts("🙂".repeat(32), "")),
            List.of(texts("x".repeat(33), ""), texts("a\0", ""))));
    all.put(
        request + "progress.message",
        of(
            "progress",
            List.of(texts("", "🙂".repeat(1_000))),
            List.of(texts("", "x".repeat(1_001)), texts("", "a\nb"), texts("", "\ud800"))));
    all.put(
        request + "progress.estimated_end_time.seconds",
        of(
            "progress",
            List.of(estimate(-62_135_596_800L, 0), estimate(253_402_300_799L, 0)),
            List.of(estimate(-62_135_596_801L, 0), estimate(253_402_300_800L, 0))));
    all.put(
        request + "progress.estimated_end_time.nanos",
        of(
            "progress",
            List.of(estimate(0, 999_999_999)),
            List.of(estimate(0, 1_000_000_000), estimate(0, -1))));
    addRequest(all, request);
  }

  private static void addRequest(Map<String, FieldSamples> all, String request) {
    all.put(
        request + "request_id",
        of(
            "request_id",
            List.of("", UUID_TEXT),
            List.of(
                UUID_TEXT + "0",
                UUID_TEXT.substring(1),
                "1-1-1-1-1",
                UUID_TEXT.replace('-', '0'))));
    addService(all, request);
  }

  private static void addService(Map<String, FieldSamples> all, String request) {
    all.put(
        request + "service",
        of("service", List.of("", LABEL_KEY), List.of(LABEL_KEY + "x", "A", "a/b", "a\0")));
  }

  private static void addAny(Map<String, FieldSamples> all, String request, String field) {
    String typeAt = "a/" + "b".repeat(510);
    all.put(
        request + field + ".type_url",
        of(
            field,
            List.of(any(typeAt, 0)),
            List.of(any(typeAt + "b", 0), any("", 0), any("b", 0), any("a/\0", 0))));
    all.put(request + field + ".value", of(field, List.of(anyOf(MEBI)), List.of(anyOf(MEBI + 1))));
  }

  private static void addLabels(Map<String, FieldSamples> all, String request) {
    String valueAt = "ä".repeat(128);
    all.put(
        request + "labels.key",
        of(
            "labels",
            List.of(labels(64), Map.of(LABEL_KEY, "")),
            List.of(
                labels(65),
                Map.of(LABEL_KEY + "x", ""),
                Map.of("", ""),
                Map.of("A", ""),
                Map.of("1", ""),
                Map.of("a\0", ""))));
    all.put(
        request + "labels.value",
        of(
            "labels",
            List.of(Map.of("k", valueAt)),
            List.of(Map.of("k", valueAt + "x"), Map.of("k", "\0"), Map.of("k", "\ud800"))));
  }

  private static void addGuard(Map<String, FieldSamples> all, String request) {
    all.put(
        request + "lease_token",
        of(
            "lease_token",
            List.of("", "x".repeat(64)),
            List.of("x".repeat(65), "with space", "\0", "ä")));
    all.put(request + "version", of("version", List.of(0L, Long.MAX_VALUE), List.of(-1L)));
    if (request.startsWith("Update")) {
      all.put(request + "lease_duration.seconds", durations("lease_duration", 1, 86_400));
      all.put(request + "lease_duration.nanos", nanos("lease_duration"));
      all.put(
          request + "signals_heard_time.seconds",
          of(
              "signals_heard_time",
              List.of(time(-62_135_596_800L, 0), time(253_402_300_799L, 0)),
              List.of(time(-62_135_596_801L, 0), time(253_402_300_800L, 0))));
      all.put(
          request + "signals_heard_time.nanos",
          of(
              "signals_heard_time",
              List.of(time(0, 999_999_999)),
              List.of(time(0, 1_000_000_000), time(0, -1))));
    }
  }

  private static void addResults(Map<String, FieldSamples> all) {
    String complete = "CompleteOperationRequest.";
    addAny(all, complete, "response");
    all.put(
        complete + "error.code",
        of(
            "error",
            List.of(error(1, 0), error(16, 0)),
            List.of(error(0, 1), error(17, 0), error(-1, 0))));
    // A code, a tag, and a length of three bytes.
    all.put(
        complete + "error.message",
        of("error", List.of(error(5, MEBI - 6)), List.of(error(5, MEBI - 5))));
    all.put(
        complete + "error.details.type_url",
        of(
            "error",
            List.of(error(5, 0).toBuilder().addDetails(any("a/b", 0)).build()),
            List.of(error(5, 0).toBuilder().addDetails(any("", 0)).build())));
    all.put(
        complete + "error.details.value",
        of(
            "error",
            List.of(error(5, 0).toBuilder().addDetails(anyOf(MEBI - 6)).build()),
            List.of(error(5, 0).toBuilder().addDetails(anyOf(MEBI - 5)).build())));
  }

  private static void addSymbols(Map<String, FieldSamples> all) {
    String at = "ä".repeat(256);
    var past = List.<Object>of(at + "x", "a\0", "\ud800");
    all.put("HealthCheckRequest.service", of("service", List.of("", at), past));
    String reflection = "ServerReflectionRequest.";
    for (var field :
        List.of(
            "host",
            "file_by_filename",
            "file_containing_symbol",
            "all_extension_numbers_of_type",
            "list_services")) {
      all.put(reflection + field, of(field, List.of("", at), past));
    }
    String extension = "file_containing_extension";
    all.put(
        reflection + extension + ".containing_type",
        of(
            extension,
            List.of(extension(at, 0)),
            past.stream().map(type -> extension((String) type, 0)).toList()));
    all.put(
        reflection + extension + ".extension_number",
        of(
            extension,
            List.of(extension("", Integer.MIN_VALUE), extension("", Integer.MAX_VALUE)),
            List.of(extension(at + "x", 1))));
  }

  private static ExtensionRequest extension(String type, int number) {
    return ExtensionRequest.newBuilder().setContainingType(type).setExtensionNumber(number).build();
  }
}
