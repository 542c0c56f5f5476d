package dev.longrunning.compat.rows;

import com.google.api.gax.core.BackgroundResource;
import com.google.api.gax.core.GaxProperties;
import com.google.api.gax.rpc.OperationCallable;
import com.google.cloud.contactcenterinsights.v1.ContactCenterInsightsClient;
import com.google.cloud.contactcenterinsights.v1.ContactCenterInsightsSettings;
import com.google.cloud.discoveryengine.v1.DocumentServiceClient;
import com.google.cloud.discoveryengine.v1.DocumentServiceSettings;
import com.google.cloud.functions.v1.CloudFunctionsServiceClient;
import com.google.cloud.functions.v1.CloudFunctionsServiceSettings;
import com.google.longrunning.OperationsClient;
import com.google.protobuf.Message;
import com.google.storagetransfer.v1.proto.StorageTransferServiceClient;
import com.google.storagetransfer.v1.proto.StorageTransferServiceSettings;

/** The libraries of the services. */
final class Services {
  private Services() {}

  static Client<?, ?> functions(Pointed pointed) throws Exception {
    var profile = Profile.functions();
    var settings =
        pointed.at(
            pointed.rest()
                ? CloudFunctionsServiceSettings.newHttpJsonBuilder()
                : CloudFunctionsServiceSettings.newBuilder(),
            profile.host());
    settings.createFunctionOperationSettings().setPollingAlgorithm(Pointed.OFTEN);
    var client = CloudFunctionsServiceClient.create(settings.build());
    return of(
        "google-cloud-functions",
        pointed,
        profile,
        client,
        client.getOperationsClient(),
        client.getHttpJsonOperationsClient(),
        client.createFunctionOperationCallable());
  }

  static Client<?, ?> insights(Pointed pointed) throws Exception {
    var profile = Profile.insights();
    var settings =
        pointed.at(
            pointed.rest()
                ? ContactCenterInsightsSettings.newHttpJsonBuilder()
                : ContactCenterInsightsSettings.newBuilder(),
            profile.host());
    settings.createIssueModelOperationSettings().setPollingAlgorithm(Pointed.OFTEN);
    var client = ContactCenterInsightsClient.create(settings.build());
    return of(
        "google-cloud-contact-center-insights",
        pointed,
        profile,
        client,
        client.getOperationsClient(),
        client.getHttpJsonOperationsClient(),
        client.createIssueModelOperationCallable());
  }

  static Client<?, ?> transfer(Pointed pointed) throws Exception {
    var profile = Profile.transfer();
    var settings =
        pointed.at(
            pointed.rest()
                ? StorageTransferServiceSettings.newHttpJsonBuilder()
                : StorageTransferServiceSettings.newBuilder(),
            profile.host());
    settings.runTransferJobOperationSettings().setPollingAlgorithm(Pointed.OFTEN);
    var client = StorageTransferServiceClient.create(settings.build());
    return of(
        "google-cloud-storage-transfer",
        pointed,
        profile,
        client,
        client.getOperationsClient(),
        client.getHttpJsonOperationsClient(),
        client.runTransferJobOperationCallable());
  }

  static Client<?, ?> discovery(Pointed pointed) throws Exception {
    var profile = Profile.discovery();
    var settings =
        pointed.at(
            pointed.rest()
                ? DocumentServiceSettings.newHttpJsonBuilder()
                : DocumentServiceSettings.newBuilder(),
            profile.host());
    settings.importDocumentsOperationSettings().setPollingAlgorithm(Pointed.OFTEN);
    var client = DocumentServiceClient.create(settings.build());
    return of(
        "google-cloud-discoveryengine",
        pointed,
        profile,
        client,
        client.getOperationsClient(),
        client.getHttpJsonOperationsClient(),
        client.importDocumentsOperationCallable());
  }

  /** Of the two operations clients that a library has, only its transport's is there. */
  private static <R extends Message, M extends Message> Client<R, M> of(
      String library,
      Pointed pointed,
      Profile<R, M> profile,
      BackgroundResource client,
      OperationsClient grpc,
      com.google.api.gax.httpjson.longrunning.OperationsClient rest,
      OperationCallable<?, R, M> callable) {
    return new Client<>(
        "Java " + library,
        GaxProperties.getLibraryVersion(client.getClass())
            + ", gax "
            + GaxProperties.getGaxVersion(),
        pointed.transport(),
        Rows.project(library, pointed),
        profile,
        pointed.rest() ? Operations.of(rest) : Operations.of(grpc),
        callable,
        client);
  }
}
