package dev.longrunning.compat;

import com.google.api.gax.core.NoCredentialsProvider;
import com.google.api.gax.grpc.InstantiatingGrpcChannelProvider;
import com.google.longrunning.OperationsClient;
import com.google.longrunning.OperationsSettings;
import java.io.IOException;

/** Google's client, set up for a server on this machine: no TLS, no credentials. */
final class Clients {
  private Clients() {}

  /** A client of the server at {@code target}, such as {@code 127.0.0.1:8080}. */
  static OperationsClient of(String target) throws IOException {
    return OperationsClient.create(settings(target).build());
  }

  static OperationsSettings.Builder settings(String target) {
    return OperationsSettings.newBuilder()
        .setEndpoint(target)
        .setCredentialsProvider(NoCredentialsProvider.create())
        .setTransportChannelProvider(channels(target));
  }

  static InstantiatingGrpcChannelProvider channels(String target) {
    return InstantiatingGrpcChannelProvider.newBuilder()
        .setEndpoint(target)
        .setChannelConfigurator(channel -> channel.usePlaintext())
        .build();
  }
}
