package dev.longrunning.cli;

import com.google.protobuf.Any;
import com.google.protobuf.Duration;
import com.google.rpc.Status;
import dev.longrunning.demo.v1.ChecksumFolderMetadata;
import dev.longrunning.demo.v1.ChecksumFolderResponse;
import dev.longrunning.demo.v1.FileChecksum;
import dev.longrunning.v1.CompleteOperationRequest;
import dev.longrunning.v1.Progress;
import dev.longrunning.v1.StartOperationRequest;
import dev.longrunning.v1.UpdateOperationRequest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * The checksums of one folder's files, as one operation.
 *
 * <p><b>Promise.</b> The operation ends with a response, with an error that names files that cannot
 * be read, or with code 1 soon after a cancellation was requested. If this program dies it ends by
 * its lease.
 *
 * <p><b>Threads.</b> One, which it keeps busy and blocks.
 *
 * <p><b>Bounds.</b> A report every {@value #REPORT_MILLIS} ms at most; {@value #LISTED_MAX} files
 * in the response.
 */
final class ChecksumFolder {
  /** How long this program may be silent before its operation ends. */
  static final int LEASE_SECONDS = 10;

  static final long REPORT_MILLIS = 200;
  static final int LISTED_MAX = 10;

  private static final int READ_BYTES = 1 << 17;
  private static final int MESSAGE_MAX = 1_000;
  private static final int CODE_CANCELLED = 1;
  private static final int CODE_FAILED_PRECONDITION = 9;

  /** How it ended. */
  enum Ending {
    DONE,
    FAILED,
    CANCELLED
  }

  /**
   * The work to do.
   *
   * @param path the folder
   * @param label as shown to people
   * @param recursive whether folders within count
   */
  record Folder(Path path, String label, boolean recursive) {}

  private final Producer producer;
  private final InstantSource clock;
  private final Consumer<String> output;
  private final Pace pace;
  private final Folder folder;
  private final MessageDigest manifest = sha256();
  private final byte[] buffer = new byte[READ_BYTES];
  private final ChecksumFolderMetadata.Builder metadata = ChecksumFolderMetadata.newBuilder();
  private final ChecksumFolderResponse.Builder response = ChecksumFolderResponse.newBuilder();

  private String name = "";
  private String leaseToken = "";
  private long bytesDone;
  private int unreadableCount;
  private String firstUnreadable = "";
  private Instant nextReport;
  private boolean cancelled;

  ChecksumFolder(
      Producer producer, InstantSource clock, Consumer<String> output, Pace pace, Folder folder) {
    this.producer = producer;
    this.clock = clock;
    this.output = output;
    this.pace = pace;
    this.folder = folder;
    this.nextReport = clock.instant();
  }

  /** Does it all; fails if the server no longer takes this operation's reports. */
  Ending run() throws CallFault, IOException, InterruptedException {
    FolderFiles found = FolderFiles.scan(folder.path(), folder.recursive());
    start(found);
    for (Path file : found.unreadable()) {
      unreadable(file, "it cannot be listed");
    }
    for (Path file : found.files()) {
      checksum(file);
      if (cancelled) {
        break;
      }
    }
    return end();
  }

  private void start(FolderFiles found) throws CallFault, InterruptedException {
    metadata
        .setFolder(folder.label())
        .setFileCount(found.files().size())
        .setByteCount(found.bytes())
        .setRecursive(folder.recursive());
    var started =
        producer.start(
            StartOperationRequest.newBuilder()
                .setMetadata(metadata(""))
                .setProgress(progress("starting"))
                .putLabels("demo", "checksum")
                .setRequestId(requestId())
                .setLeaseDuration(Duration.newBuilder().setSeconds(LEASE_SECONDS))
                .build());
    name = started.getSnapshot().getOperation().getName();
    leaseToken = started.getLease().getToken();
    output.accept(name + "  " + folder.label() + ": started, " + found.files().size() + " files");
  }

  private void checksum(Path file) throws CallFault, InterruptedException {
    MessageDigest digest = sha256();
    long fileBytes = 0;
    try (InputStream in = Files.newInputStream(folder.path().resolve(file))) {
      for (int read = in.read(buffer); read >= 0 && !cancelled; read = in.read(buffer)) {
        digest.update(buffer, 0, read);
        fileBytes += read;
        bytesDone += read;
        pace.await(bytesDone);
        reportIfDue(file);
      }
    } catch (IOException e) {
      unreadable(file, String.valueOf(e.getMessage()));
      return;
    }
    if (!cancelled) {
      add(file, fileBytes, HexFormat.of().formatHex(digest.digest()));
      reportIfDue(file);
    }
  }

  private void add(Path file, long fileBytes, String sum) {
    manifest.update((sum + "  " + file + "\n").getBytes(StandardCharsets.UTF_8));
    response
        .setFileCount(response.getFileCount() + 1)
        .setByteCount(response.getByteCount() + fileBytes);
    if (response.getFilesCount() < LISTED_MAX) {
      response.addFiles(
          FileChecksum.newBuilder()
              .setPath(file.toString())
              .setByteCount(fileBytes)
              .setSha256(sum));
    }
  }

  private void unreadable(Path file, String reason) {
    unreadableCount++;
    if (unreadableCount == 1) {
      firstUnreadable = file + " (" + reason + ")";
    }
  }

  /** A report renews the lease and brings the news of a cancellation. */
  private void reportIfDue(Path file) throws CallFault, InterruptedException {
    Instant now = clock.instant();
    if (now.isBefore(nextReport)) {
      return;
    }
    nextReport = now.plusMillis(REPORT_MILLIS);
    var answer =
        producer.update(
            UpdateOperationRequest.newBuilder()
                .setName(name)
                .setMetadata(metadata(file.toString()))
                .setProgress(progress(file.toString()))
                .setLeaseToken(leaseToken)
                .setRequestId(requestId())
                .build());
    cancelled = answer.getCancelRequested();
  }

  /** What clients of google.longrunning see of the progress. */
  private Any metadata(String file) {
    return Any.pack(
        metadata
            .setFilesDone(response.getFileCount())
            .setBytesDone(bytesDone)
            .setCurrentFile(line(file))
            .build());
  }

  private Progress progress(String message) {
    // Files may have grown since they were counted.
    return Progress.newBuilder()
        .setDoneUnits(bytesDone)
        .setTotalUnits(Math.max(bytesDone, metadata.getByteCount()))
        .setUnit("bytes")
        .setMessage(line(message))
        .build();
  }

  private static String line(String text) {
    String line = text.replaceAll("\\p{Cntrl}", "?");
    return line.length() > MESSAGE_MAX ? line.substring(0, MESSAGE_MAX) : line;
  }

  private Ending end() throws CallFault, InterruptedException {
    if (cancelled) {
      complete(
          error(
              CODE_CANCELLED,
              "cancelled after " + response.getFileCount() + " files, " + bytesDone + " bytes"));
      return Ending.CANCELLED;
    }
    if (unreadableCount > 0) {
      complete(
          error(
              CODE_FAILED_PRECONDITION,
              unreadableCount + " files or folders cannot be read, first " + firstUnreadable));
      return Ending.FAILED;
    }
    response.setManifestSha256(HexFormat.of().formatHex(manifest.digest()));
    complete(CompleteOperationRequest.newBuilder().setResponse(Any.pack(response.build())));
    output.accept(name + "  " + folder.label() + ": done, " + response.getManifestSha256());
    return Ending.DONE;
  }

  private CompleteOperationRequest.Builder error(int code, String message) {
    output.accept(name + "  " + folder.label() + ": " + message);
    return CompleteOperationRequest.newBuilder()
        .setError(Status.newBuilder().setCode(code).setMessage(message));
  }

  private void complete(CompleteOperationRequest.Builder result)
      throws CallFault, InterruptedException {
    producer.complete(
        result
            .setName(name)
            .setMetadata(metadata(""))
            .setProgress(progress(cancelled ? "cancelled" : "finished"))
            .setLeaseToken(leaseToken)
            .setRequestId(requestId())
            .build());
  }

  private static String requestId() {
    return UUID.randomUUID().toString();
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
