package dev.longrunning.store.pg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longrunning.observe.Secret;
import io.vertx.pgclient.SslMode;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class DatabaseUrlTest {
  @Test
  void every_part_is_read() throws Exception {
    var url =
        DatabaseUrl.parse(
            "postgres://me%40home:s%3Ae%2Fc@one,[::1]:6000/d%20b?sslmode=verify-full"
                + "&sslrootcert=/ca.pem&sslcert=/c.pem&sslkey=/k.pem&application_name=a+b"
                + "&options=-c%20geqo%3Doff&pgbouncer=true&passfile=/p");

    assertThat(url.hosts())
        .containsExactly(new DatabaseUrl.Host("one", 5432), new DatabaseUrl.Host("::1", 6000));
    assertThat(url.files())
        .containsExactly(Path.of("/p"), Path.of("/ca.pem"), Path.of("/c.pem"), Path.of("/k.pem"));
    var second = url.connectOptions().get(1);
    assertThat(second.getUser()).isEqualTo("me@home");
    assertThat(second.getPassword()).isEqualTo("s:e/c");
    assertThat(second.getDatabase()).isEqualTo("d b");
    assertThat(second.getSslMode()).isEqualTo(SslMode.VERIFY_FULL);
    assertThat(second.getUseLayer7Proxy()).isTrue();
    assertThat(second.getProperties())
        .containsEntry("application_name", "a+b")
        .containsEntry("options", "-c geqo=off")
        .doesNotContainKey("extra_float_digits");
  }

  @Test
  void what_is_left_out_has_libpqs_default() throws Exception {
    var options = DatabaseUrl.parse("postgresql://me@host").connectOptions().get(0);

    assertThat(options.getPort()).isEqualTo(5432);
    assertThat(options.getDatabase()).isEqualTo("me");
    assertThat(options.getPassword()).isEmpty();
    assertThat(options.getSslMode()).isEqualTo(SslMode.PREFER);
    assertThat(options.getProperties()).containsEntry("application_name", "longrunning");
  }

  @ParameterizedTest
  @CsvSource({
    "disable, DISABLE, true, ''",
    "allow, ALLOW, true, ''",
    "prefer, PREFER, true, ''",
    "require, REQUIRE, true, ''",
    "require&sslrootcert=/ca, VERIFY_CA, false, ''",
    "verify-ca&sslrootcert=/ca, VERIFY_CA, false, ''",
    "verify-full&sslrootcert=/ca, VERIFY_FULL, false, HTTPS",
    "verify-full&sslrootcert=system, VERIFY_FULL, false, HTTPS",
  })
  void each_tls_mode_trusts_as_libpq_does(
      String parameters, SslMode mode, boolean trustsAll, String hostCheck) throws Exception {
    var url = DatabaseUrl.parse("postgres://me@host/db?sslmode=" + parameters);
    var options = url.connectOptions().get(0);

    assertThat(options.getSslMode()).isEqualTo(mode);
    assertThat(options.getSslOptions().isTrustAll()).isEqualTo(trustsAll);
    assertThat(options.getSslOptions().getHostnameVerificationAlgorithm()).isEqualTo(hostCheck);
    assertThat(options.getSslOptions().getTrustOptions() != null).isEqualTo(!trustsAll);
  }

  @Test
  void all_faults_come_at_once() {
    assertThatThrownBy(
            () ->
                DatabaseUrl.parse(
                    "postgres://me@:70000/db?sslmode=on&colour=red&pgbouncer=yes&sslcert=/c"))
        .isInstanceOf(StartFault.class)
        .hasMessage(
            "database: parameter: got colour, allowed application_name, options, passfile,"
                + " pgbouncer, sslcert, sslkey, sslmode, sslrootcert; host: got '', allowed a host"
                + " name or an address; port: got 70000, allowed 1..65535; sslmode: got on,"
                + " allowed disable, allow, prefer, require, verify-ca or verify-full; sslcert,"
                + " sslkey: got one of them, allowed both or neither; pgbouncer: got yes, allowed"
                + " true or false");
  }

  @Test
  void verifying_needs_authorities() {
    assertThatThrownBy(() -> DatabaseUrl.parse("postgres://me@host/db?sslmode=verify-ca"))
        .hasMessage(
            "database: sslrootcert: got none, allowed a PEM file or system with sslmode=verify-…");
    assertThatThrownBy(
            () -> DatabaseUrl.parse("postgres://me@h/db?sslmode=verify-ca&sslrootcert=system"))
        .hasMessage("database: sslrootcert: got system, allowed with sslmode=verify-full only");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "postgres://me:hunter2/x@host/db",
        "postgres://me:hunter2?x@host/db",
        "postgres://me:hunter2:x@host:hunter2/db",
        "postgres://me:hunter2%@host/db",
        "postgres:me:hunter2@host/db",
        "mysql://me:hunter2@host/db",
        "hunter2",
      })
  void a_fault_never_shows_the_password(String url) {
    assertThatThrownBy(() -> DatabaseUrl.parse(url))
        .isInstanceOf(StartFault.class)
        .hasMessageNotContaining("hunter2");
  }

  @Test
  void printing_it_never_shows_the_password() throws Exception {
    assertThat(DatabaseUrl.parse("postgres://me:hunter2@host/db").toString())
        .doesNotContain("hunter2");
  }

  @Test
  void a_password_of_its_own_wins_over_one_from_elsewhere() throws Exception {
    var other = Secret.of("other");

    assertThat(DatabaseUrl.parse("postgres://me:own@h/d").withPassword(other).password())
        .contains(Secret.of("own"));
    assertThat(DatabaseUrl.parse("postgres://me@h/d").withPassword(other).password())
        .contains(other);
  }

  @Test
  void the_first_line_of_a_password_file_that_fits_counts() throws Exception {
    var url = DatabaseUrl.parse("postgres://me@host/db");
    var lines =
        List.of(
            "# comment:*:*:*:no",
            "host:5433:db:me:no",
            "short:line",
            "*:*:db:me:a\\:b\\\\c",
            "*:*:*:*:later");

    assertThat(PasswordFile.find(lines, url)).contains(Secret.of("a:b\\c"));
    assertThat(PasswordFile.find(List.of(), url)).isEmpty();
  }
}
