package dev.longrunning.rpc;

import static dev.longrunning.rpc.FieldBounds.any;
import static dev.longrunning.rpc.FieldBounds.duration;
import static dev.longrunning.rpc.FieldBounds.error;
import static dev.longrunning.rpc.FieldBounds.extension;
import static dev.longrunning.rpc.FieldBounds.form;
import static dev.longrunning.rpc.FieldBounds.map;
import static dev.longrunning.rpc.FieldBounds.mask;
import static dev.longrunning.rpc.FieldBounds.notNegative;
import static dev.longrunning.rpc.FieldBounds.opaque;
import static dev.longrunning.rpc.FieldBounds.packed;
import static dev.longrunning.rpc.FieldBounds.paths;
import static dev.longrunning.rpc.FieldBounds.progress;
import static dev.longrunning.rpc.FieldBounds.text;
import static dev.longrunning.rpc.FieldBounds.textBytes;
import static dev.longrunning.rpc.FieldBounds.time;
import static dev.longrunning.rpc.FieldBounds.unlessEmpty;
import static dev.longrunning.rpc.FieldBounds.uuid;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import dev.longrunning.filter.Dialect;
import dev.longrunning.operation.Lease;
import dev.longrunning.operation.OperationName;
import dev.longrunning.operation.PageToken;
import dev.longrunning.operation.Problem;
import dev.longrunning.operation.Problem.Violation;
import dev.longrunning.service.ProducerSettings;
import dev.longrunning.v1.OperationSnapshot;
import dev.longrunning.watch.Hub;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The bound of every field of every request, by the field's full name.
 *
 * <p><b>Promise.</b> {@link #check} reports all faults of a request at once, each under the field's
 * path as the proto spells it. A request that passes fits into storage and into one answer: an
 * operation's metadata and result are 2 MiB together at most.
 */
public final class Bounds {
  /** 1 MiB: two of them and the rest of an operation fit into gRPC's usual 4 MiB. */
  static final int METADATA_BYTES_MAX = 1 << 20;

  static final int RESULT_BYTES_MAX = 1 << 20;

  /** Of the one that names a parent, and that is given an id of its own. */
  static final int PARENT_BYTES_MAX =
      OperationName.NAME_BYTES_MAX - "/operations/".length() - Bounds.ID_LENGTH_MAX;

  static final int ID_LENGTH_MAX = 63;
  static final int LABELS_MAX = 64;
  static final int LABEL_VALUE_BYTES_MAX = 256;

  /** A UUID has 36; one that is none of ours is a lost lease, not a fault. */
  static final int LEASE_TOKEN_LENGTH_MAX = 64;

  /** The longest name of a service, a type or a file that is looked up. */
  static final int SYMBOL_BYTES_MAX = 512;

  /** As far as protobuf's durations go; the server's own limit is shorter anyway. */
  static final Duration TIMEOUT_MAX = Duration.ofDays(3_652_500);

  /** A snapshot has fewer fields, nested ones included. */
  static final int MASK_PATHS_MAX = 64;

  /** What an update can replace. */
  static final Set<String> UPDATABLE = Set.of("metadata", "progress", "labels");

  private static final Pattern OPERATION_ID = Pattern.compile("[A-Za-z0-9._~-]{1,63}");
  private static final Pattern LABEL_KEY = Pattern.compile("[a-z][a-z0-9_-]{0,62}");
  private static final Pattern SERVICE = Pattern.compile("[a-z][a-z0-9.-]{0,62}");
  private static final Pattern TOKEN = Pattern.compile("[!-~]{1," + LEASE_TOKEN_LENGTH_MAX + "}");

  private static final Bound NAME = text(OperationName::resourceFault);
  private static final Bound PARENT = text(OperationName::collectionFault);
  private static final Bound PATTERN = text(OperationName::patternFault);
  private static final Bound SERVICE_NAME =
      form(SERVICE, "1 to 63 of a-z, 0-9, '.' and '-', starting with a letter, or nothing");
  private static final Bound LABELS =
      map(
          LABELS_MAX,
          LABEL_KEY,
          "keys of 1 to 63 of a-z, 0-9, '_' and '-', starting with a letter",
          LABEL_VALUE_BYTES_MAX);
  private static final Bound LEASE = duration(Lease.DURATION_MIN, Lease.DURATION_MAX);
  private static final Bound LEASE_TOKEN =
      form(TOKEN, "at most " + LEASE_TOKEN_LENGTH_MAX + " visible ASCII characters");

  /** What it means is judged by its dialect. */
  private static final Bound FILTER = opaque(Dialect.LENGTH_MAX);

  private static final Bound RESUME_TOKEN = opaque(Hub.TOKEN_LENGTH_MAX);
  private static final Bound SNAPSHOT_FIELDS =
      paths(OperationSnapshot.getDefaultInstance(), MASK_PATHS_MAX);

  /** Its fields are named as in a call of its own. */
  private static final Bound REPORTED = (path, value, faults) -> addFaults((Message) value, faults);

  private static final Bound SYMBOL = textBytes(SYMBOL_BYTES_MAX);

  private static final String REFLECTION = "grpc.reflection.v1.ServerReflectionRequest.";
  private static final String GOOGLE = "google.longrunning.";
  private static final String OURS = "longrunning.v1.";

  private static final Map<String, Bound> ROWS =
      Map.ofEntries(
          Map.entry(GOOGLE + "GetOperationRequest.name", NAME),
          Map.entry(GOOGLE + "ListOperationsRequest.name", PATTERN),
          Map.entry(GOOGLE + "ListOperationsRequest.filter", FILTER),
          Map.entry(GOOGLE + "ListOperationsRequest.page_size", notNegative()),
          Map.entry(GOOGLE + "ListOperationsRequest.page_token", opaque(PageToken.LENGTH_MAX)),
          Map.entry(GOOGLE + "ListOperationsRequest.return_partial_success", any()),
          Map.entry(GOOGLE + "CancelOperationRequest.name", NAME),
          Map.entry(GOOGLE + "DeleteOperationRequest.name", NAME),
          Map.entry(GOOGLE + "WaitOperationRequest.name", NAME),
          Map.entry(GOOGLE + "WaitOperationRequest.timeout", duration(Duration.ZERO, TIMEOUT_MAX)),
          Map.entry(OURS + "MintWatchTokenRequest.name", PATTERN),
          Map.entry(
              OURS + "MintWatchTokenRequest.lifetime",
              duration(MintMethod.LIFETIME_MIN, MintMethod.LIFETIME_MAX)),
          Map.entry(OURS + "MintWatchTokenRequest.cookie", any()),
          Map.entry(OURS + "MintWatchTokenRequest.service", SERVICE_NAME),
          Map.entry(OURS + "StartOperationRequest.parent", PARENT.and(textBytes(PARENT_BYTES_MAX))),
          Map.entry(
              OURS + "StartOperationRequest.operation_id",
              form(OPERATION_ID, "1 to 63 of a-z, A-Z, 0-9, '.', '_', '~' and '-', or nothing")),
          Map.entry(OURS + "StartOperationRequest.name", unlessEmpty(NAME)),
          Map.entry(OURS + "StartOperationRequest.metadata", packed(METADATA_BYTES_MAX)),
          Map.entry(OURS + "StartOperationRequest.progress", progress()),
          Map.entry(OURS + "StartOperationRequest.labels", LABELS),
          Map.entry(OURS + "StartOperationRequest.request_id", uuid()),
          Map.entry(OURS + "StartOperationRequest.lease_duration", LEASE),
          Map.entry(
              OURS + "StartOperationRequest.adoption_window",
              duration(Duration.ZERO, Lease.ADOPTION_WINDOW_MAX)),
          Map.entry(
              OURS + "StartOperationRequest.retention",
              duration(ProducerSettings.RETENTION_MIN, ProducerSettings.RETENTION_MAX)),
          Map.entry(OURS + "StartOperationRequest.service", SERVICE_NAME),
          Map.entry(OURS + "UpdateOperationRequest.name", NAME),
          Map.entry(OURS + "UpdateOperationRequest.metadata", packed(METADATA_BYTES_MAX)),
          Map.entry(OURS + "UpdateOperationRequest.progress", progress()),
          Map.entry(OURS + "UpdateOperationRequest.labels", LABELS),
          Map.entry(OURS + "UpdateOperationRequest.update_mask", mask(UPDATABLE)),
          Map.entry(OURS + "UpdateOperationRequest.lease_token", LEASE_TOKEN),
          Map.entry(OURS + "UpdateOperationRequest.version", notNegative()),
          Map.entry(OURS + "UpdateOperationRequest.request_id", uuid()),
          Map.entry(OURS + "UpdateOperationRequest.signals_heard_time", time()),
          Map.entry(OURS + "UpdateOperationRequest.lease_duration", LEASE),
          Map.entry(OURS + "UpdateOperationRequest.service", SERVICE_NAME),
          Map.entry(OURS + "CompleteOperationRequest.name", NAME),
          Map.entry(OURS + "CompleteOperationRequest.response", packed(RESULT_BYTES_MAX)),
          Map.entry(OURS + "CompleteOperationRequest.error", error(RESULT_BYTES_MAX)),
          Map.entry(OURS + "CompleteOperationRequest.metadata", packed(METADATA_BYTES_MAX)),
          Map.entry(OURS + "CompleteOperationRequest.progress", progress()),
          Map.entry(OURS + "CompleteOperationRequest.lease_token", LEASE_TOKEN),
          Map.entry(OURS + "CompleteOperationRequest.version", notNegative()),
          Map.entry(OURS + "CompleteOperationRequest.request_id", uuid()),
          Map.entry(OURS + "CompleteOperationRequest.service", SERVICE_NAME),
          Map.entry(OURS + "ReportOperationsRequest.sequence", any()),
          Map.entry(OURS + "ReportOperationsRequest.start", REPORTED),
          Map.entry(OURS + "ReportOperationsRequest.update", REPORTED),
          Map.entry(OURS + "ReportOperationsRequest.complete", REPORTED),
          Map.entry(OURS + "AdoptOperationRequest.name", NAME),
          Map.entry(OURS + "AdoptOperationRequest.lease_duration", LEASE),
          Map.entry(OURS + "AdoptOperationRequest.force", any()),
          Map.entry(OURS + "AdoptOperationRequest.request_id", uuid()),
          Map.entry(OURS + "AdoptOperationRequest.service", SERVICE_NAME),
          Map.entry(OURS + "WatchOperationRequest.name", NAME),
          Map.entry(OURS + "WatchOperationRequest.resume_token", RESUME_TOKEN),
          Map.entry(OURS + "WatchOperationRequest.read_mask", SNAPSHOT_FIELDS),
          Map.entry(OURS + "WatchOperationRequest.service", SERVICE_NAME),
          Map.entry(OURS + "WatchOperationsRequest.name", PATTERN),
          Map.entry(OURS + "WatchOperationsRequest.filter", FILTER),
          Map.entry(OURS + "WatchOperationsRequest.resume_token", RESUME_TOKEN),
          Map.entry(OURS + "WatchOperationsRequest.read_mask", SNAPSHOT_FIELDS),
          Map.entry(OURS + "WatchOperationsRequest.changes_only", any()),
          Map.entry(OURS + "WatchOperationsRequest.service", SERVICE_NAME),
          Map.entry("grpc.health.v1.HealthCheckRequest.service", SYMBOL),
          Map.entry(REFLECTION + "host", SYMBOL),
          Map.entry(REFLECTION + "file_by_filename", SYMBOL),
          Map.entry(REFLECTION + "file_containing_symbol", SYMBOL),
          Map.entry(REFLECTION + "file_containing_extension", extension(SYMBOL_BYTES_MAX)),
          Map.entry(REFLECTION + "all_extension_numbers_of_type", SYMBOL),
          Map.entry(REFLECTION + "list_services", SYMBOL));

  private Bounds() {}

  /** Throws a {@link Problem} INVALID that names every field of {@code request} at fault. */
  public static void check(Message request) {
    var faults = new ArrayList<Violation>();
    addFaults(request, faults);
    if (!faults.isEmpty()) {
      throw Problem.invalid(faults);
    }
  }

  private static void addFaults(Message request, List<Violation> faults) {
    for (var field : request.getDescriptorForType().getFields()) {
      // A message is checked only where it is set; an unset scalar is its default.
      if (!field.hasPresence() || request.hasField(field)) {
        row(field).check(field.getName(), request.getField(field), faults);
      }
    }
  }

  static boolean has(FieldDescriptor field) {
    return ROWS.containsKey(field.getFullName());
  }

  private static Bound row(FieldDescriptor field) {
    @Nullable Bound bound = ROWS.get(field.getFullName());
    if (bound == null) {
      throw new IllegalStateException("no bound for " + field.getFullName());
    }
    return bound;
  }
}
