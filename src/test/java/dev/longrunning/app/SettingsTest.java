package dev.longrunning.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.longrunning.auth.JwtAlgorithm;
import dev.longrunning.auth.OidcSettings;
import dev.longrunning.connection.TlsFiles;
import dev.longrunning.observe.EffectiveSetting;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class SettingsTest {
  private static final Map<String, String> NONE = Map.of();

  @TempDir Path temp;

  @Test
  void defaults_are_safe() throws Exception {
    Settings settings = read(NONE, NONE, "");

    assertThat(settings.listen()).isEqualTo(new HostPort("127.0.0.1", 8080));
    assertThat(settings.management()).isEmpty();
    assertThat(settings.database()).isEmpty();
    assertThat(settings.data()).isEqualTo(Path.of("./data"));
    assertThat(settings.hosts()).isEmpty();
    assertThat(settings.corsOrigins()).isEmpty();
    assertThat(settings.insecure()).isFalse();
    assertThat(settings.retention()).isEqualTo(Duration.ofDays(30));
    assertThat(settings.eventLoops()).isPositive();
  }

  @Test
  void every_key_can_stand_in_the_file() throws Exception {
    Settings settings =
        read(
            NONE,
            NONE,
            """
            listen: "[::1]:0"
            management: 127.0.0.1:9090
            database: postgres://me@host/db
            data: /var/lib/longrunning
            hosts: [api.example.com, lro.internal]
            cors:
              origins: [https://console.example.com]
            insecure: true
            retention: 7d
            resume-window: 10m
            wait-max: 1h
            cache-bytes: 1GiB
            store:
              write-connections: 3
              read-connections: 1
            event-loops: 64
            log:
              format: json
            caller:
              calls-max: 16
              streams-max: 1
              connections-max: 1
            connection:
              age-max: off
              idle-max: 15s
              max: 16
            tls:
              certificate: cert.pem
              key: key.pem
              client-ca: ca.pem
              client-certificate: optional
            stop:
              pause: 5s
              grace: 1s
              drain: 200ms
            """);

    assertThat(settings.listen()).isEqualTo(new HostPort("::1", 0));
    assertThat(settings.management()).contains(new HostPort("127.0.0.1", 9090));
    assertThat(settings.database().orElseThrow().user()).isEqualTo("me");
    assertThat(settings.hosts()).containsExactly("api.example.com", "lro.internal");
    assertThat(settings.corsOrigins()).containsExactly("https://console.example.com");
    assertThat(settings.insecure()).isTrue();
    assertThat(settings.retention()).isEqualTo(Duration.ofDays(7));
    assertThat(settings.resumeWindow()).isEqualTo(Duration.ofMinutes(10));
    assertThat(settings.waitMax()).isEqualTo(Duration.ofHours(1));
    assertThat(settings.cacheBytes()).isEqualTo(1L << 30);
    assertThat(settings.writeConnections()).isEqualTo(3);
    assertThat(settings.readConnections()).isEqualTo(1);
    assertThat(settings.eventLoops()).isEqualTo(64);
    assertThat(settings.logFormat()).isEqualTo(LogFormat.JSON);
    assertThat(settings.callers()).isEqualTo(new CallerSettings(16, 1, 1));
    assertThat(settings.connections())
        .isEqualTo(new ConnectionSettings(Duration.ZERO, Duration.ofSeconds(15), 16));
    assertThat(settings.tls().files())
        .contains(
            new TlsFiles(
                Path.of("cert.pem"), Path.of("key.pem"), Optional.of(Path.of("ca.pem")), false));
    assertThat(settings.stop())
        .isEqualTo(
            new StopSettings(Duration.ofSeconds(5), Duration.ofSeconds(1), Duration.ofMillis(200)));
  }

  @Test
  void a_flag_wins_over_the_environment_and_that_over_the_file() throws Exception {
    var flags = Map.of("data", "flag");
    var environment = Map.of("LONGRUNNING_DATA", "environment", "LONGRUNNING_WAIT_MAX", "2s");
    Settings settings = read(flags, environment, "data: file\nwait-max: 3s\nretention: 4s\n");

    assertThat(settings.data()).isEqualTo(Path.of("flag"));
    assertThat(settings.waitMax()).isEqualTo(Duration.ofSeconds(2));
    assertThat(settings.retention()).isEqualTo(Duration.ofSeconds(4));
  }

  @Test
  void all_faults_come_at_once_each_with_what_came_and_what_is_allowed() {
    var faults =
        faults(
            Map.of("listen", "80"),
            Map.of("LONGRUNNING_RETENTION", "9y", "LONGRUNNING_RETENTON", "1d"),
            "event-loops: 65\nlistne: x\ndatabase: mysql://me:secret@host/db\n");

    assertThat(faults)
        .hasSize(6)
        .contains(
            "listen: got 80 by flag --listen, allowed HOST:PORT, port 0..65535, 0 for any free one",
            "retention: got 9y by environment LONGRUNNING_RETENTION, allowed 1s..365d",
            "event-loops: got 65, allowed 1..64, or auto: one a processor")
        .anyMatch(line -> line.startsWith("listne: no such setting, allowed listen, management"))
        .anyMatch(line -> line.startsWith("LONGRUNNING_RETENTON: no such setting, allowed"))
        .noneMatch(line -> line.contains("secret"));
  }

  @ParameterizedTest
  @CsvSource({
    "retention, 1s, 365d, 0s, 366d",
    "resume-window, 10m, 7d, 9m, 8d",
    "wait-max, 1s, 1h, 999ms, 61m",
    "cache-bytes, 1MiB, 64GiB, 1023KiB, 65GiB",
    "store.write-connections, 1, 4, 0, 5",
    "store.read-connections, 1, 16, 0, 17",
    "event-loops, 1, 64, -1, 65",
    "log.level, error, debug, fatal, ''",
    "log.access, off, json, xml, ''",
    "traces.ratio, 0, 1, -0.1, 1.1",
    "traces.endpoint, off, https://[::1]:4318/v1/traces, grpc://x/, http://me:secret@host/x",
    "caller.calls-max, 16, 65536, 15, 65537",
    "caller.streams-max, 1, 1000000, 0, 1000001",
    "caller.connections-max, 1, 1000000, 0, 1000001",
    "connection.age-max, 1m, 7d, 59s, 8d",
    "connection.idle-max, 15s, 24h, 14s, 25h",
    "connection.max, 16, 1000000, 15, 1000001",
    "stop.pause, 0s, 5m, -1s, 6m",
    "stop.grace, 1s, 1h, 999ms, 61m",
    "stop.drain, 0s, 8s, -1s, 8001ms",
    "auth.oidc.clock-skew, 0s, 5m, -1s, 301s",
    "auth.oidc.algorithms, EdDSA, 'RS256, PS512', '', none",
    "auth.oidc.algorithms, RS256, ES512, 'RS256,', HS256",
    "auth.oidc.principal-claim, a, https://example.com/user, '', a b",
    "auth.oidc.groups-claim, a, cognito:groups, '', ä",
    "auth.client-certificates, false, false, '', yes",
    "listen, 127.0.0.1:0, 127.0.0.1:65535, 127.0.0.1, 127.0.0.1:65536",
    "management, off, 0.0.0.0:65535, '', :1",
  })
  void each_range_holds_at_its_ends_and_not_one_past_them(
      String key, String first, String last, String below, String above) throws Exception {
    assertThat(read(Map.of(key, first), NONE, "")).isNotNull();
    assertThat(read(Map.of(key, last), NONE, "")).isNotNull();
    assertThat(faults(Map.of(key, below), NONE, "")).singleElement().asString().startsWith(key);
    assertThat(faults(Map.of(key, above), NONE, "")).singleElement().asString().startsWith(key);
  }

  @Test
  void the_drain_leaves_a_fifth_of_the_grace_and_is_half_of_it_unless_set() throws Exception {
    assertThat(read(NONE, NONE, "").stop())
        .isEqualTo(new StopSettings(Duration.ZERO, Duration.ofSeconds(10), Duration.ofSeconds(5)));
    var longest = Map.of("stop.grace", "1h", "stop.drain", "48m");
    assertThat(read(longest, NONE, "").stop().drain()).isEqualTo(Duration.ofMinutes(48));
    assertThat(faults(Map.of("stop.grace", "1h", "stop.drain", "49m"), NONE, ""))
        .containsExactly(
            "stop.drain: got 49m by flag --stop.drain, allowed 0s..48m, no more than four fifths of"
                + " stop.grace; or auto: half of it");
    assertThat(faults(Map.of("stop.grace", "1s"), NONE, "stop: {drain: 801ms}"))
        .containsExactly("stop.drain: got 801ms, allowed up to 800ms: four fifths of stop.grace");
  }

  @Test
  void a_certificate_and_its_key_come_together() {
    assertThat(faults(Map.of("tls.certificate", "a"), NONE, ""))
        .containsExactly(
            "tls: got a certificate alone, allowed both tls.certificate and tls.key, or neither");
    assertThat(faults(Map.of("tls.key", "a"), NONE, ""))
        .containsExactly(
            "tls: got a key alone, allowed both tls.certificate and tls.key, or neither");
    assertThat(faults(Map.of("tls.client-ca", "a"), NONE, ""))
        .containsExactly(
            "tls.client-ca: got a file, allowed only with tls.certificate and tls.key");
  }

  private static final String POLICY = "auth: {policy-file: policy.yaml}\n";

  @Test
  void nobody_is_asked_unless_some_mode_is_set() throws Exception {
    assertThat(read(NONE, NONE, "").auth().asks()).isFalse();
    assertThat(read(Map.of("auth.tokens-file", "t"), NONE, POLICY).auth().asks()).isTrue();
  }

  @Test
  void an_issuer_is_set_in_full() throws Exception {
    var auth =
        read(
                NONE,
                NONE,
                """
                auth:
                  policy-file: policy.yaml
                  tokens-file: tokens.yaml
                  client-certificates: true
                  oidc:
                    issuer: https://issuer.example.com
                    jwks-url: https://issuer.example.com/keys
                    ca: ca.pem
                    audience: longrunning
                    algorithms: [PS256, EdDSA]
                    principal-claim: email
                    groups-claim: roles
                    clock-skew: 5s
                tls: {certificate: c, key: k, client-ca: a}
                """)
            .auth();

    assertThat(auth)
        .isEqualTo(
            new AuthSettings(
                Optional.of(Path.of("policy.yaml")),
                Optional.of(Path.of("tokens.yaml")),
                Optional.of(
                    new OidcSettings(
                        "https://issuer.example.com",
                        Optional.of(URI.create("https://issuer.example.com/keys")),
                        "longrunning",
                        Set.of(JwtAlgorithm.PS256, JwtAlgorithm.EDDSA),
                        "email",
                        "roles",
                        Duration.ofSeconds(5))),
                Optional.of(Path.of("ca.pem")),
                true));
  }

  @Test
  void an_issuer_without_keys_of_its_own_place_is_a_url() throws Exception {
    var name = Map.of("auth.oidc.issuer", "accounts.example.com", "auth.oidc.audience", "a");
    assertThat(faults(name, NONE, POLICY))
        .containsExactly(
            "auth.oidc.issuer: got another name, allowed an https URL, or an http URL of this"
                + " machine; any name with auth.oidc.jwks-url");
    var placed = new HashMap<>(name);
    placed.put("auth.oidc.jwks-url", "https://keys.example.com/");
    assertThat(read(placed, NONE, POLICY).auth().oidc().orElseThrow().issuer())
        .isEqualTo("accounts.example.com");
    placed.put("auth.oidc.jwks-url", "http://keys.example.com/");
    assertThat(faults(placed, NONE, POLICY)).anyMatch(it -> it.startsWith("auth.oidc.jwks-url: "));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "auth.policy-file=p | auth.policy-file: got a file, allowed only with auth.tokens-file,"
            + " auth.oidc.issuer or auth.client-certificates",
        "auth.tokens-file=t | auth.policy-file: got none, allowed a file: it says what callers may"
            + " do",
        "auth.policy-file=p auth.oidc.issuer=https://a | auth.oidc.audience: got none, allowed the"
            + " name (aud) that tokens are issued for",
        "auth.oidc.audience=a | auth.oidc.audience: got a value, allowed only with"
            + " auth.oidc.issuer",
        "auth.oidc.jwks-url=https://a | auth.oidc.jwks-url: got a value, allowed only with"
            + " auth.oidc.issuer",
        "auth.oidc.ca=a | auth.oidc.ca: got a value, allowed only with auth.oidc.issuer",
        "auth.policy-file=p auth.client-certificates=true | auth.client-certificates: got true,"
            + " allowed only with tls.client-ca",
        "auth.policy-file=p auth.client-certificates=true tls.certificate=c tls.key=k |"
            + " auth.client-certificates: got true, allowed only with tls.client-ca",
      })
  void what_belongs_together_comes_together(String flags, String fault) {
    var all = new HashMap<String, String>();
    for (String flag : flags.strip().split(" ", -1)) {
      all.put(flag.split("=", 2)[0], flag.split("=", 2)[1]);
    }

    assertThat(faults(all, NONE, "")).containsExactly(fault.strip());
  }

  @Test
  void other_machines_are_let_in_if_callers_are_asked_who_they_are() throws Exception {
    var flags = Map.of("listen", "0.0.0.0:8080", "auth.tokens-file", "t");

    assertThat(read(flags, NONE, POLICY).insecure()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"0.0.0.0:8080", "[::]:8080", "192.0.2.1:8080"})
  void other_machines_are_let_in_by_insecure_only(String listen) throws Exception {
    assertThat(faults(Map.of("listen", listen), NONE, ""))
        .containsExactly(
            "listen: got "
                + listen
                + ", allowed an address of this machine only, such as 127.0.0.1, unless callers are"
                + " authenticated (auth.…) or insecure is true");
    assertThat(read(Map.of("listen", listen, "insecure", "true"), NONE, "").insecure()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "LONGRUNNING_SERVICE_HOST",
        "LONGRUNNING_SERVICE_PORT_HTTP",
        "LONGRUNNING_PORT",
        "LONGRUNNING_PORT_8080_TCP_ADDR",
        "LONGRUNNING_HEADLESS_SERVICE_PORT",
        "LONGRUNNING_CONFIG",
      })
  void what_kubernetes_puts_into_every_pod_is_no_fault(String name) throws Exception {
    assertThat(read(NONE, Map.of(name, "x"), "")).isNotNull();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "listen: a\\nlisten: b | found duplicate key listen",
        "cors: [[a]] | cors: got a nested list, allowed a list of plain values",
        "[a] | allowed a YAML map of settings",
        "'a: b: c' | mapping values are not allowed here",
        "'listen: \"\\u' | got an escape that is no character",
        "'listen: \"\\UFFFFFFFF\"' | got an escape that is no character",
        "hosts: ['a,b'] | hosts: got a nested list",
        "hosts: ['api.example.com:8443'] | hosts: got api.example.com:8443, allowed up to 64 host"
            + " names without a port",
        "cors.origins: https://a\\ncors: {origins: https://b} | cors.origins: got it twice",
      })
  void the_file_is_read_strictly(String yaml, String expected) {
    assertThat(faults(NONE, NONE, yaml.replace("\\n", "\n")))
        .anyMatch(line -> line.contains(expected.strip()));
  }

  @Test
  void a_file_that_was_asked_for_must_exist() {
    var fault =
        catchThrowableOfType(
            SettingsFault.class, () -> Settings.read(NONE, NONE, Optional.of(temp.resolve("no"))));

    assertThat(fault.lines())
        .containsExactly("config: got " + temp.resolve("no") + ", allowed a file that exists");
  }

  @Test
  void the_password_comes_from_the_url_else_the_environment_else_the_file() throws Exception {
    Path file = Files.writeString(temp.resolve("pass"), "*:*:*:*:from-file\n");
    var environment = Map.of("PGPASSWORD", "from-environment");
    String url = "postgres://me%s@host/db?passfile=" + file;

    assertThat(password(url.formatted(":own"), environment)).isEqualTo("own");
    assertThat(password(url.formatted(""), environment)).isEqualTo("from-environment");
    assertThat(password(url.formatted(""), NONE)).isEqualTo("from-file");
  }

  @Test
  void a_file_that_the_url_names_must_be_readable() {
    assertThat(faults(Map.of("database", "postgres://me@h/d?passfile=/no/such"), NONE, ""))
        .containsExactly("database: got /no/such, allowed a file that can be read");
  }

  @Test
  void each_setting_says_where_it_came_from_and_shows_no_secret() throws Exception {
    var shown =
        read(
                Map.of("data", "here"),
                Map.of("LONGRUNNING_DATABASE", "postgres://me:canary@h1,h2:7/db?options=canary"),
                "traces.headers: authorization=canary\nwait-max: 3s\n")
            .effective();

    assertThat(shown).hasSameSizeAs(Settings.ALL);
    assertThat(shown)
        .contains(
            new EffectiveSetting("data", "here", "flag --data"),
            new EffectiveSetting(
                "database", "postgres://***@h1:5432,h2:7/db", "environment LONGRUNNING_DATABASE"),
            new EffectiveSetting("traces.headers", "***", "file"),
            new EffectiveSetting("wait-max", "3s", "file"),
            new EffectiveSetting("retention", "30d", "default"));
    assertThat(shown.toString()).doesNotContain("canary");
  }

  @Test
  void headers_of_traces_are_names_and_values_that_are_never_repeated() throws Exception {
    var headers =
        read(Map.of("traces.headers", "a=Bearer x, b-c=2"), NONE, "").watch().traceHeaders();

    assertThat(headers).containsOnlyKeys("a", "b-c");
    assertThat(headers.get("a").reveal()).isEqualTo("Bearer x");
    assertThat(faults(Map.of("traces.headers", "canary"), NONE, ""))
        .containsExactly(
            "traces.headers: got something else by flag --traces.headers, allowed up to 16 of"
                + " NAME=VALUE, separated by commas");
  }

  @Test
  void the_example_file_is_as_good_as_none() throws Exception {
    var example = Path.of("conf", "longrunning.yaml");

    assertThat(Settings.read(NONE, NONE, Optional.of(example))).isEqualTo(read(NONE, NONE, ""));
  }

  private String password(String url, Map<String, String> environment) throws Exception {
    return read(Map.of("database", url), environment, "")
        .database()
        .flatMap(database -> database.password())
        .orElseThrow()
        .reveal();
  }

  private Settings read(Map<String, String> flags, Map<String, String> environment, String yaml)
      throws Exception {
    Path file = Files.writeString(temp.resolve("settings.yaml"), yaml);
    return Settings.read(flags, environment, Optional.of(file));
  }

  private List<String> faults(
      Map<String, String> flags, Map<String, String> environment, String yaml) {
    return catchThrowableOfType(SettingsFault.class, () -> read(flags, environment, yaml)).lines();
  }
}
