package dev.longrunning.filter;

import dev.longrunning.filter.FlatJson.Entry;
import dev.longrunning.filter.FlatJson.Text;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/** An object of JSON: the project, and what else the operations of transfer jobs must have. */
final class StorageTransferDialect implements Dialect {
  private static final Set<String> STATUSES =
      new TreeSet<>(
          Set.of("ABORTED", "FAILED", "IN_PROGRESS", "PAUSED", "QUEUED", "SUCCESS", "SUSPENDING"));
  private static final Set<String> ARRAYS =
      Set.of("job_names", "operation_names", "transfer_statuses");
  private static final String KEYS =
      "projectId, jobNames, jobNamePattern, operationNames, operationNamePattern,"
          + " minCreationTime, maxCreationTime, transferStatuses";

  @Override
  public String name() {
    return "storage-transfer";
  }

  @Override
  public boolean isRequired() {
    return true;
  }

  @Override
  public Guide guide() {
    return new Guide(
        List.of(
            new Guide.Term("projectId", "text; there must be one", ":"),
            new Guide.Term("jobNames", "an array of texts", ":"),
            new Guide.Term("jobNamePattern", "text, in which * is anything", ":"),
            new Guide.Term("operationNames", "an array of texts", ":"),
            new Guide.Term("operationNamePattern", "text, in which * is anything", ":"),
            new Guide.Term("minCreationTime", "a time", ":"),
            new Guide.Term("maxCreationTime", "a time", ":"),
            new Guide.Term(
                "transferStatuses",
                "an array of " + String.join(", ", STATUSES) + ", in any case",
                ":")),
        List.of(
            "{\"projectId\": \"my-project\", \"transferStatuses\": [\"IN_PROGRESS\", \"PAUSED\"]}",
            "{\"projectId\": \"my-project\", \"jobNamePattern\": \"transferJobs/nightly-*\", \"minCreationTime\": \"2026-01-31T08:00:00Z\", \"maxCreationTime\": \"2026-02-01T08:00:00Z\"}",
            "{\"projectId\": \"my-project\", \"jobNames\": [\"transferJobs/nightly-1\"], \"operationNames\": [\"transferOperations/transferJobs-nightly-1-4711\"], \"operationNamePattern\": \"transferOperations/*\"}"));
  }

  @Override
  public Filter parse(String text) {
    var keys = new TreeSet<String>();
    String project = "";
    var parts = new ArrayList<Node>();
    for (var entry : FlatJson.read(text).values()) {
      String key = Field.snake(entry.key());
      boolean array = ARRAYS.contains(key);
      if (!keys.add(key)) {
        throw Fault.at(entry.keyPlace(), entry.key(), "each key once");
      }
      var part = part(key, entry);
      if (array != entry.array()) {
        throw Fault.at(entry.keyPlace(), entry.key(), array ? "an array of strings" : "one string");
      }
      parts.add(part);
      project = key.equals("project_id") ? entry.texts().get(0).text() : project;
    }
    if (!keys.contains("project_id")) {
      throw Fault.missing("projectId", "an object of JSON with the key projectId");
    }
    return Filter.of(Node.all(parts)).in("projects/" + project);
  }

  private static Node part(String key, Entry entry) {
    return switch (key) {
      case "project_id" -> each(entry, "metadata.project_id", StorageTransferDialect::exactly);
      case "job_names" ->
          each(entry, "metadata.transfer_job_name", StorageTransferDialect::exactly);
      case "job_name_pattern" ->
          each(entry, "metadata.transfer_job_name", text -> Operand.pattern(text.text()));
      case "operation_names" -> each(entry, "name", StorageTransferDialect::exactly);
      case "operation_name_pattern" -> each(entry, "name", text -> Operand.pattern(text.text()));
      case "transfer_statuses" -> each(entry, "metadata.status", StorageTransferDialect::status);
      case "min_creation_time" -> created(entry, Comparator.AT_LEAST);
      case "max_creation_time" -> created(entry, Comparator.AT_MOST);
      default -> throw Fault.at(entry.keyPlace(), entry.key(), "the keys " + KEYS);
    };
  }

  /** Any of the values; an empty array asks for nothing. */
  private static Node each(Entry entry, String path, Function<Text, Operand> operand) {
    List<Node> any =
        entry.texts().stream()
            .map(operand)
            .map(one -> Node.Comparison.of(path, Comparator.EQUAL, one))
            .toList();
    return any.isEmpty() ? Node.EVERYTHING : Node.any(any);
  }

  private static Operand exactly(Text text) {
    return Operand.exactly(text.text());
  }

  private static Operand status(Text text) {
    String status = text.text().toUpperCase(Locale.ROOT);
    if (!STATUSES.contains(status)) {
      throw Fault.at(text.place(), text.text(), String.join(", ", STATUSES));
    }
    return Operand.exactly(status);
  }

  private static Node created(Entry entry, Comparator comparator) {
    for (var text : entry.texts()) {
      if (Operand.time(text.text()).isEmpty()) {
        throw Fault.at(text.place(), text.text(), "a time as in 2026-01-31T08:00:00Z");
      }
      return Node.Comparison.of("create_time", comparator, Operand.exactly(text.text()));
    }
    throw Fault.at(entry.keyPlace(), entry.key(), "one string");
  }
}
