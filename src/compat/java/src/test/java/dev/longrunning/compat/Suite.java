package dev.longrunning.compat;

import com.google.cloud.contactcenterinsights.v1.BulkAnalyzeConversationsMetadata;
import com.google.cloud.contactcenterinsights.v1.BulkAnalyzeConversationsResponse;
import com.google.cloud.discoveryengine.v1.ImportDocumentsMetadata;
import com.google.cloud.discoveryengine.v1.ImportDocumentsResponse;
import com.google.cloud.functions.v1.CloudFunction;
import com.google.cloud.functions.v1.OperationMetadataV1;
import com.google.gson.JsonObject;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Empty;
import com.google.protobuf.Message;
import com.google.protobuf.TypeRegistry;
import com.google.rpc.RequestInfo;
import com.google.rpc.ResourceInfo;
import com.google.storagetransfer.v1.proto.TransferTypes.TransferOperation;
import java.io.IOException;
import java.util.List;
import java.util.Properties;

/**
 * gax and the libraries of the services for Java, unmodified, against the built server; {@code
 * suite.py} starts it.
 */
public final class Suite {
  /** A service: its library, and the messages in its operations. */
  record Profile(String name, String library, Message metadata, Message response) {
    TypeRegistry types() {
      Descriptor[] known = {
        metadata.getDescriptorForType(),
        response.getDescriptorForType(),
        com.google.rpc.ErrorInfo.getDescriptor(),
        com.google.rpc.BadRequest.getDescriptor(),
        com.google.rpc.RetryInfo.getDescriptor()
      };
      return TypeRegistry.newBuilder().add(List.of(known)).build();
    }
  }

  static final List<Profile> PROFILES =
      List.of(
          new Profile(
              "default", "", RequestInfo.getDefaultInstance(), ResourceInfo.getDefaultInstance()),
          new Profile(
              "cloud-functions-v1",
              "google-cloud-functions",
              OperationMetadataV1.getDefaultInstance(),
              CloudFunction.getDefaultInstance()),
          new Profile(
              "contact-center-insights-v1",
              "google-cloud-contact-center-insights",
              BulkAnalyzeConversationsMetadata.getDefaultInstance(),
              BulkAnalyzeConversationsResponse.getDefaultInstance()),
          new Profile(
              "storage-transfer-v1",
              "google-cloud-storage-transfer",
              TransferOperation.getDefaultInstance(),
              Empty.getDefaultInstance()),
          new Profile(
              "discovery-engine-v1",
              "google-cloud-discoveryengine",
              ImportDocumentsMetadata.getDefaultInstance(),
              ImportDocumentsResponse.getDefaultInstance()));

  /** Makes a client of the server at an address. */
  interface Making {
    Calls at(String target) throws Exception;
  }

  private Suite() {}

  public static void main(String[] args) throws Exception {
    for (var profile : PROFILES) {
      tryAll(profile, "com.google.api", "gax", true, at -> Generic.overGrpc(profile, at));
      tryAll(profile, "com.google.api", "gax", false, at -> Generic.overHttp(profile, at));
      if (!profile.library().isEmpty()) {
        String group = "com.google.cloud";
        tryAll(profile, group, profile.library(), true, at -> Libraries.overGrpc(profile, at));
        tryAll(profile, group, profile.library(), false, at -> Libraries.overHttp(profile, at));
      }
    }
    // The transports leave threads behind that are no daemons.
    System.exit(0);
  }

  private static void tryAll(
      Profile profile, String group, String library, boolean grpc, Making making) throws Exception {
    var plan = Plan.begin(profile.name());
    try (var calls = making.at(plan.text("target"))) {
      var attempt = new Attempt(plan, calls, grpc, profile.types(), making);
      var row = new JsonObject();
      row.addProperty("language", "java");
      row.addProperty("library", library);
      row.addProperty("version", version(group, library));
      row.addProperty("transport", grpc ? "gRPC" : "HTTP/JSON");
      row.addProperty("profile", profile.name());
      note(row, attempt, "get", "GetOperation", attempt::get);
      note(row, attempt, "list", "ListOperations", attempt::list);
      note(
          row, attempt, "wait", "WaitOperation", calls.waits().isPresent() ? attempt::waits : null);
      note(row, attempt, "future", "GetOperation", attempt::future);
      note(row, attempt, "cancel", "CancelOperation", attempt::cancel);
      note(row, attempt, "delete", "DeleteOperation", attempt::delete);
      note(row, attempt, "errors", "GetOperation", attempt::errors);
    }
  }

  private static void note(
      JsonObject row, Attempt attempt, String what, String method, Attempt.Thing thing)
      throws IOException, InterruptedException {
    var noted = row.deepCopy();
    noted.addProperty("what", what);
    noted.addProperty("result", "none");
    try {
      if (!attempt.plan().has(method)) {
        if (thing != null) {
          attempt.refused(thing);
        }
        noted.addProperty("why", "service has none");
      } else if (thing == null) {
        noted.addProperty("why", "client has none");
      } else {
        noted.addProperty("why", thing.tryIt());
        noted.addProperty("result", "ok");
      }
    } catch (Exception | AssertionError fault) {
      noted.addProperty("result", "failed");
      noted.addProperty("why", fault.toString());
    }
    Plan.post("/row", noted.toString());
  }

  private static String version(String group, String library) throws IOException {
    var properties = new Properties();
    String path = "/META-INF/maven/" + group + "/" + library + "/pom.properties";
    try (var file = Suite.class.getResourceAsStream(path)) {
      properties.load(file);
    }
    return properties.getProperty("version");
  }
}
