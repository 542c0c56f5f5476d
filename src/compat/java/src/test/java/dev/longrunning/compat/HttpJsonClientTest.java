package dev.longrunning.compat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.api.gax.core.NoCredentialsProvider;
import com.google.api.gax.httpjson.InstantiatingHttpJsonChannelProvider;
import com.google.api.gax.httpjson.longrunning.OperationsClient;
import com.google.api.gax.httpjson.longrunning.OperationsSettings;
import com.google.api.gax.httpjson.longrunning.stub.HttpJsonOperationsCallableFactory;
import com.google.api.gax.httpjson.longrunning.stub.HttpJsonOperationsStub;
import com.google.api.gax.rpc.ClientContext;
import com.google.api.gax.rpc.NotFoundException;
import com.google.longrunning.ListOperationsRequest;
import com.google.protobuf.TypeRegistry;
import dev.longrunning.demo.v1.ChecksumFolderMetadata;
import java.nio.file.Path;
import java.util.ArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Google's client of the HTTP/JSON form, unmodified, against the built server. */
final class HttpJsonClientTest {
  private static final String PARENT = "projects/compat";

  @TempDir static Path data;
  private static ServerProcess server;
  private static OperationsClient client;

  @BeforeAll
  static void start() throws Exception {
    server = ServerProcess.start(data);
    client = client(server.target());
  }

  private static OperationsClient client(String target) throws Exception {
    var settings =
        OperationsSettings.newBuilder()
            .setCredentialsProvider(NoCredentialsProvider.create())
            .setTransportChannelProvider(
                InstantiatingHttpJsonChannelProvider.newBuilder()
                    .setEndpoint("http://" + target)
                    .build())
            .build();
    var types = TypeRegistry.newBuilder().add(ChecksumFolderMetadata.getDescriptor()).build();
    return OperationsClient.create(
        HttpJsonOperationsStub.create(
            ClientContext.create(settings), new HttpJsonOperationsCallableFactory(), types));
  }

  @AfterAll
  static void stop() throws Exception {
    if (client != null) {
      client.close();
    }
    if (server != null) {
      server.close();
    }
  }

  @Test
  void get_shows_the_metadata() throws Exception {
    String metadata =
        "{\"@type\": \"type.googleapis.com/longrunning.demo.v1.ChecksumFolderMetadata\","
            + " \"currentFile\": \"a/b\"}";
    begin(PARENT, "get-1", ", \"metadata\": " + metadata);

    var running = client.getOperation(name("get-1"));

    assertThat(running.getName()).isEqualTo(name("get-1"));
    assertThat(running.getDone()).isFalse();
    assertThat(running.getMetadata().unpack(ChecksumFolderMetadata.class).getCurrentFile())
        .isEqualTo("a/b");
  }

  @Test
  void a_list_is_walked_page_by_page() throws Exception {
    for (int i = 0; i < 5; i++) {
      begin("projects/paged", "page-" + i, "");
    }
    var request =
        ListOperationsRequest.newBuilder().setName("projects/paged").setPageSize(2).build();

    var pages = new ArrayList<Integer>();
    var last = "";
    for (var page : client.listOperations(request).iteratePages()) {
      int count = 0;
      for (var operation : page.getValues()) {
        count++;
        last = operation.getName();
      }
      pages.add(count);
    }

    assertThat(pages).containsExactly(2, 2, 1);
    assertThat(last).isEqualTo("projects/paged/operations/page-0");
  }

  @Test
  void a_cancellation_ends_what_nobody_works_on() throws Exception {
    begin(PARENT, "cancel-1", "");

    client.cancelOperation(name("cancel-1"));

    assertThat(client.getOperation(name("cancel-1")).getError().getCode()).isEqualTo(1);
  }

  @Test
  void a_second_deletion_is_not_found() throws Exception {
    begin(PARENT, "delete-1", "");

    client.deleteOperation(name("delete-1"));

    var again =
        catchThrowableOfType(
            NotFoundException.class, () -> client.deleteOperation(name("delete-1")));
    assertThat(again.getReason()).isEqualTo("OPERATION_DELETED");
    assertThat(again.getDomain()).isEqualTo("longrunning.dev");
  }

  private static void begin(String parent, String id, String more) throws Exception {
    server.post(
        "/v1/" + parent + "/operations:start", "{\"operationId\": \"" + id + "\"" + more + "}");
  }

  private static String name(String id) {
    return PARENT + "/operations/" + id;
  }
}
