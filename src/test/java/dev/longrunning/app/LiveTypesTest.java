package dev.longrunning.app;

import static dev.longrunning.types.Sets.field;
import static dev.longrunning.types.Sets.file;
import static dev.longrunning.types.Sets.set;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.longrunning.types.TypeSources;
import dev.longrunning.types.Types;
import dev.longrunning.types.TypesFault;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LiveTypesTest {
  private static final byte[] A = set(file("a.proto", "message_type { name: 'A' }"));
  private static final byte[] B =
      set(file("b.proto", "message_type { name: 'B' " + field("a", 1, ".A") + "}"));

  @TempDir Path temp;
  private final List<Types> taken = new ArrayList<>();
  private LiveTypes types;

  private void write(String name, byte[] content) throws Exception {
    Files.write(temp.resolve(name), content);
  }

  @BeforeEach
  void begin() throws Exception {
    write("a.binpb", A);
    types = LiveTypes.read(new TypeSources(temp, false, List.of()));
    types.follow(taken::add);
  }

  @Test
  void nothing_is_read_while_nothing_changes() {
    var before = types.now();

    types.check(false);

    assertThat(types.now()).isSameAs(before);
    assertThat(taken).isEmpty();
  }

  @Test
  void a_change_is_taken_once_and_told() throws Exception {
    write("b.binpb", B);

    types.check(false);
    types.check(false);

    assertThat(types.now().find("x/B")).isPresent();
    assertThat(taken).containsExactly(types.now());
  }

  @Test
  void a_set_that_is_gone_is_forgotten() throws Exception {
    Files.delete(temp.resolve("a.binpb"));

    types.check(false);

    assertThat(types.now().find("x/A")).isEmpty();
  }

  @Test
  void a_change_that_cannot_be_seen_from_outside_is_taken_when_asked_for() throws Exception {
    var time = Files.getLastModifiedTime(temp.resolve("a.binpb"));
    write("a.binpb", set(file("a.proto", "message_type { name: 'Z' }")));
    Files.setLastModifiedTime(temp.resolve("a.binpb"), time);
    types.check(false);
    assertThat(types.now().find("x/Z")).isEmpty();

    types.check(true);

    assertThat(types.now().find("x/Z")).isPresent();
  }

  @Test
  void what_cannot_be_used_changes_nothing_until_it_is_mended() throws Exception {
    var before = types.now();
    write("b.binpb", new byte[] {1});

    types.check(false);
    assertThat(types.isRefused()).isTrue();
    types.check(true);
    assertThat(types.now()).isSameAs(before);
    assertThat(taken).isEmpty();
    write("b.binpb", B);
    types.check(false);

    assertThat(types.isRefused()).isFalse();
    assertThat(types.now().find("x/B")).isPresent();
  }

  @Test
  void a_change_that_is_taken_back_is_no_fault_any_more() throws Exception {
    write("b.binpb", new byte[] {1});
    types.check(false);
    Files.delete(temp.resolve("b.binpb"));

    types.check(false);

    assertThat(types.isRefused()).isFalse();
  }

  @Test
  void a_directory_that_is_gone_changes_nothing() throws Exception {
    var before = types.now();
    Files.delete(temp.resolve("a.binpb"));
    Files.delete(temp);

    types.check(false);
    assertThat(types.now()).isSameAs(before);
    assertThat(types.isRefused()).isTrue();
    Files.createDirectory(temp);
    types.check(false);

    assertThat(types.isRefused()).isFalse();
    assertThat(types.now().find("x/A")).isEmpty();
  }

  @Test
  void a_directory_that_comes_back_as_it_was_is_no_fault_any_more() throws Exception {
    Files.move(temp.resolve("a.binpb"), temp.resolveSibling(temp.getFileName() + ".kept"));
    types.check(false);
    Files.delete(temp);
    types.check(false);
    Files.createDirectory(temp);

    types.check(false);

    assertThat(types.isRefused()).isFalse();
    Files.delete(temp.resolveSibling(temp.getFileName() + ".kept"));
  }

  @Test
  void a_set_that_cannot_be_used_is_a_fault_of_the_start() throws Exception {
    write("a.binpb", new byte[] {1});
    write("b.binpb", new byte[] {2});

    var fault =
        catchThrowableOfType(
            TypesFault.class, () -> LiveTypes.read(new TypeSources(temp, false, List.of())));

    assertThat(fault.lines()).hasSize(2);
  }

  @Test
  void a_set_that_is_touched_is_read_again() throws Exception {
    Files.setLastModifiedTime(temp.resolve("a.binpb"), FileTime.fromMillis(7));

    types.check(false);

    assertThat(taken).hasSize(1);
  }
}
