package dev.longrunning.types;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.BoolValue;
import com.google.protobuf.ByteString;
import com.google.protobuf.BytesValue;
import com.google.protobuf.DoubleValue;
import com.google.protobuf.FieldMask;
import com.google.protobuf.FloatValue;
import com.google.protobuf.Int64Value;
import com.google.protobuf.Message;
import com.google.protobuf.StringValue;
import com.google.protobuf.Timestamp;
import com.google.protobuf.UInt32Value;
import com.google.protobuf.UInt64Value;
import dev.longrunning.filter.Dialect;
import dev.longrunning.operation.Bytes;
import dev.longrunning.operation.OperationKey;
import dev.longrunning.operation.Outcome;
import dev.longrunning.operation.ReceivedSignals;
import dev.longrunning.operation.Snapshot;
import dev.longrunning.v1.OperationSnapshot;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class TypedPayloadsTest {
  private static boolean matches(Any metadata, String filter) {
    return matches(Bytes.of(metadata.toByteArray()), filter);
  }

  private static boolean matches(Bytes metadata, String filter) {
    var snapshot =
        new Snapshot(
            OperationKey.of("projects/p/operations/o"),
            "projects/p",
            1,
            Instant.EPOCH,
            Instant.EPOCH,
            Duration.ofDays(1),
            Outcome.RUNNING,
            Bytes.EMPTY,
            metadata,
            null,
            Map.of(),
            null,
            null,
            ReceivedSignals.NONE,
            null);
    return Dialect.standard().parse(filter).matches(snapshot, TestTypes.payloads());
  }

  private static void assertValue(Message value, String... filters) {
    for (String filter : filters) {
      assertThat(matches(Any.pack(value), "metadata.value " + filter)).as(filter).isTrue();
      if (!filter.startsWith("!=")) {
        assertThat(matches(Any.pack(value), "NOT metadata.value " + filter)).as(filter).isFalse();
      }
    }
  }

  private static void assertNot(Message value, String... filters) {
    for (String filter : filters) {
      assertThat(matches(Any.pack(value), "metadata.value " + filter)).as(filter).isFalse();
    }
  }

  @Test
  void numbers_of_all_types_are_compared_as_numbers() {
    assertValue(UInt64Value.of(-1), "= 18446744073709551615", "> 9223372036854775807", ":*");
    assertValue(UInt32Value.of(-1), "= 4294967295");
    assertValue(Int64Value.of(Long.MIN_VALUE), "= -9223372036854775808", "< 0", "<= -9.2e18");
    assertValue(FloatValue.of(0.1f), "= 0.1", ">= 1e-1", "!= 0.10000000149");
    assertValue(DoubleValue.of(2.997e9), "= 2997000000", "= 2.997e+9");
    assertNot(Int64Value.of(0), ":*", "= zero", "!= zero", "!= 0");
  }

  @Test
  void infinities_are_at_the_ends_and_what_is_no_number_is_another_one() {
    assertValue(DoubleValue.of(Double.POSITIVE_INFINITY), "> 1e308", "!= 1", ":*");
    assertValue(FloatValue.of(Float.NEGATIVE_INFINITY), "< -1e39");
    assertValue(DoubleValue.of(Double.NaN), "!= 1");
    assertNot(DoubleValue.of(Double.NaN), "= 1", "< 1", ">= 1", "!= x");
  }

  @Test
  void flags_texts_and_bytes_are_what_they_are() {
    assertValue(BoolValue.of(true), "= true", "!= false", ":true", ":*");
    assertNot(BoolValue.of(true), "= TRUE", "!= no", "> false");
    assertValue(StringValue.of("42"), "= 42", "= 4*", ":42", "< 5");
    assertValue(BytesValue.of(ByteString.copyFromUtf8("a")), ":*");
    assertNot(BytesValue.of(ByteString.copyFromUtf8("a")), "= a", "!= a", "= \"YQ==\"");
  }

  @Test
  void times_that_are_none_are_not_set() {
    assertNot(
        Timestamp.newBuilder().setSeconds(Long.MAX_VALUE).build(),
        ":*",
        "> \"2026-01-01T00:00:00Z\"",
        "!= \"2026-01-01T00:00:00Z\"");
    var last = Timestamp.newBuilder().setSeconds(253_402_300_799L).build();
    assertValue(last, "= 9999-12-31T23:59:59Z");
  }

  @Test
  void of_several_one_is_enough() {
    var mask = Any.pack(FieldMask.newBuilder().addPaths("a").addPaths("b.c").build());
    assertThat(matches(mask, "metadata.paths:b.c")).isTrue();
    assertThat(matches(mask, "metadata.paths:\"b*\"")).isTrue();
    assertThat(matches(mask, "metadata.paths:d")).isFalse();
    assertThat(matches(mask, "metadata.paths = a OR metadata.paths != a")).isFalse();
  }

  @Test
  void of_a_type_that_is_not_known_there_is_its_name_and_of_garbage_nothing() {
    var unknown = Any.newBuilder().setTypeUrl("acme.com/acme.Unknown").build();
    assertThat(matches(unknown, "metadata.@type = acme.com/acme.Unknown metadata:*")).isTrue();
    assertThat(matches(unknown, "metadata.x:* OR metadata.x != 1 OR metadata.value:*")).isFalse();
    var broken =
        Any.newBuilder()
            .setTypeUrl("t/longrunning.v1.OperationSnapshot")
            .setValue(ByteString.copyFromUtf8("\377\377"))
            .build();
    assertThat(matches(broken, "metadata.@type:* AND NOT metadata.version = 0")).isTrue();
    var garbage = Bytes.of(new byte[] {-1, -1});
    assertThat(matches(garbage, "metadata.@type:* OR metadata.x != 1")).isFalse();
  }

  @Test
  void packed_messages_are_opened_as_deep_as_a_path_goes_and_no_deeper() {
    var any = Any.pack(OperationSnapshot.newBuilder().setVersion(7).build());
    var value = any;
    for (int i = 0; i < 5_000; i++) {
      value = Any.pack(value);
    }
    assertThat(matches(value, "metadata.version = 7 OR metadata.value.version = 7")).isFalse();
    assertThat(matches(value, "metadata" + ".value".repeat(30) + ".@type:*Any")).isTrue();
    assertThat(matches(Any.pack(any), "metadata.value.version = 7")).isTrue();
    assertThat(matches(value, "metadata:version OR metadata.a:b")).isFalse();
  }
}
