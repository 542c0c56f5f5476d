package dev.longrunning.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.longrunning.Operation;
import com.google.protobuf.Any;
import com.google.protobuf.AnyProto;
import com.google.protobuf.ByteString;
import com.google.protobuf.BytesValue;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Empty;
import com.google.protobuf.FieldMask;
import com.google.protobuf.FieldMaskProto;
import com.google.protobuf.Timestamp;
import com.google.protobuf.TypeRegistry;
import com.google.rpc.ErrorInfo;
import com.google.rpc.Status;
import dev.longrunning.operation.Problem;
import dev.longrunning.types.Sets;
import dev.longrunning.types.Types;
import dev.longrunning.v1.StartOperationRequest;
import io.vertx.core.json.JsonObject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class JsonMessagesTest {
  private static final JsonStyle COMPACT = new JsonStyle(false, false);
  private static final Any UNKNOWN =
      Any.newBuilder()
          .setTypeUrl("types.example.com/acme.Copy")
          .setValue(ByteString.copyFrom(new byte[] {1, 2, 3}))
          .build();
  private static final String UNKNOWN_JSON =
      "{\"@type\":\"types.example.com/acme.Copy\",\"value\":\"AQID\"}";

  private final JsonMessages json = new JsonMessages(Types.builtIn().registry());

  private String printed(Any metadata) {
    return json.print(Operation.newBuilder().setMetadata(metadata).build(), COMPACT);
  }

  private Any parsed(String metadata) {
    var builder = StartOperationRequest.newBuilder();
    json.merge("{\"metadata\":" + metadata + "}", builder);
    return builder.getMetadata();
  }

  @Test
  void an_any_of_an_unknown_type_is_its_type_and_base64_both_ways() {
    assertThat(printed(UNKNOWN)).isEqualTo("{\"metadata\":" + UNKNOWN_JSON + "}");
    assertThat(parsed(UNKNOWN_JSON)).isEqualTo(UNKNOWN);
  }

  @Test
  void an_any_of_a_known_type_is_its_fields_both_ways() {
    var any = Any.pack(ErrorInfo.newBuilder().setReason("R").build());
    String text = "{\"@type\":\"type.googleapis.com/google.rpc.ErrorInfo\",\"reason\":\"R\"}";

    assertThat(printed(any)).isEqualTo("{\"metadata\":" + text + "}");
    assertThat(parsed(text)).isEqualTo(any);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ",\"value\":{}"})
  void a_packed_empty_comes_with_a_value_or_without(String value) {
    String type = "\"@type\":\"type.googleapis.com/google.protobuf.Empty\"";

    assertThat(parsed("{" + type + value + "}")).isEqualTo(Any.pack(Empty.getDefaultInstance()));
  }

  @Test
  void an_unknown_any_inside_a_known_one_is_found_both_ways() {
    var any = Any.pack(Status.newBuilder().setCode(5).addDetails(UNKNOWN).build());
    String text =
        "{\"@type\":\"type.googleapis.com/google.rpc.Status\",\"code\":5,\"details\":["
            + UNKNOWN_JSON
            + "]}";

    assertThat(printed(any)).isEqualTo("{\"metadata\":" + text + "}");
    assertThat(parsed(text)).isEqualTo(any);
  }

  @Test
  void an_any_whose_bytes_are_not_of_its_type_is_shown_as_bytes() {
    var noMessage =
        Any.newBuilder()
            .setTypeUrl("type.googleapis.com/google.rpc.ErrorInfo")
            .setValue(ByteString.copyFrom(new byte[] {10, 9}))
            .build();
    var noTime = Any.pack(Timestamp.newBuilder().setSeconds(Long.MAX_VALUE).build());
    var noUrl = Any.newBuilder().setTypeUrl("acme").setValue(ByteString.copyFromUtf8("x")).build();

    assertThat(printed(noMessage)).contains("ErrorInfo\",\"value\":\"Cgk=\"");
    assertThat(printed(noTime)).contains("Timestamp\",\"value\":\"CP");
    assertThat(printed(noUrl)).contains("{\"@type\":\"acme\",\"value\":\"eA==\"}");
    assertThat(printed(Any.getDefaultInstance())).isEqualTo("{\"metadata\":{}}");
  }

  @Test
  void a_mask_whose_paths_would_break_the_json_is_shown_as_bytes() {
    var odd = FieldMask.newBuilder().addPaths("a\",\"b\":\"c").build();
    var plain = FieldMask.newBuilder().addPaths("a_b.c").build();

    var shown = new JsonObject(printed(Any.pack(odd))).getJsonObject("metadata");

    assertThat(shown.fieldNames()).containsExactlyInAnyOrder("@type", "value");
    assertThat(shown.getBinary("value")).isEqualTo(odd.toByteArray());
    assertThat(printed(Any.pack(plain))).contains("\"value\":\"aB.c\"");
  }

  private static TypeRegistry registry(String messages) throws Exception {
    var file =
        Sets.file(
            "acme.proto",
            "package: 'acme' dependency: 'google/protobuf/any.proto'"
                + " dependency: 'google/protobuf/field_mask.proto' "
                + messages);
    var imports = new FileDescriptor[] {AnyProto.getDescriptor(), FieldMaskProto.getDescriptor()};
    return TypeRegistry.newBuilder()
        .add(BytesValue.getDescriptor())
        .add(FileDescriptor.buildFrom(file, imports).getMessageTypes())
        .build();
  }

  @Test
  void a_message_with_such_a_mask_in_it_is_shown_as_bytes() throws Exception {
    json.take(
        registry(
            "message_type { name: 'A' "
                + Sets.field("mask", 1, ".google.protobuf.FieldMask")
                + Sets.field("a", 2, ".acme.A")
                + "}"));
    // Of A: { a { mask { paths } } }
    var odd = ByteString.copyFromUtf8("\u0012\u0008\n\u0006\n\u0004a\",\"");
    var plain = ByteString.copyFromUtf8("\u0012\u0005\n\u0003\n\u0001a");

    assertThat(printed(Any.newBuilder().setTypeUrl("x/acme.A").setValue(odd).build()))
        .isEqualTo("{\"metadata\":{\"@type\":\"x/acme.A\",\"value\":\"EggKBgoEYSIsIg==\"}}");
    assertThat(printed(Any.newBuilder().setTypeUrl("x/acme.A").setValue(plain).build()))
        .isEqualTo("{\"metadata\":{\"@type\":\"x/acme.A\",\"a\":{\"mask\":\"a\"}}}");
  }

  @Test
  void messages_and_anys_in_turns_are_shown_as_bytes_from_some_depth_on() throws Exception {
    json.take(
        registry(
            "message_type { name: 'A' "
                + Sets.field("a", 1, ".acme.A")
                + Sets.field("any", 2, ".google.protobuf.Any")
                + "}"));
    var any = Any.getDefaultInstance();
    for (int i = 0; i < 60; i++) {
      var content = field(2, any.toByteString());
      for (int level = 0; level < 90; level++) {
        content = field(1, content);
      }
      any = Any.newBuilder().setTypeUrl("x/acme.A").setValue(content).build();
    }

    assertThat(printed(any)).contains("\"value\":\"");
  }

  /** A field of bytes, text or a message. */
  private static ByteString field(int number, ByteString content) throws Exception {
    var bytes = ByteString.newOutput();
    var out = CodedOutputStream.newInstance(bytes);
    out.writeBytes(number, content);
    out.flush();
    return bytes.toByteString();
  }

  @Test
  void types_are_known_from_the_moment_on_that_they_are_taken() throws Exception {
    var any =
        Any.newBuilder()
            .setTypeUrl("x/acme.A")
            .setValue(ByteString.copyFrom(new byte[] {8, 1}))
            .build();
    String known = "{\"@type\":\"x/acme.A\",\"n\":1}";
    String bytes = "{\"@type\":\"x/acme.A\",\"value\":\"CAE=\"}";
    assertThat(printed(any)).isEqualTo("{\"metadata\":" + bytes + "}");
    assertThatThrownBy(() -> parsed(known)).isInstanceOf(Problem.class);

    json.take(registry("message_type { name: 'A' " + Sets.field("n", 1, "TYPE_INT32") + "}"));

    assertThat(printed(any)).isEqualTo("{\"metadata\":" + known + "}");
    assertThat(parsed(known)).isEqualTo(any);
    assertThat(parsed(bytes)).isEqualTo(any);
  }

  @Test
  void a_field_of_a_known_type_that_is_called_value_is_that_field() throws Exception {
    json.take(registry("message_type { name: 'A' " + Sets.field("value", 1, "TYPE_STRING") + "}"));

    var any = parsed("{\"@type\":\"x/acme.A\",\"value\":\"AQID\"}");

    assertThat(any.getValue().toStringUtf8()).isEqualTo("\n\u0004AQID");
  }

  @Test
  void an_any_packed_deeper_than_a_stack_is_shown_as_bytes_from_some_depth_on() {
    var any = Any.pack(Empty.getDefaultInstance());
    for (int i = 0; i < 5_000; i++) {
      any = Any.pack(any);
    }

    var json = printed(any);

    assertThat(json).contains("google.protobuf.Any").contains("\"value\":\"");
    assertThat(new JsonObject(json).getJsonObject("metadata").fieldNames())
        .containsExactlyInAnyOrder("@type", "value");
  }

  @Test
  void an_unknown_any_may_be_empty() {
    assertThat(parsed("{\"@type\":\"x/acme.Copy\"}"))
        .isEqualTo(Any.newBuilder().setTypeUrl("x/acme.Copy").build());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"nam\":1}|nam: got an unknown field, allowed the fields of"
            + " longrunning.v1.StartOperationRequest",
        "{\"progress\":{\"done\":1}}|progress.done: got an unknown field, allowed the fields of"
            + " longrunning.v1.Progress",
        "{\"progress\":{\"doneUnits\":\"x\"}}|progress.doneUnits: got x, allowed a value of type"
            + " int64",
        "{\"leaseDuration\":\"5\"}|leaseDuration: got 5, allowed a value of type"
            + " google.protobuf.Duration",
        "{\"labels\":[]}|labels: got [], allowed a list of"
            + " longrunning.v1.StartOperationRequest.LabelsEntry",
        "{\"metadata\":{\"x\":1}}|metadata.@type: got nothing, allowed a type URL",
        "{\"metadata\":{\"@type\":\"a/b\",\"x\":1}}|metadata.@type: got a/b, allowed a known type,"
            + " or \"value\" with the base64 of the message alone",
        "{\"metadata\":{\"@type\":\"t/google.rpc.ErrorInfo\",\"why\":1}}|metadata.why: got an"
            + " unknown field, allowed the fields of google.rpc.ErrorInfo",
        "[]|body: got [], allowed one JSON object",
        "{} x|body: got {} x, allowed one JSON object",
      })
  void what_cannot_be_parsed_names_its_field(String text, String message) {
    assertThatThrownBy(() -> json.merge(text, StartOperationRequest.newBuilder()))
        .isInstanceOf(Problem.class)
        .hasMessage(message);
  }

  @Test
  void names_of_the_proto_and_of_json_are_taken() {
    var builder = StartOperationRequest.newBuilder();

    json.merge("{\"operation_id\":\"a\",\"requestId\":\"b\"}", builder);

    assertThat(builder.getOperationId() + builder.getRequestId()).isEqualTo("ab");
  }

  @Test
  void large_numbers_keep_their_digits_beside_an_unknown_any() {
    var builder = StartOperationRequest.newBuilder();

    json.merge(
        "{\"metadata\":" + UNKNOWN_JSON + ",\"progress\":{\"doneUnits\":9223372036854775807}}",
        builder);

    assertThat(builder.getProgress().getDoneUnits()).isEqualTo(Long.MAX_VALUE);
  }
}
