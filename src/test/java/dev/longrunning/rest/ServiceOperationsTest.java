package dev.longrunning.rest;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.longrunning.Operation;
import com.google.protobuf.Any;
import dev.longrunning.testing.ServiceOperations;
import dev.longrunning.types.TypeSources;
import dev.longrunning.types.Types;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Operations as services return them, with the types of their metadata known and unknown. */
final class ServiceOperationsTest {
  private static final JsonStyle COMPACT = new JsonStyle(false, false);
  private static JsonMessages shipped;

  private final JsonMessages builtIn = new JsonMessages(Types.builtIn().registry());

  @BeforeAll
  static void read() throws Exception {
    var types = new TypeSources(Path.of("none"), true, List.of()).read();
    shipped = new JsonMessages(types.registry());
  }

  static List<ServiceOperations.Sample> samples() {
    return ServiceOperations.ALL;
  }

  private static Operation parsed(JsonMessages json, JsonObject operation) {
    var builder = Operation.newBuilder();
    json.merge(operation.encode(), builder);
    return builder.build();
  }

  private static JsonObject printed(JsonMessages json, Operation operation) {
    return new JsonObject(json.print(operation, COMPACT));
  }

  @ParameterizedTest
  @MethodSource("samples")
  void with_shipped_types_json_comes_back_as_it_was(ServiceOperations.Sample sample) {
    var operation = parsed(shipped, sample.operation());

    assertThat(printed(shipped, operation)).isEqualTo(sample.operation());
    assertThat(parsed(shipped, printed(shipped, operation))).isEqualTo(operation);
  }

  @ParameterizedTest
  @MethodSource("samples")
  void without_types_an_operation_is_shown_as_base64_and_taken_as_that(
      ServiceOperations.Sample sample) {
    var operation = parsed(shipped, sample.operation());

    var shown = printed(builtIn, operation);

    assertThat(shown.getJsonObject("metadata").fieldNames())
        .containsExactlyInAnyOrder("@type", "value");
    assertThat(parsed(builtIn, shown)).isEqualTo(operation);
  }

  @ParameterizedTest
  @MethodSource("samples")
  void what_was_shown_as_base64_is_taken_also_where_the_type_is_known(
      ServiceOperations.Sample sample) {
    var operation = parsed(shipped, sample.operation());

    assertThat(parsed(shipped, printed(builtIn, operation))).isEqualTo(operation);
  }

  /** Of one type that is known, with something in it that is not. */
  @org.junit.jupiter.api.Test
  void an_unknown_type_within_a_known_one_is_base64_within_its_fields() {
    var text =
        """
        {"metadata":{"@type":"t/google.cloud.functions.v1.OperationMetadataV1","target":"f",\
        "request":{"@type":"t/acme.Copy","value":"AQID"}}}""";

    var operation = parsed(shipped, new JsonObject(text));

    assertThat(printed(shipped, operation)).isEqualTo(new JsonObject(text));
    assertThat(operation.getMetadata()).isNotEqualTo(Any.getDefaultInstance());
  }
}
