package dev.longrunning.compat.rows;

import com.google.api.core.ApiFuture;
import com.google.api.gax.core.GaxProperties;
import com.google.api.gax.grpc.GrpcCallSettings;
import com.google.api.gax.grpc.GrpcCallableFactory;
import com.google.api.gax.grpc.ProtoOperationTransformers;
import com.google.api.gax.httpjson.HttpJsonCallableFactory;
import com.google.api.gax.httpjson.longrunning.stub.HttpJsonOperationsCallableFactory;
import com.google.api.gax.httpjson.longrunning.stub.HttpJsonOperationsStub;
import com.google.api.gax.longrunning.OperationSnapshot;
import com.google.api.gax.rpc.ApiCallContext;
import com.google.api.gax.rpc.ClientContext;
import com.google.api.gax.rpc.OperationCallSettings;
import com.google.api.gax.rpc.UnaryCallSettings;
import com.google.api.gax.rpc.UnaryCallable;
import com.google.longrunning.GetOperationRequest;
import com.google.longrunning.Operation;
import com.google.longrunning.OperationsClient;
import com.google.longrunning.OperationsSettings;
import com.google.protobuf.TypeRegistry;
import dev.longrunning.demo.v1.ChecksumFolderMetadata;
import dev.longrunning.demo.v1.ChecksumFolderResponse;
import io.grpc.MethodDescriptor;
import io.grpc.protobuf.ProtoUtils;

/** gax by itself, with futures of the demo's types, made as generated libraries make theirs. */
final class Gax {
  private static final MethodDescriptor<GetOperationRequest, Operation> GET =
      MethodDescriptor.<GetOperationRequest, Operation>newBuilder()
          .setType(MethodDescriptor.MethodType.UNARY)
          .setFullMethodName("google.longrunning.Operations/GetOperation")
          .setRequestMarshaller(ProtoUtils.marshaller(GetOperationRequest.getDefaultInstance()))
          .setResponseMarshaller(ProtoUtils.marshaller(Operation.getDefaultInstance()))
          .build();

  /** Operations are resumed here by their names, so what would start one is never called. */
  private static final UnaryCallable<GetOperationRequest, OperationSnapshot> NOTHING_STARTS =
      new UnaryCallable<>() {
        @Override
        public ApiFuture<OperationSnapshot> futureCall(
            GetOperationRequest request, ApiCallContext context) {
          throw new UnsupportedOperationException("nothing is started here");
        }
      };

  private Gax() {}

  static Client<ChecksumFolderResponse, ChecksumFolderMetadata> client(Pointed pointed)
      throws Exception {
    return pointed.rest() ? overRest(pointed) : overGrpc(pointed);
  }

  private static Client<ChecksumFolderResponse, ChecksumFolderMetadata> overGrpc(Pointed pointed)
      throws Exception {
    var settings = pointed.at(OperationsSettings.newBuilder(), "").build();
    var client = OperationsClient.create(settings);
    var futures =
        settings()
            .setResponseTransformer(
                ProtoOperationTransformers.ResponseTransformer.create(ChecksumFolderResponse.class))
            .setMetadataTransformer(
                ProtoOperationTransformers.MetadataTransformer.create(ChecksumFolderMetadata.class))
            .build();
    var context = ClientContext.create(settings);
    return new Client<>(
        "Java gax-grpc",
        GaxProperties.getGaxVersion(),
        pointed.transport(),
        Rows.project("gax", pointed),
        Profile.standard(),
        Operations.of(client),
        GrpcCallableFactory.createOperationCallable(
            GrpcCallSettings.create(GET), futures, context, client.getStub()),
        () -> {
          client.close();
          Rows.close(context.getBackgroundResources());
        });
  }

  private static Client<ChecksumFolderResponse, ChecksumFolderMetadata> overRest(Pointed pointed)
      throws Exception {
    var settings = com.google.api.gax.httpjson.longrunning.OperationsSettings.newBuilder();
    var context = ClientContext.create(pointed.at(settings, "").build());
    var types =
        TypeRegistry.newBuilder()
            .add(ChecksumFolderMetadata.getDescriptor())
            .add(ChecksumFolderResponse.getDescriptor())
            .build();
    var stub =
        HttpJsonOperationsStub.create(context, new HttpJsonOperationsCallableFactory(), types);
    var client = com.google.api.gax.httpjson.longrunning.OperationsClient.create(stub);
    var futures =
        settings()
            .setResponseTransformer(
                com.google.api.gax.httpjson.ProtoOperationTransformers.ResponseTransformer.create(
                    ChecksumFolderResponse.class))
            .setMetadataTransformer(
                com.google.api.gax.httpjson.ProtoOperationTransformers.MetadataTransformer.create(
                    ChecksumFolderMetadata.class))
            .build();
    return new Client<>(
        "Java gax-httpjson",
        GaxProperties.getGaxVersion(),
        pointed.transport(),
        Rows.project("gax", pointed),
        Profile.standard(),
        Operations.of(client),
        HttpJsonCallableFactory.createOperationCallable(
            futures, context, stub.longRunningClient(), NOTHING_STARTS),
        () -> {
          client.close();
          Rows.close(context.getBackgroundResources());
        });
  }

  private static OperationCallSettings.Builder<
          GetOperationRequest, ChecksumFolderResponse, ChecksumFolderMetadata>
      settings() {
    return OperationCallSettings
        .<GetOperationRequest, ChecksumFolderResponse, ChecksumFolderMetadata>newBuilder()
        .setInitialCallSettings(
            UnaryCallSettings.<GetOperationRequest, OperationSnapshot>newUnaryCallSettingsBuilder()
                .build())
        .setPollingAlgorithm(Pointed.OFTEN);
  }
}
