package dev.longrunning.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.longrunning.Operation;
import com.google.protobuf.util.Durations;
import dev.longrunning.operation.Problem;
import dev.longrunning.profile.HttpRule;
import dev.longrunning.profile.TestProfiles;
import dev.longrunning.rpc.Guard;
import dev.longrunning.rpc.HttpRoutes;
import dev.longrunning.rpc.Method;
import dev.longrunning.rpc.Reply;
import dev.longrunning.types.Types;
import dev.longrunning.v1.UpdateOperationRequest;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class RequestBindingTest {
  private static final UpdateOperationRequest NONE = UpdateOperationRequest.getDefaultInstance();

  private final JsonMessages json = new JsonMessages(Types.builtIn().registry());

  private UpdateOperationRequest bind(String bodyField, String query, String body) {
    var rule = new HttpRule("POST", "/v1/{name=operations/*}", bodyField);
    var row =
        new Method<>(
            "test",
            "Update",
            NONE,
            Operation.getDefaultInstance(),
            List.of(rule),
            Guard.anybody(""),
            (call, q) -> Future.succeededFuture(Reply.of(Operation.getDefaultInstance())));
    var match =
        new HttpRoutes.Match(row, rule, Map.of("name", "operations/a"), TestProfiles.DEFAULT.all());
    var builder = UpdateOperationRequest.newBuilder();
    new RequestBinding(match, QueryString.parse(query).parameters(), body).fill(builder, json);
    return row.built(builder);
  }

  @Test
  void query_parameters_reach_fields_of_every_form() {
    var request =
        bind(
            "",
            "version=7&lease_duration=1.5s&progress.doneUnits=3&progress.total_units=4"
                + "&progress.message=a+b%2Bc&updateMask=progress,labels"
                + "&progress.estimatedEndTime=2026-01-01T00:00:00Z&leaseToken=",
            "");

    assertThat(request.getName()).isEqualTo("operations/a");
    assertThat(request.getVersion()).isEqualTo(7);
    assertThat(Durations.toMillis(request.getLeaseDuration())).isEqualTo(1_500);
    assertThat(request.getProgress().getDoneUnits()).isEqualTo(3);
    assertThat(request.getProgress().getTotalUnits()).isEqualTo(4);
    assertThat(request.getProgress().getMessage()).isEqualTo("a b+c");
    assertThat(request.getProgress().getEstimatedEndTime().getSeconds()).isEqualTo(1_767_225_600);
    assertThat(request.getUpdateMask().getPathsList()).containsExactly("progress", "labels");
  }

  @Test
  void the_path_wins_over_the_body() {
    var request = bind("*", "", "{\"name\":\"operations/b\",\"version\":\"3\"}");

    assertThat(request.getName()).isEqualTo("operations/a");
    assertThat(request.getVersion()).isEqualTo(3);
  }

  @Test
  void a_body_may_be_one_field() {
    var request = bind("progress", "version=1", "{\"doneUnits\":2}");

    assertThat(request.getProgress().getDoneUnits()).isEqualTo(2);
    assertThat(request.getVersion()).isEqualTo(1);
    assertThatThrownBy(() -> bind("progress", "", "{}, \"name\": \"x\""))
        .isInstanceOf(Problem.class)
        .hasMessageStartingWith("body: got {}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "|version=x||version: got x, allowed a value of type int64",
        "|version=1&version=2||version: got it more than once, allowed it once",
        "|leaseDuration=1||leaseDuration: got 1, allowed a value of type"
            + " google.protobuf.Duration",
        "|nothing=1||nothing: got an unknown query parameter, allowed the fields of"
            + " longrunning.v1.UpdateOperationRequest",
        "|metadata=1||metadata: got an unknown query parameter, allowed the fields of"
            + " longrunning.v1.UpdateOperationRequest",
        "|metadata.typeUrl=1||metadata.typeUrl: got an unknown query parameter, allowed the fields"
            + " of longrunning.v1.UpdateOperationRequest",
        "|labels.a=1||labels.a: got an unknown query parameter, allowed the fields of"
            + " longrunning.v1.UpdateOperationRequest",
        "|name=operations/b||name: got it in the query, allowed it in the path or the body only",
        "*|version=1|{}|version: got it in the query, allowed it in the path or the body only",
        "progress|progress.doneUnits=1|{}|progress.doneUnits: got it in the query, allowed it in"
            + " the path or the body only",
        "||{\"version\":1}|body: got 13 characters, allowed none: this method has no body",
        "|version=%f||version: got %f, allowed % followed by two hexadecimal digits",
      })
  void what_has_no_place_is_refused_by_name(
      String bodyField, String query, String body, String message) {
    assertThatThrownBy(() -> bind(text(bodyField), text(query), text(body)))
        .isInstanceOf(Problem.class)
        .hasMessage(message);
  }

  @Test
  void an_object_without_fields_is_no_body() {
    assertThat(bind("", "", " {} ")).isEqualTo(bind("", "", ""));
  }

  private static String text(String cell) {
    return cell == null ? "" : cell;
  }

  @Test
  void a_query_is_bounded() {
    String most = "lease_token=".repeat(1) + "&x=".repeat(QueryString.PARAMETERS_MAX - 1);

    assertThat(QueryString.parse(most).parameters()).hasSize(QueryString.PARAMETERS_MAX);
    assertThatThrownBy(() -> QueryString.parse(most + "&y="))
        .hasMessage("query: got more parameters, allowed at most 100");
  }
}
