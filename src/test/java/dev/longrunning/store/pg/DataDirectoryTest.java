package dev.longrunning.store.pg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DataDirectoryTest {
  @TempDir Path temp;

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
