package dev.longrunning.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.Code;
import dev.longrunning.app.StreamClient.Form;
import io.grpc.reflection.v1.ExtensionRequest;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.reflection.v1.ServiceResponse;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What server reflection tells, over v1 and v1alpha, gRPC and gRPC-Web. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ReflectionTest {
  private static final String V1 = "grpc.reflection.v1.ServerReflection/ServerReflectionInfo";
  private static final String V1_ALPHA =
      "grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo";

  private final TestServer server = new TestServer();

  @AfterAll
  void close() {
    server.close();
  }

  private StreamClient open(String method, Form form) {
    return StreamClient.call(server, form, method, Map.of());
  }

  private static ServerReflectionResponse ask(
      StreamClient client, ServerReflectionRequest.Builder request) {
    client.send(StreamClient.frame(request.build()));
    var response = client.reply(ServerReflectionResponse.getDefaultInstance());
    assertThat(response.getOriginalRequest()).isEqualTo(request.build());
    return response;
  }

  private ServerReflectionResponse ask(ServerReflectionRequest.Builder request) {
    var client = open(V1, Form.GRPC);
    var response = ask(client, request);
    client.halfClose();
    assertThat(client.code()).isEqualTo(Code.OK);
    return response;
  }

  private static ServerReflectionRequest.Builder symbol(String name) {
    return ServerReflectionRequest.newBuilder().setFileContainingSymbol(name);
  }

  private static List<FileDescriptorProto> files(ServerReflectionResponse response) {
    assertThat(response.hasFileDescriptorResponse()).as("%s", response).isTrue();
    return response.getFileDescriptorResponse().getFileDescriptorProtoList().stream()
        .map(ReflectionTest::file)
        .toList();
  }

  private static FileDescriptorProto file(ByteString bytes) {
    try {
      return FileDescriptorProto.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  private static String first(ServerReflectionResponse response) {
    return files(response).get(0).getName();
  }

  @ParameterizedTest
  @ValueSource(strings = {V1, V1_ALPHA})
  void all_services_are_listed(String method) {
    var client = open(method, Form.GRPC);
    var response = ask(client, ServerReflectionRequest.newBuilder().setListServices("*"));
    client.halfClose();

    assertThat(response.getListServicesResponse().getServiceList())
        .extracting(ServiceResponse::getName)
        .containsExactly(
            "google.longrunning.Operations",
            "grpc.health.v1.Health",
            "grpc.reflection.v1.ServerReflection",
            "grpc.reflection.v1alpha.ServerReflection");
    assertThat(client.code()).isEqualTo(Code.OK);
  }

  @ParameterizedTest
  @CsvSource({
    "google.longrunning.Operations, google/longrunning/operations.proto",
    "google.longrunning.Operations.GetOperation, google/longrunning/operations.proto",
    "google.longrunning.Operation, google/longrunning/operations.proto",
    "google.longrunning.Operation.done, google/longrunning/operations.proto",
    "google.longrunning.Operation.result, google/longrunning/operations.proto",
    "google.longrunning.operation_info, google/longrunning/operations.proto",
    "google.rpc.Status, google/rpc/status.proto",
    "google.rpc.ErrorInfo, google/rpc/error_details.proto",
    "google.api.http, google/api/annotations.proto",
    "google.protobuf.FieldOptions.JSType, google/protobuf/descriptor.proto",
    "google.protobuf.FieldOptions.JS_NORMAL, google/protobuf/descriptor.proto",
    "grpc.health.v1.Health, grpc/health/v1/health.proto",
    "grpc.health.v1.HealthListResponse.StatusesEntry, grpc/health/v1/health.proto",
    "grpc.reflection.v1.ServerReflection, grpc/reflection/v1/reflection.proto",
    "grpc.reflection.v1alpha.ServerReflection, grpc/reflection/v1alpha/reflection.proto"
  })
  void a_symbol_of_any_kind_leads_to_its_file(String name, String file) {
    assertThat(first(ask(symbol(name)))).isEqualTo(file);
  }

  @Test
  void a_file_comes_with_all_it_imports_so_that_it_can_be_built() throws Exception {
    var files = files(ask(symbol("google.longrunning.Operations")));

    assertThat(files).extracting(FileDescriptorProto::getName).doesNotHaveDuplicates();
    var built = new HashMap<String, FileDescriptor>();
    for (int i = files.size(); i > 0; i--) {
      for (var file : files) {
        if (!built.containsKey(file.getName())
            && built.keySet().containsAll(file.getDependencyList())) {
          var imports =
              file.getDependencyList().stream().map(built::get).toArray(FileDescriptor[]::new);
          built.put(file.getName(), FileDescriptor.buildFrom(file, imports));
        }
      }
    }
    assertThat(built).hasSameSizeAs(files);
    var service = built.get("google/longrunning/operations.proto").findServiceByName("Operations");
    assertThat(service.findMethodByName("WaitOperation")).isNotNull();
  }

  @Test
  void a_file_is_found_by_its_name() {
    var response =
        ask(ServerReflectionRequest.newBuilder().setFileByFilename("google/rpc/status.proto"));

    assertThat(files(response))
        .extracting(FileDescriptorProto::getName)
        .containsExactly("google/rpc/status.proto", "google/protobuf/any.proto");
  }

  @Test
  void what_a_stream_has_had_is_sent_again_only_where_it_is_asked_for() {
    var client = open(V1, Form.GRPC);
    ask(client, symbol("google.longrunning.Operations"));

    var again = files(ask(client, symbol("google.rpc.Status")));

    assertThat(again)
        .extracting(FileDescriptorProto::getName)
        .containsExactly("google/rpc/status.proto");
    client.halfClose();
    assertThat(client.code()).isEqualTo(Code.OK);
  }

  @Test
  void extensions_are_found_by_what_they_extend() {
    String options = "google.protobuf.MethodOptions";
    var number = ExtensionRequest.newBuilder().setContainingType(options);
    var found =
        ask(
            ServerReflectionRequest.newBuilder()
                .setFileContainingExtension(number.setExtensionNumber(1049)));
    var all = ask(ServerReflectionRequest.newBuilder().setAllExtensionNumbersOfType(options));
    var none =
        ask(ServerReflectionRequest.newBuilder().setAllExtensionNumbersOfType("google.rpc.Status"));

    assertThat(first(found)).isEqualTo("google/longrunning/operations.proto");
    assertThat(all.getAllExtensionNumbersResponse().getExtensionNumberList())
        .contains(1049, 1051, 72295728)
        .isSorted();
    assertThat(none.hasAllExtensionNumbersResponse()).isTrue();
    assertThat(none.getAllExtensionNumbersResponse().getExtensionNumberCount()).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {V1, V1_ALPHA})
  void what_cannot_be_answered_is_an_error_of_its_request_only(String method) {
    var client = open(method, Form.GRPC);
    var requests =
        Map.of(
            symbol("acme.Nothing"), Code.NOT_FOUND,
            symbol(""), Code.NOT_FOUND,
            symbol("s".repeat(512)), Code.NOT_FOUND,
            symbol("s".repeat(513)), Code.INVALID_ARGUMENT,
            ServerReflectionRequest.newBuilder().setFileByFilename("acme.proto"), Code.NOT_FOUND,
            ServerReflectionRequest.newBuilder().setAllExtensionNumbersOfType("acme.Nothing"),
                Code.NOT_FOUND,
            ServerReflectionRequest.newBuilder()
                    .setFileContainingExtension(
                        ExtensionRequest.newBuilder()
                            .setContainingType("google.rpc.Status")
                            .setExtensionNumber(7)),
                Code.NOT_FOUND,
            ServerReflectionRequest.newBuilder()
                    .setFileContainingExtension(
                        ExtensionRequest.newBuilder().setContainingType("s".repeat(513))),
                Code.INVALID_ARGUMENT,
            ServerReflectionRequest.newBuilder(), Code.UNIMPLEMENTED);
    requests.forEach(
        (request, code) ->
            assertThat(ask(client, request).getErrorResponse().getErrorCode())
                .as("%s", request)
                .isEqualTo(code.getNumber()));

    assertThat(first(ask(client, symbol("google.rpc.Status"))))
        .isEqualTo("google/rpc/status.proto");
    client.halfClose();
    assertThat(client.code()).isEqualTo(Code.OK);
  }

  @ParameterizedTest
  @EnumSource(
      mode = EnumSource.Mode.MATCH_ANY,
      names = {"GRPC", "WEB_.*", "TEXT_.*"})
  void many_requests_are_answered_in_their_order(Form form) {
    var client = open(V1, form);
    var names = IntStream.range(0, 500).mapToObj(i -> "acme.Nothing" + i).toList();
    for (String name : names) {
      client.send(StreamClient.frame(symbol(name).build()));
      client.send(StreamClient.frame(symbol("google.longrunning.Operations").build()));
    }
    client.halfClose();

    for (String name : names) {
      var none = client.reply(ServerReflectionResponse.getDefaultInstance());
      assertThat(none.getOriginalRequest().getFileContainingSymbol()).isEqualTo(name);
      assertThat(none.getErrorResponse().getErrorMessage()).contains(name);
      var found = client.reply(ServerReflectionResponse.getDefaultInstance());
      assertThat(first(found)).isEqualTo("google/longrunning/operations.proto");
    }
    assertThat(client.code()).isEqualTo(Code.OK);
  }
}
