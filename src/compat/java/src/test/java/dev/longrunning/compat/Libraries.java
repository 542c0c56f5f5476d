package dev.longrunning.compat;

import com.google.api.gax.core.NoCredentialsProvider;
import com.google.api.gax.httpjson.InstantiatingHttpJsonChannelProvider;
import com.google.api.gax.rpc.ClientSettings;
import com.google.cloud.contactcenterinsights.v1.ContactCenterInsightsClient;
import com.google.cloud.contactcenterinsights.v1.ContactCenterInsightsSettings;
import com.google.cloud.discoveryengine.v1.DocumentServiceClient;
import com.google.cloud.discoveryengine.v1.DocumentServiceSettings;
import com.google.cloud.functions.v1.CloudFunctionsServiceClient;
import com.google.cloud.functions.v1.CloudFunctionsServiceSettings;
import com.google.storagetransfer.v1.proto.StorageTransferServiceClient;
import com.google.storagetransfer.v1.proto.StorageTransferServiceSettings;
import java.io.IOException;

/** The clients of the services' own libraries, with the futures of their methods. */
final class Libraries {
  private Libraries() {}

  private static <S extends ClientSettings.Builder<?, S>> S at(
      S settings, String target, boolean grpc) {
    settings.setCredentialsProvider(NoCredentialsProvider.create());
    return grpc
        ? settings.setTransportChannelProvider(Clients.channels(target))
        : settings.setTransportChannelProvider(
            InstantiatingHttpJsonChannelProvider.newBuilder()
                .setEndpoint("http://" + target)
                .build());
  }

  static Calls overGrpc(Suite.Profile profile, String target) throws IOException {
    return switch (profile.name()) {
      case "cloud-functions-v1" -> {
        var client = functions(CloudFunctionsServiceSettings.newBuilder(), target, true);
        var future = client.createFunctionOperationCallable();
        yield Calls.of(client.getOperationsClient(), x -> future.resumeFutureCall(x), client);
      }
      case "contact-center-insights-v1" -> {
        var client = insights(ContactCenterInsightsSettings.newBuilder(), target, true);
        var future = client.bulkAnalyzeConversationsOperationCallable();
        yield Calls.of(client.getOperationsClient(), x -> future.resumeFutureCall(x), client);
      }
      case "storage-transfer-v1" -> {
        var client = transfers(StorageTransferServiceSettings.newBuilder(), target, true);
        var future = client.runTransferJobOperationCallable();
        yield Calls.of(client.getOperationsClient(), x -> future.resumeFutureCall(x), client);
      }
      default -> {
        var client = documents(DocumentServiceSettings.newBuilder(), target, true);
        var future = client.importDocumentsOperationCallable();
        yield Calls.of(client.getOperationsClient(), x -> future.resumeFutureCall(x), client);
      }
    };
  }

  static Calls overHttp(Suite.Profile profile, String target) throws IOException {
    return switch (profile.name()) {
      case "cloud-functions-v1" -> {
        var client = functions(CloudFunctionsServiceSettings.newHttpJsonBuilder(), target, false);
        var future = client.createFunctionOperationCallable();
        var operations = client.getHttpJsonOperationsClient();
        yield Calls.of(operations, x -> future.resumeFutureCall(x), client);
      }
      case "contact-center-insights-v1" -> {
        var client = insights(ContactCenterInsightsSettings.newHttpJsonBuilder(), target, false);
        var future = client.bulkAnalyzeConversationsOperationCallable();
        var operations = client.getHttpJsonOperationsClient();
        yield Calls.of(operations, x -> future.resumeFutureCall(x), client);
      }
      case "storage-transfer-v1" -> {
        var client = transfers(StorageTransferServiceSettings.newHttpJsonBuilder(), target, false);
        var future = client.runTransferJobOperationCallable();
        var operations = client.getHttpJsonOperationsClient();
        yield Calls.of(operations, x -> future.resumeFutureCall(x), client);
      }
      default -> {
        var client = documents(DocumentServiceSettings.newHttpJsonBuilder(), target, false);
        var future = client.importDocumentsOperationCallable();
        var operations = client.getHttpJsonOperationsClient();
        yield Calls.of(operations, x -> future.resumeFutureCall(x), client);
      }
    };
  }

  private static CloudFunctionsServiceClient functions(
      CloudFunctionsServiceSettings.Builder settings, String target, boolean grpc)
      throws IOException {
    settings.createFunctionOperationSettings().setPollingAlgorithm(Generic.polling());
    return CloudFunctionsServiceClient.create(at(settings, target, grpc).build());
  }

  private static ContactCenterInsightsClient insights(
      ContactCenterInsightsSettings.Builder settings, String target, boolean grpc)
      throws IOException {
    settings.bulkAnalyzeConversationsOperationSettings().setPollingAlgorithm(Generic.polling());
    return ContactCenterInsightsClient.create(at(settings, target, grpc).build());
  }

  private static StorageTransferServiceClient transfers(
      StorageTransferServiceSettings.Builder settings, String target, boolean grpc)
      throws IOException {
    settings.runTransferJobOperationSettings().setPollingAlgorithm(Generic.polling());
    return StorageTransferServiceClient.create(at(settings, target, grpc).build());
  }

  private static DocumentServiceClient documents(
      DocumentServiceSettings.Builder settings, String target, boolean grpc) throws IOException {
    settings.importDocumentsOperationSettings().setPollingAlgorithm(Generic.polling());
    return DocumentServiceClient.create(at(settings, target, grpc).build());
  }
}
