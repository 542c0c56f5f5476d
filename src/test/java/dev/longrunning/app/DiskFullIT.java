package dev.longrunning.app;

import static dev.longrunning.testing.Calls.await;
import static dev.longrunning.testing.Calls.payload;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.longrunning.ListOperationsRequest;
import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.rpc.Code;
import dev.longrunning.store.pg.TestPostgres;
import dev.longrunning.testing.ApiClient;
import dev.longrunning.testing.CallFailure;
import dev.longrunning.v1.CompleteOperationRequest;
import dev.longrunning.v1.StartOperationRequest;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnection;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A PostgreSQL on a disk of its own that fills up. Needs the right to mount one. */
@Timeout(300)
final class DiskFullIT {
  private static final int STATE_BYTES = 100_000;
  private static final int WRITES_MAX = 2_000;

  @TempDir Path temp;
  private final Vertx vertx = Vertx.vertx();
  private final List<String> acknowledged = new ArrayList<>();
  private Path disk;
  private TestPostgres postgres;
  private InProcessServer server;
  private ApiClient client;

  @BeforeEach
  void start() throws Exception {
    disk = Files.createDirectory(temp.resolve("disk"));
    assumeTrue(
        run("mount", "-t", "tmpfs", "-o", "size=320m", "tmpfs", disk.toString()) == 0,
        "no right to mount a small disk");
    var data = Files.createDirectory(disk.resolve("pg"));
    postgres =
        TestPostgres.startIn(
            data, TestPostgres.bundled(), "min_wal_size = 96MB", "max_wal_size = 96MB");
    keepSegments();
    server = InProcessServer.start(Map.of("database", postgres.url()));
    client = new ApiClient(vertx, server.port);
  }

  /** As on a server that has run for a while: the log's files are there, and are used again. */
  private void keepSegments() throws Exception {
    var connection = await(PgConnection.connect(vertx, postgres.options()), 10);
    for (int i = 0; i < 5; i++) {
      await(connection.query("create table t" + i + " as select 1").execute(), 10);
      await(connection.query("select pg_switch_wal()").execute(), 10);
    }
    await(connection.query("checkpoint").execute(), 10);
    await(connection.close(), 10);
  }

  @AfterEach
  void stop() throws Exception {
    if (server != null) {
      server.close();
      await(vertx.close(), 10);
    }
    if (postgres != null) {
      postgres.close();
    }
    run("umount", "-l", disk.toString());
  }

  private static int run(String... command) throws Exception {
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start()
        .waitFor();
  }

  @Test
  void writes_are_refused_as_unavailable_reads_go_on_and_nothing_acknowledged_is_lost()
      throws Exception {
    write("first");
    Path ballast = fill();

    var refusal = writeUntilRefused();
    for (int i = 0; i < 20; i++) {
      var again = failure(start("refused-" + i));
      assertThat(again.code()).isEqualTo(Code.UNAVAILABLE);
    }

    assertThat(refusal.code()).isEqualTo(Code.UNAVAILABLE);
    assertThat(refusal.reason()).isEqualTo("DATABASE_EXHAUSTED");
    assertThat(refusal.saysWhenToRetry()).isTrue();
    readAll();
    var list = ListOperationsRequest.newBuilder().setName("operations").build();
    assertThat(await(client.list(list), 10).getOperationsList()).isNotEmpty();

    Files.delete(ballast);
    write("after");
    complete("after");
    readAll();
    assertThat(await(client.get("operations/after"), 10).getDone()).isTrue();
  }

  /** Leaves next to nothing on the disk. */
  private Path fill() throws IOException {
    Path ballast = disk.resolve("ballast");
    var block = new byte[65_536];
    try (OutputStream out = Files.newOutputStream(ballast)) {
      while (true) {
        out.write(block);
      }
    } catch (IOException full) {
      return ballast;
    }
  }

  private CallFailure writeUntilRefused() throws Exception {
    for (int i = 0; i < WRITES_MAX; i++) {
      var started = start("fill-" + i);
      var outcome = settled(started);
      if (outcome.failed()) {
        return (CallFailure) outcome.cause();
      }
      acknowledged.add("operations/fill-" + i);
    }
    throw new AssertionError("the disk did not fill up");
  }

  private void write(String id) throws Exception {
    await(start(id), 10);
    acknowledged.add("operations/" + id);
  }

  /** Bytes that cannot be compressed. */
  private Future<?> start(String id) {
    var bytes = new byte[STATE_BYTES];
    new Random(id.hashCode()).nextBytes(bytes);
    var metadata =
        Any.newBuilder()
            .setTypeUrl("type.googleapis.com/acme.Blob")
            .setValue(ByteString.copyFrom(bytes));
    return client.start(
        StartOperationRequest.newBuilder().setOperationId(id).setMetadata(metadata).build());
  }

  private void complete(String id) throws Exception {
    await(
        client.complete(
            CompleteOperationRequest.newBuilder()
                .setName("operations/" + id)
                .setResponse(payload(1))
                .build()),
        10);
  }

  private void readAll() throws Exception {
    for (String name : acknowledged) {
      assertThat(await(client.get(name), 10).getName()).isEqualTo(name);
    }
  }

  private static CallFailure failure(Future<?> call) throws Exception {
    var outcome = settled(call);
    assertThat(outcome.failed()).isTrue();
    return (CallFailure) outcome.cause();
  }

  private static Future<?> settled(Future<?> call) throws Exception {
    await(call.otherwiseEmpty(), 10);
    return call;
  }
}
