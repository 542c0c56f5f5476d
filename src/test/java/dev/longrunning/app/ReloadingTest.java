package dev.longrunning.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.longrunning.observe.EffectiveSetting;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ReloadingTest {
  @TempDir Path temp;
  private final List<Settings> applied = new ArrayList<>();
  private Reloading reloading;

  private Reloading.Effective read() throws SettingsFault {
    return Settings.effective(
        Map.of("retention", "2d"), Map.of(), Optional.of(temp.resolve("file")));
  }

  private void write(String text) throws Exception {
    Files.writeString(temp.resolve("file"), text);
  }

  @BeforeEach
  void begin() throws Exception {
    write("wait-max: 1m\n");
    reloading = new Reloading(read(), this::read, applied::add, List.of(), asked -> {});
  }

  @Test
  void nothing_is_applied_while_nothing_changes() {
    reloading.check(false);

    assertThat(applied).isEmpty();
  }

  @Test
  void what_can_change_is_applied_once() throws Exception {
    write("wait-max: 2m\nhosts: [api.example.com]\n");

    reloading.check(false);
    reloading.check(false);

    assertThat(applied).hasSize(1);
    assertThat(applied.get(0).waitMax()).isEqualTo(Duration.ofMinutes(2));
    assertThat(applied.get(0).hosts()).containsExactly("api.example.com");
  }

  @Test
  void what_wants_a_restart_is_not_applied() throws Exception {
    write("wait-max: 1m\ncache-bytes: 1GiB\n");

    reloading.check(false);

    assertThat(applied).isEmpty();
  }

  @Test
  void what_is_shown_is_what_holds() throws Exception {
    var first = read().settings();
    write("wait-max: 2m\ncache-bytes: 1GiB\n");
    reloading.check(false);

    var shown = Reloading.shown(first, applied.get(0));

    assertThat(shown)
        .contains(
            new EffectiveSetting("wait-max", "2m", "file"),
            new EffectiveSetting("cache-bytes", Settings.CACHE_BYTES.fallback(), "default"))
        .hasSameSizeAs(first.effective());
  }

  @Test
  void one_fault_and_nothing_is_applied() throws Exception {
    write("wait-max: 2m\nhosts: [api.example.com]\nretention: x\nevent-loops: 0.5\n");

    reloading.check(false);
    assertThat(applied).isEmpty();
    write("wait-max: 3m\n");
    reloading.check(false);

    assertThat(applied).hasSize(1);
    assertThat(applied.get(0).waitMax()).isEqualTo(Duration.ofMinutes(3));
  }

  @Test
  void a_file_that_is_gone_changes_nothing() throws Exception {
    Files.delete(temp.resolve("file"));

    reloading.check(false);

    assertThat(applied).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "# wait-max: 1m\n", "---\n"})
  void a_file_that_was_emptied_changes_nothing(String text) throws Exception {
    write(text);

    reloading.check(false);

    assertThat(applied).isEmpty();
  }

  @Test
  void a_first_setting_in_an_empty_file_is_applied() throws Exception {
    write("# none\n");
    reloading = new Reloading(read(), this::read, applied::add, List.of(), asked -> {});
    reloading.check(false);
    write("wait-max: 2m\n");

    reloading.check(false);

    assertThat(applied).hasSize(1);
  }

  @Test
  void an_error_is_logged_and_does_not_end_the_looking() throws Exception {
    reloading =
        new Reloading(
            new Reloading.Effective(read().settings(), Map.of(), false),
            () -> {
              throw new NoClassDefFoundError("on purpose");
            },
            applied::add,
            List.of(),
            asked -> {});

    assertThatCode(() -> reloading.check(false)).doesNotThrowAnyException();
  }

  @Test
  void a_flag_still_wins() throws Exception {
    write("wait-max: 1m\nretention: 9d\n");

    reloading.check(false);

    assertThat(applied).isEmpty();
  }
}
