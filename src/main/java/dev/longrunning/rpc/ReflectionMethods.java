package dev.longrunning.rpc;

import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.rpc.Code;
import com.google.rpc.ErrorInfo;
import dev.longrunning.operation.Problem;
import io.grpc.reflection.v1.ErrorResponse;
import io.grpc.reflection.v1.ExtensionNumberResponse;
import io.grpc.reflection.v1.FileDescriptorResponse;
import io.grpc.reflection.v1.ListServiceResponse;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.reflection.v1.ServiceResponse;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;

/**
 * The rows of server reflection, v1 and v1alpha: which services there are, and their proto files.
 *
 * <p><b>Promise.</b> One response per request, in their order. A file comes with all that it
 * imports; one that a stream has had already is left out where it is only imported. What cannot be
 * answered is an error of its request, and the stream goes on.
 *
 * <p><b>Bounds.</b> A stream remembers the names of the files that it sent. The next request is
 * read once the response to the last has room.
 */
final class ReflectionMethods {
  /** A larger request is not repeated in its answer: nobody who means it sends one. */
  private static final int REPEATED_BYTES_MAX = 8_192;

  private static final String NAME = "ServerReflection";
  private static final String V1 = "grpc.reflection.v1." + NAME;
  private static final String V1_ALPHA = "grpc.reflection.v1alpha." + NAME;

  static final Set<String> SERVICES = Set.of(V1, V1_ALPHA);

  private final SortedSet<String> services;
  private final ProtoFiles files;

  private ReflectionMethods(SortedSet<String> services, ProtoFiles files) {
    this.services = services;
    this.files = files;
  }

  /**
   * The rows of one event loop.
   *
   * @param services full names of all services
   * @param others all other rows
   */
  static List<Row<?, ?>> of(SortedSet<String> services, List<Row<?, ?>> others) {
    var roots = new ArrayList<FileDescriptor>();
    for (var row : others) {
      roots.add(row.request().getDescriptorForType().getFile());
      roots.add(row.response().getDescriptorForType().getFile());
    }
    // What errors carry: clients look it up to show it.
    roots.add(ErrorInfo.getDescriptor().getFile());
    roots.add(ServerReflectionRequest.getDescriptor().getFile());
    roots.add(io.grpc.reflection.v1alpha.ServerReflectionRequest.getDescriptor().getFile());
    var files = new ProtoFiles(roots);
    for (String service : services) {
      if (files.declaring(service).isEmpty()) {
        throw new IllegalStateException("no proto file declares " + service);
      }
    }
    return new ReflectionMethods(services, files).rows();
  }

  private List<Row<?, ?>> rows() {
    return List.of(
        row(
            V1,
            ServerReflectionRequest.getDefaultInstance(),
            ServerReflectionResponse.getDefaultInstance()),
        row(
            V1_ALPHA,
            io.grpc.reflection.v1alpha.ServerReflectionRequest.getDefaultInstance(),
            io.grpc.reflection.v1alpha.ServerReflectionResponse.getDefaultInstance()));
  }

  private <Q extends Message, A extends Message> StreamMethod<Q, A> row(
      String service, Q request, A response) {
    return new StreamMethod<>(
        service,
        "ServerReflectionInfo",
        request,
        response,
        List.of(),
        Guard.known("longrunning.reflection.get"),
        StreamMethod.Requests.MANY,
        (call, peer) -> new Session<>(peer));
  }

  private final class Session<Q extends Message> implements StreamListener<Q> {
    private final StreamPeer peer;
    private final Set<String> sent = new HashSet<>();

    Session(StreamPeer peer) {
      this.peer = peer;
      peer.pull();
    }

    @Override
    public void request(Q request) {
      peer.send(StreamReply.of(response(v1(request), sent)));
      if (peer.isReady()) {
        peer.pull();
      }
    }

    @Override
    public void ready() {
      peer.pull();
    }

    @Override
    public void halfClosed() {
      peer.end();
    }
  }

  /** Both versions are the same on the wire. */
  private static ServerReflectionRequest v1(Message request) {
    if (request instanceof ServerReflectionRequest known) {
      return known;
    }
    try {
      return ServerReflectionRequest.parseFrom(request.toByteString());
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("v1alpha is not v1", e);
    }
  }

  private ServerReflectionResponse response(ServerReflectionRequest request, Set<String> sent) {
    var response = ServerReflectionResponse.newBuilder();
    if (request.getSerializedSize() <= REPEATED_BYTES_MAX) {
      response.setValidHost(request.getHost()).setOriginalRequest(request);
    }
    try {
      Bounds.check(request);
      answer(request, response, sent);
    } catch (Problem problem) {
      putError(response, StatusTable.code(problem.kind()), problem.message());
    }
    return response.build();
  }

  private void answer(
      ServerReflectionRequest request,
      ServerReflectionResponse.Builder response,
      Set<String> sent) {
    switch (request.getMessageRequestCase()) {
      case FILE_BY_FILENAME -> {
        String name = request.getFileByFilename();
        putFile(response, files.named(name), "file " + Problem.shown(name), sent);
      }
      case FILE_CONTAINING_SYMBOL -> {
        String symbol = request.getFileContainingSymbol();
        putFile(response, files.declaring(symbol), "symbol " + Problem.shown(symbol), sent);
      }
      case FILE_CONTAINING_EXTENSION -> {
        String type = request.getFileContainingExtension().getContainingType();
        int number = request.getFileContainingExtension().getExtensionNumber();
        String what = "extension " + number + " of " + Problem.shown(type);
        putFile(response, files.extending(type, number), what, sent);
      }
      case ALL_EXTENSION_NUMBERS_OF_TYPE -> putNumbers(response, request);
      case LIST_SERVICES -> response.setListServicesResponse(list());
      case MESSAGEREQUEST_NOT_SET ->
          putError(response, Code.UNIMPLEMENTED, "message_request: none that this server knows");
    }
  }

  private void putFile(
      ServerReflectionResponse.Builder response,
      Optional<FileDescriptor> file,
      String what,
      Set<String> sent) {
    if (file.isPresent()) {
      response.setFileDescriptorResponse(
          FileDescriptorResponse.newBuilder()
              .addAllFileDescriptorProto(files.closure(file.get(), sent)));
    } else {
      putError(response, Code.NOT_FOUND, "no such " + what);
    }
  }

  private void putNumbers(
      ServerReflectionResponse.Builder response, ServerReflectionRequest request) {
    String type = request.getAllExtensionNumbersOfType();
    var numbers = files.extensionsOf(type);
    if (numbers.isPresent()) {
      response.setAllExtensionNumbersResponse(
          ExtensionNumberResponse.newBuilder()
              .setBaseTypeName(type)
              .addAllExtensionNumber(numbers.get()));
    } else {
      putError(response, Code.NOT_FOUND, "no such message " + Problem.shown(type));
    }
  }

  private ListServiceResponse list() {
    var list = ListServiceResponse.newBuilder();
    services.forEach(name -> list.addService(ServiceResponse.newBuilder().setName(name)));
    return list.build();
  }

  private static void putError(
      ServerReflectionResponse.Builder response, Code code, String message) {
    response.setErrorResponse(
        ErrorResponse.newBuilder().setErrorCode(code.getNumber()).setErrorMessage(message));
  }
}
