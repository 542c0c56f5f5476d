package dev.longrunning.store.pg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DataDirectoryTest {
  private static final int STARTS = 4;
  private static final int ROUNDS = 50;

  @TempDir Path temp;

  private final Queue<DataDirectory> opened = new ConcurrentLinkedQueue<>();

  @Test
  void a_directory_of_something_else_is_refused() throws Exception {
    Files.createFile(temp.resolve("thesis.tex"));

    assertThatThrownBy(() -> DataDirectory.open(temp))
        .isInstanceOf(StartFault.class)
        .hasMessage(
            "data: %s holds something else (thesis.tex); allowed an empty directory, or one that"
                + " Longrunning made",
            temp.toRealPath());
    assertThat(temp.resolve("longrunning.lock")).doesNotExist();
  }

  @Test
  void what_file_systems_put_into_a_new_volume_does_no_harm() throws Exception {
    Files.createDirectory(temp.resolve("lost+found"));

    DataDirectory.open(temp).close();

    assertThat(temp.resolve("longrunning.lock")).exists();
  }

  @Test
  void a_path_that_cannot_be_a_directory_is_one_clear_line() throws Exception {
    Path file = Files.createFile(temp.resolve("file"));

    assertThatThrownBy(() -> DataDirectory.open(file))
        .isInstanceOf(StartFault.class)
        .hasMessageStartingWith("data: cannot write to " + file)
        .hasMessageEndingWith("allowed a directory that this user may write to");
  }

  @Test
  void what_a_killed_start_left_is_deleted() throws Exception {
    DataDirectory.open(temp).close();
    Files.createDirectories(temp.resolve("postgresql.partial-1-2/base"));

    DataDirectory.open(temp).close();

    assertThat(temp.resolve("postgresql.partial-1-2")).doesNotExist();
  }

  @Test
  void a_second_user_of_the_directory_is_refused_until_the_first_is_gone() throws Exception {
    var first = DataDirectory.open(temp);

    assertThatThrownBy(() -> DataDirectory.open(temp)).hasMessageContaining("is in use by");
    first.close();
    DataDirectory.open(temp).close();
  }

  @Test
  void of_starts_at_once_in_a_new_directory_one_has_it_and_the_others_say_so() throws Exception {
    var threads = Executors.newFixedThreadPool(STARTS);
    try {
      for (int round = 0; round < ROUNDS; round++) {
        Path data = temp.resolve("data" + round);
        var together = new CyclicBarrier(STARTS);
        Callable<String> start =
            () -> {
              together.await();
              try {
                opened.add(DataDirectory.open(data));
                return "has it";
              } catch (StartFault refused) {
                return String.valueOf(refused.getMessage());
              }
            };

        var answers = new ArrayList<String>();
        for (var answer : threads.invokeAll(Collections.nCopies(STARTS, start))) {
          answers.add(answer.get());
        }

        assertThat(answers).filteredOn("has it"::equals).hasSize(1);
        assertThat(answers)
            .filteredOn(answer -> answer.contains("is in use by another Longrunning"))
            .as("%s", answers)
            .hasSize(STARTS - 1);
      }
    } finally {
      threads.shutdown();
      opened.forEach(DataDirectory::close);
    }
  }

  @Test
  void the_password_is_made_once() throws Exception {
    try (var data = DataDirectory.open(temp)) {
      String password = data.password();

      assertThat(password).matches("[0-9a-f]{48}");
      assertThat(data.password()).isEqualTo(password);
    }
  }

  @Test
  void a_database_without_its_password_is_one_clear_line() throws Exception {
    try (var data = DataDirectory.open(temp)) {
      Files.createDirectory(data.cluster());

      assertThatThrownBy(data::password)
          .isInstanceOf(StartFault.class)
          .hasMessageContaining("password is missing");
    }
  }

  @Test
  void a_database_of_another_major_version_is_one_clear_line() throws Exception {
    try (var data = DataDirectory.open(temp)) {
      Files.createDirectory(data.cluster());
      Files.writeString(data.cluster().resolve("PG_VERSION"), "17\n");

      assertThatThrownBy(() -> PostgresCluster.refuseOtherMajor(data, "18"))
          .isInstanceOf(StartFault.class)
          .hasMessage(
              "data: %s was made by PostgreSQL 17; allowed 18: dump it with the version that made"
                  + " it, and restore",
              data.cluster());
    }
  }
}
