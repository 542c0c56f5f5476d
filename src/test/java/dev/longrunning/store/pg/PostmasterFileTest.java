package dev.longrunning.store.pg;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

final class PostmasterFileTest {
  @Test
  void the_status_is_in_the_eighth_line() {
    var lines = List.of("42", "/data", "1", "5432", "", "127.0.0.1", "1 2", "ready   ");

    assertThat(PostmasterFile.parse(lines)).contains(new PostmasterFile(42, "ready"));
    assertThat(PostmasterFile.parse(lines.subList(0, 7))).contains(new PostmasterFile(42, ""));
  }

  @Test
  void a_file_that_says_nothing_yet_is_empty() {
    assertThat(PostmasterFile.parse(List.of())).isEmpty();
    assertThat(PostmasterFile.parse(List.of(""))).isEmpty();
    assertThat(PostmasterFile.parse(List.of("what"))).isEmpty();
    assertThat(PostmasterFile.parse(List.of("1".repeat(19)))).isEmpty();
  }

  @Test
  void a_standalone_backend_writes_its_pid_with_a_minus() {
    assertThat(PostmasterFile.parse(List.of("-42"))).contains(new PostmasterFile(42, ""));
  }

  @Test
  void a_process_that_is_no_postgres_does_not_run_the_database() {
    long own = ProcessHandle.current().pid();

    assertThat(PostmasterFile.runs(own, Path.of("/data"))).isFalse();
  }
}
