package dev.longrunning.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longrunning.cli.ChecksumFolder.Ending;
import dev.longrunning.demo.v1.ChecksumFolderMetadata;
import dev.longrunning.demo.v1.ChecksumFolderResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ChecksumFolderTest {
  @TempDir Path temp;
  private final ScriptedProducer producer = new ScriptedProducer();
  private final List<String> output = new ArrayList<>();
  private Instant now = Instant.parse("2026-01-01T00:00:00Z");

  @Test
  void the_response_holds_what_sha256sum_prints() throws Exception {
    write("b", "two");
    write("a/x", "one");
    write("a.txt", "");

    assertThat(run(true, 0)).isEqualTo(Ending.DONE);

    String list = hex("") + "  a.txt\n" + hex("one") + "  a/x\n" + hex("two") + "  b\n";
    var response = response();
    assertThat(response.getFileCount()).isEqualTo(3);
    assertThat(response.getByteCount()).isEqualTo(6);
    assertThat(response.getManifestSha256()).isEqualTo(hex(list));
    assertThat(response.getFilesList()).extracting("path").containsExactly("a.txt", "a/x", "b");
  }

  @Test
  void it_starts_with_a_lease_and_its_metadata() throws Exception {
    write("a", "1234");

    run(true, 0);

    var start = producer.starts.get(0);
    assertThat(start.getLeaseDuration().getSeconds()).isEqualTo(10);
    assertThat(start.getRequestId()).hasSize(36);
    assertThat(start.getProgress().getTotalUnits()).isEqualTo(4);
    assertThat(start.getMetadata().unpack(ChecksumFolderMetadata.class))
        .isEqualTo(
            ChecksumFolderMetadata.newBuilder()
                .setFolder("photos")
                .setFileCount(1)
                .setByteCount(4)
                .setRecursive(true)
                .build());
  }

  @Test
  void reports_say_the_bytes_done_and_the_current_file() throws Exception {
    write("a", "1234");
    write("b", "56");

    run(true, 1_000);

    var last = producer.updates.get(producer.updates.size() - 1);
    assertThat(last.getName()).isEqualTo(ScriptedProducer.NAME);
    assertThat(last.getLeaseToken()).isEqualTo(ScriptedProducer.TOKEN);
    assertThat(last.getProgress().getDoneUnits()).isEqualTo(6);
    assertThat(last.getProgress().getUnit()).isEqualTo("bytes");
    assertThat(last.getProgress().getMessage()).isEqualTo("b");
  }

  @Test
  void clients_that_see_only_the_metadata_see_the_progress_in_it() throws Exception {
    write("a", "1234");
    write("b", "56");

    run(true, 1_000);

    var begun = producer.starts.get(0).getMetadata().unpack(ChecksumFolderMetadata.class);
    var last = producer.updates.get(producer.updates.size() - 1);
    var reported = last.getMetadata().unpack(ChecksumFolderMetadata.class);
    assertThat(reported)
        .isEqualTo(begun.toBuilder().setFilesDone(2).setBytesDone(6).setCurrentFile("b").build());
    var ended = producer.completions.get(0).getMetadata().unpack(ChecksumFolderMetadata.class);
    assertThat(ended).isEqualTo(reported.toBuilder().clearCurrentFile().build());
  }

  @Test
  void a_rate_makes_the_reading_wait_for_what_it_is_ahead() throws Exception {
    var slept = new ArrayList<Long>();
    var pace =
        Pace.of(
            1_000,
            () -> now,
            millis -> {
              slept.add(millis);
              now = now.plusMillis(millis);
            });

    pace.await(500);
    now = now.plusMillis(700);
    pace.await(1_000);
    pace.await(1_500);

    assertThat(slept).containsExactly(500L, 300L);
  }

  @Test
  void reports_are_no_more_frequent_than_their_interval() throws Exception {
    for (int i = 0; i < 50; i++) {
      write("f" + i, "x");
    }

    // Each look at the clock moves it by a tenth of the interval; each file looks twice.
    run(true, ChecksumFolder.REPORT_MILLIS / 10);

    assertThat(producer.updates).hasSize(10);
  }

  @Test
  void a_cancellation_ends_it_with_code_1() throws Exception {
    for (int i = 0; i < 9; i++) {
      write("f" + i, "x");
    }
    producer.cancelAtUpdate = 3;

    assertThat(run(true, 1_000)).isEqualTo(Ending.CANCELLED);

    assertThat(producer.updates).hasSize(3);
    assertThat(producer.completions).hasSize(1);
    assertThat(producer.completions.get(0).getError().getCode()).isEqualTo(1);
    assertThat(producer.completions.get(0).getLeaseToken()).isEqualTo(ScriptedProducer.TOKEN);
  }

  @Test
  void a_file_that_cannot_be_read_makes_it_an_error_that_names_the_file() throws Exception {
    write("a", "1");
    write("gone", "2");
    var folder = new ChecksumFolder.Folder(temp, "photos", true);
    // Deleted between the scan and the reading, as seen by the first look at the clock after it.
    InstantSource clock =
        () -> {
          if (!producer.starts.isEmpty()) {
            boolean ignored = temp.resolve("gone").toFile().delete();
          }
          return now;
        };

    var ending = new ChecksumFolder(producer, clock, output::add, Pace.UNLIMITED, folder).run();

    assertThat(ending).isEqualTo(Ending.FAILED);
    var error = producer.completions.get(0).getError();
    assertThat(error.getCode()).isEqualTo(9);
    assertThat(error.getMessage()).startsWith("1 files or folders cannot be read, first gone (");
  }

  @Test
  void a_lost_lease_ends_the_work_without_a_completion() throws Exception {
    write("a", "1");
    producer.leaseLostAtUpdate = 1;

    assertThatThrownBy(() -> run(true, 1_000)).isInstanceOf(CallFault.class);

    assertThat(producer.completions).isEmpty();
  }

  @Test
  void links_are_not_followed() throws Exception {
    write("a", "1");
    Files.createSymbolicLink(temp.resolve("link"), Path.of("a"));
    Files.createSymbolicLink(temp.resolve("loop"), Path.of("."));

    run(true, 0);

    assertThat(response().getFileCount()).isEqualTo(1);
  }

  @Test
  void without_recursion_only_the_files_directly_inside_count() throws Exception {
    write("a", "1");
    write("sub/b", "1");

    run(false, 0);

    assertThat(response().getFilesList()).extracting("path").containsExactly("a");
  }

  @Test
  void an_empty_folder_is_done_at_once() throws Exception {
    assertThat(run(true, 0)).isEqualTo(Ending.DONE);

    assertThat(response().getManifestSha256()).isEqualTo(hex(""));
  }

  private Ending run(boolean recursive, long tickMillis) throws Exception {
    InstantSource clock = () -> now = now.plusMillis(tickMillis);
    var folder = new ChecksumFolder.Folder(temp, "photos", recursive);
    return new ChecksumFolder(producer, clock, output::add, Pace.UNLIMITED, folder).run();
  }

  private ChecksumFolderResponse response() throws Exception {
    return producer.completions.get(0).getResponse().unpack(ChecksumFolderResponse.class);
  }

  private void write(String path, String content) throws Exception {
    Path file = temp.resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, content);
  }

  private static String hex(String content) throws Exception {
    return HexFormat.of()
        .formatHex(
            MessageDigest.getInstance("SHA-256").digest(content.getBytes(StandardCharsets.UTF_8)));
  }
}
