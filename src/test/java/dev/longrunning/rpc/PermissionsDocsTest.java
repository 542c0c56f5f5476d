package dev.longrunning.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longrunning.auth.Role;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** {@code docs/permissions.md} has a line for every method, as the table of methods has it. */
final class PermissionsDocsTest {
  private static final String ROLES = "viewer | operator | producer | administrator";

  @Test
  void every_method_has_its_permission_and_its_roles_there() throws IOException {
    var page = Files.readString(Path.of("docs/permissions.md"));

    var written =
        page.lines()
            .filter(line -> line.matches("\\| `[a-z0-9A-Z.]+/[A-Za-z]+` \\|.*"))
            .collect(Collectors.toCollection(TreeSet::new));

    var expected =
        MethodsDocs.methods().stream()
            .map(PermissionsDocsTest::line)
            .collect(Collectors.toCollection(TreeSet::new));
    assertThat(written).isEqualTo(expected);
    assertThat(page).contains("| method | permission | asked of | " + ROLES + " |");
  }

  @Test
  void every_permission_of_a_role_is_one_of_a_method() {
    var asked = new TreeSet<String>();
    for (var row : MethodsDocs.methods()) {
      asked.add(row.guard().permission());
    }
    asked.add("longrunning.operations.signal");

    for (var role : Role.values()) {
      if (role != Role.ADMINISTRATOR) {
        assertThat(asked).containsAll(role.permissions());
      }
    }
  }

  private static String line(Row<?, ?> row) {
    var guard = row.guard();
    return String.format(
        "| `%s` | %s | %s | %s |", row.fullName(), permission(guard), on(guard), roles(guard));
  }

  private static String permission(Guard<?> guard) {
    var other = guard.ofCollections();
    return '`' + guard.permission() + '`' + (other == null ? "" : ", `" + other.permission() + '`');
  }

  private static String on(Guard<?> guard) {
    return switch (guard.who()) {
      case ANYBODY -> "nobody: anybody may";
      case KNOWN -> "nobody: whoever is known may";
      case SOMEWHERE -> "anything; of each report what its own call needs";
      case SUBJECT -> "what it names";
    };
  }

  private static String roles(Guard<?> guard) {
    return Stream.of(Role.values())
        .map(role -> has(role, guard) ? "yes" : "")
        .collect(Collectors.joining(" | "));
  }

  private static boolean has(Role role, Guard<?> guard) {
    boolean open = Arrays.asList(Guard.Who.ANYBODY, Guard.Who.KNOWN).contains(guard.who());
    return open || role == Role.ADMINISTRATOR || role.permissions().contains(guard.permission());
  }
}
