package dev.longrunning.compat;

import com.google.api.HttpRule;
import com.google.api.core.ApiFuture;
import com.google.api.core.ApiFutures;
import com.google.api.gax.core.NoCredentialsProvider;
import com.google.api.gax.grpc.GrpcCallSettings;
import com.google.api.gax.grpc.GrpcCallableFactory;
import com.google.api.gax.grpc.ProtoOperationTransformers;
import com.google.api.gax.httpjson.HttpJsonCallableFactory;
import com.google.api.gax.httpjson.InstantiatingHttpJsonChannelProvider;
import com.google.api.gax.httpjson.longrunning.stub.HttpJsonOperationsCallableFactory;
import com.google.api.gax.httpjson.longrunning.stub.HttpJsonOperationsStub;
import com.google.api.gax.longrunning.OperationSnapshot;
import com.google.api.gax.longrunning.OperationTimedPollAlgorithm;
import com.google.api.gax.retrying.RetrySettings;
import com.google.api.gax.rpc.ApiCallContext;
import com.google.api.gax.rpc.ClientContext;
import com.google.api.gax.rpc.OperationCallSettings;
import com.google.api.gax.rpc.UnaryCallSettings;
import com.google.api.gax.rpc.UnaryCallable;
import com.google.longrunning.GetOperationRequest;
import com.google.longrunning.Operation;
import com.google.longrunning.OperationsClient;
import com.google.longrunning.OperationsSettings;
import com.google.protobuf.Message;
import io.grpc.MethodDescriptor;
import io.grpc.protobuf.ProtoUtils;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/** gax's own clients of operations, and its futures as generated clients make them. */
final class Generic {
  private static final MethodDescriptor<GetOperationRequest, Operation> GET =
      MethodDescriptor.<GetOperationRequest, Operation>newBuilder()
          .setType(MethodDescriptor.MethodType.UNARY)
          .setFullMethodName("google.longrunning.Operations/GetOperation")
          .setRequestMarshaller(ProtoUtils.marshaller(GetOperationRequest.getDefaultInstance()))
          .setResponseMarshaller(ProtoUtils.marshaller(Operation.getDefaultInstance()))
          .build();

  private Generic() {}

  static OperationTimedPollAlgorithm polling() {
    return OperationTimedPollAlgorithm.create(
        RetrySettings.newBuilder()
            .setInitialRetryDelayDuration(Duration.ofMillis(100))
            .setRetryDelayMultiplier(1.5)
            .setMaxRetryDelayDuration(Duration.ofMillis(500))
            .setTotalTimeoutDuration(Duration.ofMinutes(5))
            .build());
  }

  static Calls overGrpc(Suite.Profile profile, String target) throws Exception {
    OperationsSettings.Builder builder = Clients.settings(target);
    builder.getOperationSettings().setSimpleTimeoutNoRetriesDuration(Duration.ofMinutes(1));
    var settings = builder.build();
    var client = OperationsClient.create(settings);
    var context = ClientContext.create(settings);
    var callable =
        GrpcCallableFactory.createOperationCallable(
            GrpcCallSettings.create(GET), futures(profile), context, client.getStub());
    return Calls.of(client, name -> callable.resumeFutureCall(name), client, closing(context));
  }

  static Calls overHttp(Suite.Profile profile, String target) throws Exception {
    var builder =
        com.google.api.gax.httpjson.longrunning.OperationsSettings.newBuilder()
            .setCredentialsProvider(NoCredentialsProvider.create())
            .setTransportChannelProvider(
                InstantiatingHttpJsonChannelProvider.newBuilder()
                    .setEndpoint("http://" + target)
                    .build());
    var context = ClientContext.create(builder.build());
    var stub =
        HttpJsonOperationsStub.create(
            context, new HttpJsonOperationsCallableFactory(), profile.types(), rules(profile));
    var client = com.google.api.gax.httpjson.longrunning.OperationsClient.create(stub);
    var callable =
        HttpJsonCallableFactory.createOperationCallable(
            futures(profile), context, stub.longRunningClient(), new Starting());
    return Calls.of(client, name -> callable.resumeFutureCall(name), client, closing(context));
  }

  /**
   * The paths of a service, as its library gives them to gax; without them they are those of the
   * default.
   */
  private static Map<String, HttpRule> rules(Suite.Profile profile) {
    String one =
        switch (profile.name()) {
          case "cloud-functions-v1" -> "/v1/{name=operations/*}";
          case "storage-transfer-v1" -> "/v1/{name=transferOperations/**}";
          default -> "/v1/{name=projects/**}";
        };
    String many =
        switch (profile.name()) {
          case "cloud-functions-v1" -> "/v1/operations";
          case "storage-transfer-v1" -> "/v1/{name=transferOperations}";
          default -> "/v1/{name=projects/**}/operations";
        };
    var rules = new HashMap<String, HttpRule>();
    rules.put("GetOperation", HttpRule.newBuilder().setGet(one).build());
    rules.put("ListOperations", HttpRule.newBuilder().setGet(many).build());
    rules.put("CancelOperation", HttpRule.newBuilder().setPost(one + ":cancel").build());
    rules.put("DeleteOperation", HttpRule.newBuilder().setDelete(one).build());
    var named = new HashMap<String, HttpRule>();
    rules.forEach((method, rule) -> named.put("google.longrunning.Operations." + method, rule));
    return named;
  }

  @SuppressWarnings("unchecked")
  private static OperationCallSettings<GetOperationRequest, Message, Message> futures(
      Suite.Profile profile) {
    var response = (Class<Message>) profile.response().getClass();
    var metadata = (Class<Message>) profile.metadata().getClass();
    return OperationCallSettings.<GetOperationRequest, Message, Message>newBuilder()
        .setInitialCallSettings(
            UnaryCallSettings.<GetOperationRequest, OperationSnapshot>newUnaryCallSettingsBuilder()
                .build())
        .setResponseTransformer(ProtoOperationTransformers.ResponseTransformer.create(response))
        .setMetadataTransformer(ProtoOperationTransformers.MetadataTransformer.create(metadata))
        .setPollingAlgorithm(polling())
        .build();
  }

  /** The call that starts an operation, which is the producer's here. */
  private static final class Starting
      extends UnaryCallable<GetOperationRequest, OperationSnapshot> {
    @Override
    public ApiFuture<OperationSnapshot> futureCall(
        GetOperationRequest request, ApiCallContext context) {
      return ApiFutures.immediateFailedFuture(new UnsupportedOperationException("not called"));
    }
  }

  private static AutoCloseable closing(ClientContext context) {
    return () -> {
      for (var resource : context.getBackgroundResources()) {
        resource.close();
      }
    };
  }
}
