package dev.longrunning.compat.rows;

import com.google.cloud.contactcenterinsights.v1.CreateIssueModelMetadata;
import com.google.cloud.contactcenterinsights.v1.CreateIssueModelRequest;
import com.google.cloud.contactcenterinsights.v1.IssueModel;
import com.google.cloud.discoveryengine.v1.ImportDocumentsMetadata;
import com.google.cloud.discoveryengine.v1.ImportDocumentsResponse;
import com.google.cloud.discoveryengine.v1.ImportErrorConfig;
import com.google.cloud.functions.v1.CloudFunction;
import com.google.cloud.functions.v1.OperationMetadataV1;
import com.google.cloud.functions.v1.OperationType;
import com.google.longrunning.ListOperationsRequest;
import com.google.protobuf.Empty;
import com.google.protobuf.Message;
import com.google.storagetransfer.v1.proto.TransferTypes.TransferOperation;
import dev.longrunning.demo.v1.ChecksumFolderMetadata;
import dev.longrunning.demo.v1.ChecksumFolderResponse;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Set;
import java.util.function.Function;

/**
 * How a service names and lists its operations, and what they hold. Each row has a project of its
 * own.
 *
 * @param host the authority that chooses it, or empty
 * @param missing the methods that the service does not have
 * @param metadata of the operations of a project
 */
record Profile<R extends Message, M extends Message>(
    String name,
    String host,
    Set<String> missing,
    Function<String, M> metadata,
    R response,
    Naming naming) {
  /**
   * Where an operation of a project is started, under which name, and how the project is listed.
   */
  interface Naming {
    /** The collection in the path of a start, as far as {@code :start}. */
    String startedAt(String project);

    /** The fields of a start that say which operation it is, as JSON without braces. */
    String started(String project, String key);

    String name(String project, String key);

    ListOperationsRequest listed(String project);
  }

  /** Operations below a parent, which are listed by it. */
  private record Below(String form) implements Naming {
    private String parent(String project) {
      return form.replace("PROJECT", project);
    }

    @Override
    public String startedAt(String project) {
      return parent(project) + "/operations";
    }

    @Override
    public String started(String project, String key) {
      return "\"operationId\": \"op-" + key + "\"";
    }

    @Override
    public String name(String project, String key) {
      return parent(project) + "/operations/op-" + key;
    }

    @Override
    public ListOperationsRequest listed(String project) {
      return ListOperationsRequest.newBuilder().setName(parent(project)).build();
    }
  }

  static Profile<ChecksumFolderResponse, ChecksumFolderMetadata> standard() {
    return new Profile<>(
        "default",
        "",
        Set.of(),
        project -> ChecksumFolderMetadata.newBuilder().setFilesDone(7).build(),
        ChecksumFolderResponse.newBuilder().setManifestSha256("sum").build(),
        new Below("shelves/PROJECT"));
  }

  static Profile<CloudFunction, OperationMetadataV1> functions() {
    return new Profile<>(
        "cloud-functions-v1",
        "cloudfunctions.googleapis.com",
        Set.of("wait", "cancel", "delete"),
        project ->
            OperationMetadataV1.newBuilder()
                .setTarget("projects/" + project + "/locations/l/functions/resize")
                .setType(OperationType.CREATE_FUNCTION)
                .build(),
        CloudFunction.newBuilder().setName("resize").build(),
        new OfFunctions());
  }

  /** The name holds project, location and function. */
  private record OfFunctions() implements Naming {
    @Override
    public String startedAt(String project) {
      return "operations";
    }

    @Override
    public String started(String project, String key) {
      return "\"name\": \"" + name(project, key) + "\"";
    }

    @Override
    public String name(String project, String key) {
      byte[] plain = (project + "/l/resize/" + key).getBytes(StandardCharsets.UTF_8);
      return "operations/" + Base64.getUrlEncoder().withoutPadding().encodeToString(plain);
    }

    @Override
    public ListOperationsRequest listed(String project) {
      String filter = "project:" + project + ",location:l,function:resize";
      return ListOperationsRequest.newBuilder().setFilter(filter).build();
    }
  }

  static Profile<IssueModel, CreateIssueModelMetadata> insights() {
    var request = CreateIssueModelRequest.newBuilder().setParent("projects/p/locations/l");
    return new Profile<>(
        "contact-center-insights-v1",
        "contactcenterinsights.googleapis.com",
        Set.of("wait", "delete"),
        project -> CreateIssueModelMetadata.newBuilder().setRequest(request).build(),
        IssueModel.newBuilder().setDisplayName("m").build(),
        new Below("projects/PROJECT/locations/l"));
  }

  static Profile<Empty, TransferOperation> transfer() {
    return new Profile<>(
        "storage-transfer-v1",
        "storagetransfer.googleapis.com",
        Set.of("wait", "delete"),
        project ->
            TransferOperation.newBuilder()
                .setProjectId(project)
                .setStatus(TransferOperation.Status.IN_PROGRESS)
                .build(),
        Empty.getDefaultInstance(),
        new OfTransfers());
  }

  /** A label holds the project. */
  private record OfTransfers() implements Naming {
    @Override
    public String startedAt(String project) {
      return "transferOperations";
    }

    @Override
    public String started(String project, String key) {
      return String.format(
          "\"name\": \"%s\", \"labels\": {\"project_id\": \"%s\"}", name(project, key), project);
    }

    @Override
    public String name(String project, String key) {
      return "transferOperations/" + project + "-" + key;
    }

    @Override
    public ListOperationsRequest listed(String project) {
      return ListOperationsRequest.newBuilder()
          .setName("transferOperations")
          .setFilter("{\"projectId\": \"" + project + "\"}")
          .build();
    }
  }

  static Profile<ImportDocumentsResponse, ImportDocumentsMetadata> discovery() {
    var errors = ImportErrorConfig.newBuilder().setGcsPrefix("gs://errors");
    return new Profile<>(
        "discovery-engine-v1",
        "discoveryengine.googleapis.com",
        Set.of("wait", "delete"),
        project -> ImportDocumentsMetadata.newBuilder().setSuccessCount(3).build(),
        ImportDocumentsResponse.newBuilder().setErrorConfig(errors).build(),
        new Below(
            "projects/PROJECT/locations/global/collections/default_collection/dataStores/d/branches/b"));
  }
}
