package dev.longrunning.types;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import com.google.rpc.Status;
import dev.longrunning.operation.Bytes;
import dev.longrunning.operation.OperationKey;
import dev.longrunning.operation.Outcome;
import dev.longrunning.operation.Progress;
import dev.longrunning.operation.ReceivedSignals;
import dev.longrunning.operation.Snapshot;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Operations that differ in what filters ask for. */
public final class FilterSamples {
  private static final Instant CREATED = Instant.parse("2026-01-01T10:00:00.123456Z");
  private static final JsonFormat.Parser JSON =
      JsonFormat.parser().usingTypeRegistry(Types.builtIn().registry());

  /** One of everything: numbers, times, an enum, a map, messages in messages. */
  private static final String TYPED =
      """
      {"@type": "type.googleapis.com/longrunning.v1.OperationSnapshot",
       "version": "42", "labels": {"foo": "42", "empty": ""},
       "createTime": "2012-04-21T15:30:00Z",
       "progress": {"doneUnits": "3", "unit": "rows", "message": "Les Misérables"},
       "operation": {"name": "inner", "done": true,
         "metadata": {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "20s"},
         "error": {"code": 7, "message": "inside"}}}
      """;

  private static final String STRUCT =
      """
      {"@type": "type.googleapis.com/google.protobuf.Struct", "value":
       {"a": {"b": true, "n": 42.5, "s": "x.foo", "z": null, "e": "", "c": {"d": "foo"}},
        "r": [42, "x", {"foo": 42}, {"foo": "other"}], "big": 2.997e9, "key.with.dots": "dotted"}}
      """;

  private static final String EVENT =
      """
      {"@type": "type.googleapis.com/longrunning.v1.WatchEvent",
       "gone": {"name": "g", "reason": "EXPIRED", "version": "9"}}
      """;

  private static final String ERROR =
      """
      {"code": 8, "message": "quota of \\"rows\\" is used up", "details": [
       {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "RATE", "domain": "d",
        "metadata": {"consumer": "projects/1"}},
       {"@type": "type.googleapis.com/google.rpc.BadRequest", "fieldViolations": [
        {"field": "f1", "description": "first"}, {"field": "f2", "description": "second"}]},
       {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "1.200s"},
       {"@type": "type.googleapis.com/other.Unknown"}]}
      """;

  private FilterSamples() {}

  /** By a short name, in the order of creation. */
  public static Map<String, Snapshot> all() {
    var all = new LinkedHashMap<String, Snapshot>();
    var reading = new Progress(42, 100, "rows", "Victor reads Hugo", null);
    add(all, "typed", TYPED, reading, Map.of("env", "prod", "tier", "1"), Outcome.RUNNING, "");
    add(all, "struct", STRUCT, null, Map.of("env", "test"), Outcome.RESPONSE, TYPED);
    add(all, "event", EVENT, new Progress(0, 0, "", "", null), Map.of(), Outcome.RUNNING, "");
    add(all, "failed", null, null, Map.of("env", ""), Outcome.ERROR, ERROR);
    add(all, "bare", null, null, Map.of(), Outcome.RUNNING, "");
    return all;
  }

  /** Such as services have that are known for a dialect, with their metadata as structs. */
  public static Map<String, Snapshot> ofServices() {
    var all = new LinkedHashMap<String, Snapshot>();
    service(all, "thumbs", "'target': 'projects/p/locations/l/functions/thumbs'", "");
    service(all, "resize", "'target': 'projects/p/locations/m/functions/resize'", "response");
    service(all, "others", "'target': 'projects/q/locations/l/functions/thumbs'", "");
    String transfer = "'project_id': 'demo', 'transfer_job_name': 'transferJobs/";
    service(all, "copying", transfer + "1', 'status': 'IN_PROGRESS'", "");
    service(all, "aborted", transfer + "2', 'status': 'ABORTED'", "error");
    String cluster = "'cluster_name': 'etl-7', 'operation_type': 'CREATE'";
    service(
        all,
        "cluster",
        cluster + ", 'labels': {'env': 'staging'}, 'status': {'state': 'PENDING'}",
        "");
    String rollout = "'resource_names': ['services/echo'], 'start_time': '2026-02-01T";
    service(all, "rollout", rollout + "08:00:00Z'", "response");
    service(all, "failing", rollout + "09:00:00Z'", "error");
    return all;
  }

  private static void service(
      Map<String, Snapshot> all, String id, String metadata, String result) {
    String struct = "{'@type': 'type.googleapis.com/google.protobuf.Struct', 'value': {";
    String json = (struct + metadata + "}}").replace('\'', '"');
    switch (result) {
      case "response" -> add(all, id, json, null, Map.of(), Outcome.RESPONSE, TYPED);
      case "error" -> add(all, id, json, null, Map.of(), Outcome.ERROR, ERROR);
      default -> add(all, id, json, null, Map.of(), Outcome.RUNNING, "");
    }
  }

  private static void add(
      Map<String, Snapshot> all,
      String id,
      @Nullable String metadata,
      @Nullable Progress progress,
      Map<String, String> labels,
      Outcome outcome,
      String result) {
    var created = CREATED.plus(Duration.ofHours(all.size()));
    var ended = outcome == Outcome.RUNNING ? null : created.plusSeconds(60);
    var bytes =
        switch (outcome) {
          case RUNNING -> Bytes.EMPTY;
          case RESPONSE -> any(result);
          case ERROR -> status(result);
        };
    all.put(
        id,
        new Snapshot(
            OperationKey.of("projects/p/operations/" + id),
            "projects/p",
            7,
            created,
            created.plusSeconds(60),
            Duration.ofDays(1),
            outcome,
            bytes,
            metadata == null ? null : any(metadata),
            progress,
            labels,
            ended,
            id.equals("bare") ? created.plusSeconds(1) : null,
            ReceivedSignals.NONE,
            ended == null ? null : ended.plus(Duration.ofDays(1))));
  }

  /** A message in the form that JSON has for an Any. */
  public static Bytes any(String json) {
    var any = Any.newBuilder();
    merge(json, any);
    return Bytes.of(any.build().toByteArray());
  }

  static Bytes status(String json) {
    var status = Status.newBuilder();
    merge(json.replace("{\"@type\": \"type.googleapis.com/other.Unknown\"}", "{}"), status);
    for (int i = 0; i < status.getDetailsCount(); i++) {
      if (status.getDetails(i).getTypeUrl().isEmpty()) {
        status.setDetails(i, Any.newBuilder().setTypeUrl("type.googleapis.com/other.Unknown"));
      }
    }
    return Bytes.of(status.build().toByteArray());
  }

  private static void merge(String json, com.google.protobuf.Message.Builder into) {
    try {
      JSON.merge(json, into);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalArgumentException(json, e);
    }
  }
}
