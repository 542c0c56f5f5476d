package dev.longrunning.app;

import static dev.longrunning.testing.Calls.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.longrunning.CancelOperationRequest;
import com.google.longrunning.GetOperationRequest;
import com.google.protobuf.Any;
import com.google.protobuf.Message;
import com.google.protobuf.util.Durations;
import dev.longrunning.app.CallerClient.Outcome;
import dev.longrunning.rpc.MethodsDocs;
import dev.longrunning.rpc.Row;
import dev.longrunning.testing.ServerProcess;
import dev.longrunning.v1.AdoptOperationRequest;
import dev.longrunning.v1.AdoptOperationResponse;
import dev.longrunning.v1.CompleteOperationRequest;
import dev.longrunning.v1.MintWatchTokenRequest;
import dev.longrunning.v1.MintWatchTokenResponse;
import dev.longrunning.v1.ReportOperationsRequest;
import dev.longrunning.v1.StartOperationRequest;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a server says of the calls that somebody may be asked about, and what it never says. */
@Timeout(180)
final class AuditIT {
  private static final int SECONDS = 30;
  private static final String NAME = "projects/a/operations/audited";

  @TempDir Path temp;
  private final List<String> secrets = new ArrayList<>();
  private final List<String> answers = new ArrayList<>();
  private ServerProcess process;
  private Tenants tenants;

  private Tenants.Started start(Map<String, String> settings) throws Exception {
    var config = new StringBuilder("listen: '127.0.0.1:0'\nlog.audit: json\nlog.level: debug\n");
    config.append("log.access: text\n");
    settings.forEach((key, value) -> config.append(key + ": '" + value + "'\n"));
    var file = Files.writeString(temp.resolve("longrunning.yaml"), config);
    process = ServerProcess.run(temp.resolve("errors.log"), "serve", "--config", file.toString());
    return new Tenants.Started(process, process.awaitReady(Duration.ofSeconds(60)));
  }

  private Outcome call(String method, Message request, Map<String, String> caller)
      throws Exception {
    secrets.add(caller.getOrDefault("authorization", "Bearer none-at-all").substring(7));
    Row<?, ?> row =
        MethodsDocs.methods().stream().filter(r -> r.name().equals(method)).findFirst().get();
    var outcome = await(tenants.client.grpc(row, "127.0.0.1", request, caller), SECONDS);
    answers.add(outcome.message() + outcome.headers());
    return outcome;
  }

  @Test
  void each_call_that_matters_has_a_line_and_no_line_or_answer_holds_a_secret() throws Exception {
    tenants = Tenants.start(temp, this::start);
    try (var closed = tenants) {
      call("StartOperation", startRequest(NAME), Tenants.token("a"));
      var adopt =
          AdoptOperationRequest.newBuilder()
              .setName(NAME)
              .setLeaseDuration(Durations.fromSeconds(60))
              .setForce(true)
              .build();
      var adopted = call("AdoptOperation", adopt, Tenants.token("a"));
      String lease =
          AdoptOperationResponse.parseFrom(adopted.body().getBytes()).getLease().getToken();
      secrets.add(lease);
      var cancel = CancelOperationRequest.newBuilder().setName(NAME).build();
      call("CancelOperation", cancel, tenants.jwt("a", draft -> draft));
      call("CancelOperation", cancel, Tenants.token("b"));
      call("GetOperation", get(), tenants.jwt("a", draft -> draft.claim("exp", 1_000)));
      call("GetOperation", get(), Map.of("authorization", "Bearer secret-of-somebody"));
      call("GetOperation", get(), Tenants.token("a"));
      var mint = MintWatchTokenRequest.newBuilder().setName(NAME).build();
      var minted = call("MintWatchToken", mint, Tenants.token("a"));
      secrets.add(MintWatchTokenResponse.parseFrom(minted.body().getBytes()).getToken());
      var wrong = complete().toBuilder().setLeaseToken("not-" + lease).build();
      call("CompleteOperation", wrong, Tenants.token("a"));
      call("ReportOperations", report(complete(lease)), Tenants.token("a"));
      call("ReportOperations", report(complete(lease)), Tenants.token("b"));
      process.signal("TERM");

      var lines = lines();
      assertThat(audited(lines))
          .containsExactly(
              "AdoptOperation token:a OK  " + NAME,
              "CancelOperation oidc:a OK  " + NAME,
              "CancelOperation token:b PERMISSION_DENIED IAM_PERMISSION_DENIED " + NAME,
              "GetOperation  UNAUTHENTICATED ACCESS_TOKEN_EXPIRED ",
              "GetOperation  UNAUTHENTICATED CREDENTIALS_INVALID ",
              "MintWatchToken token:a OK  " + NAME,
              "CompleteOperation token:a ABORTED LEASE_LOST " + NAME,
              "CompleteOperation token:a OK  " + NAME,
              "CompleteOperation token:b PERMISSION_DENIED IAM_PERMISSION_DENIED " + NAME);
      assertNoSecretIn(lines);
      assertNoSecretIn(process.errors().lines().toList());
      assertNoSecretIn(answers);
    }
  }

  private void assertNoSecretIn(List<String> said) {
    assertThat(said).isNotEmpty();
    for (String secret : secrets) {
      // The beginning and the end too: what is cut is no less of a secret.
      int half = Math.min(16, secret.length());
      assertThat(said).noneMatch(line -> line.contains(secret.substring(secret.length() - half)));
      assertThat(said).noneMatch(line -> line.contains(secret.substring(0, half)));
    }
  }

  private List<String> lines() {
    var lines = new ArrayList<String>();
    for (var line = process.line(); line != null; line = process.line()) {
      lines.add(line);
    }
    return lines;
  }

  private static List<String> audited(List<String> lines) {
    return lines.stream()
        .filter(line -> line.startsWith("{") && line.contains("\"principal\""))
        .map(JsonObject::new)
        .map(
            line ->
                line.getString("method").replaceFirst(".*/", "")
                    + ' '
                    + line.getString("principal")
                    + ' '
                    + line.getString("code")
                    + ' '
                    + line.getString("reason")
                    + ' '
                    + line.getString("resource"))
        .toList();
  }

  private static StartOperationRequest startRequest(String name) {
    return StartOperationRequest.newBuilder()
        .setName(name)
        .setLeaseDuration(Durations.fromSeconds(60))
        .build();
  }

  private static GetOperationRequest get() {
    return GetOperationRequest.newBuilder().setName(NAME).build();
  }

  private static CompleteOperationRequest complete(String lease) {
    return complete().toBuilder().setLeaseToken(lease).build();
  }

  private static CompleteOperationRequest complete() {
    return CompleteOperationRequest.newBuilder()
        .setName(NAME)
        .setResponse(Any.getDefaultInstance().toBuilder().setTypeUrl("t/a.B"))
        .build();
  }

  private static ReportOperationsRequest report(CompleteOperationRequest complete) {
    return ReportOperationsRequest.newBuilder().setSequence(1).setComplete(complete).build();
  }
}
