package dev.longrunning.compat.rows;

import com.google.api.gax.core.NoCredentialsProvider;
import com.google.api.gax.grpc.InstantiatingGrpcChannelProvider;
import com.google.api.gax.httpjson.InstantiatingHttpJsonChannelProvider;
import com.google.api.gax.longrunning.OperationTimedPollAlgorithm;
import com.google.api.gax.retrying.RetrySettings;
import com.google.api.gax.rpc.ClientSettings;
import com.google.api.gax.rpc.FixedHeaderProvider;
import com.google.api.gax.rpc.TransportChannelProvider;
import io.grpc.ManagedChannelBuilder;
import java.time.Duration;

/** All that is changed of a library as it comes: where the server is, and no credentials. */
final class Pointed {
  /** As the libraries poll, but often. */
  static final OperationTimedPollAlgorithm OFTEN =
      OperationTimedPollAlgorithm.create(
          RetrySettings.newBuilder()
              .setInitialRetryDelayDuration(Duration.ofMillis(20))
              .setRetryDelayMultiplier(1.5)
              .setMaxRetryDelayDuration(Duration.ofMillis(200))
              .setTotalTimeoutDuration(Duration.ofSeconds(Rows.SECONDS))
              .build());

  private final String target;
  private final String transport;

  /** A target is HOST:PORT. */
  Pointed(String target, String transport) {
    this.target = target;
    this.transport = transport;
  }

  String transport() {
    return transport;
  }

  boolean rest() {
    return transport.equals(Client.REST);
  }

  /** The same settings, with a host that chooses the service, or an empty one. */
  <B extends ClientSettings.Builder<?, B>> B at(B settings, String host) {
    settings
        .setCredentialsProvider(NoCredentialsProvider.create())
        .setTransportChannelProvider(channels(host));
    // Java takes this header from nobody without -Dsun.net.http.allowRestrictedHeaders=true.
    return rest() && !host.isEmpty()
        ? settings.setHeaderProvider(FixedHeaderProvider.create("Host", host))
        : settings;
  }

  private TransportChannelProvider channels(String host) {
    if (rest()) {
      return InstantiatingHttpJsonChannelProvider.newBuilder()
          .setEndpoint("http://" + target)
          .build();
    }
    return InstantiatingGrpcChannelProvider.newBuilder()
        .setEndpoint(target)
        .setChannelConfigurator(channel -> plain(channel, host))
        .build();
  }

  @SuppressWarnings("rawtypes") // As gax has it.
  private static ManagedChannelBuilder plain(ManagedChannelBuilder channel, String host) {
    channel.usePlaintext();
    return host.isEmpty() ? channel : channel.overrideAuthority(host);
  }
}
