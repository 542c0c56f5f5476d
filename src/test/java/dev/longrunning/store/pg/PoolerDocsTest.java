package dev.longrunning.store.pg;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The settings that a role needs behind a pooler are those that other connections bring along. */
final class PoolerDocsTest {
  @Test
  void every_session_setting_is_in_the_operations_guide() throws IOException {
    var guide = Files.readString(Path.of("docs", "operations.md"));

    Connector.SESSION_SETTINGS.forEach(
        (name, value) -> assertThat(guide).contains(" set " + name + " = '" + value + "';"));
  }
}
