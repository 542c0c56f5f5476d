package dev.longrunning.compat;

import com.google.api.gax.rpc.ApiException;
import com.google.longrunning.Operation;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.longrunning.demo.v1.ChecksumFolderMetadata;
import java.io.IOException;
import java.time.LocalTime;
import java.time.temporal.ChronoUnit;

/**
 * Polls an operation of the demo until it is done, as programs do that know nothing better, and
 * prints what each poll saw.
 *
 * <p>Arguments: HOST:PORT NAME. Ends with 0 once it is done, with 1 if it cannot be polled.
 */
public final class Poll {
  private static final long INTERVAL_MILLIS = 1_000;

  private Poll() {}

  public static void main(String[] args) throws IOException, InterruptedException {
    if (args.length != 2) {
      System.err.println("usage: Poll HOST:PORT NAME");
      System.exit(2);
    }
    System.exit(poll(args[0], args[1]));
  }

  private static int poll(String target, String name) throws IOException, InterruptedException {
    try (var client = Clients.of(target)) {
      Operation operation = client.getOperation(name);
      for (; !operation.getDone(); operation = client.getOperation(name)) {
        print(progress(operation));
        Thread.sleep(INTERVAL_MILLIS);
      }
      print(ending(operation));
      return 0;
    } catch (ApiException e) {
      print(e.getStatusCode().getCode() + ", reason " + e.getReason() + ": " + e.getMessage());
      return 1;
    }
  }

  private static String progress(Operation operation) throws InvalidProtocolBufferException {
    if (!operation.getMetadata().is(ChecksumFolderMetadata.class)) {
      return "running";
    }
    var metadata = operation.getMetadata().unpack(ChecksumFolderMetadata.class);
    return String.format(
        "running, %3d %%, %,d of %,d files, %s",
        100 * metadata.getBytesDone() / Math.max(1, metadata.getByteCount()),
        metadata.getFilesDone(),
        metadata.getFileCount(),
        metadata.getCurrentFile());
  }

  private static String ending(Operation operation) {
    return operation.hasError()
        ? "done, code " + operation.getError().getCode() + ": " + operation.getError().getMessage()
        : "done, " + operation.getResponse().getTypeUrl();
  }

  private static void print(String line) {
    System.out.println(LocalTime.now().truncatedTo(ChronoUnit.SECONDS) + "  " + line);
  }
}
