package dev.longrunning.types;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import dev.longrunning.filter.Value;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What messages and their fields hold, as values of filters. */
final class Values {
  private static final String PACKAGE = "google.protobuf.";

  private Values() {}

  /** A message: one of the well-known types is the value that it stands for. */
  static Value of(Message message, TypedPayloads payloads) {
    String name = message.getDescriptorForType().getFullName();
    return name.startsWith(PACKAGE)
        ? wellKnown(name.substring(PACKAGE.length()), message, payloads)
        : new Value.Structure(new MessageFields(message, payloads), false);
  }

  private static Value wellKnown(String name, Message message, TypedPayloads payloads) {
    return switch (name) {
      case "Any" -> payloads.packed(message);
      case "Timestamp" -> moment(message);
      case "Duration" -> span(message);
      case "Struct" -> one(message, 1, payloads);
      case "ListValue" -> one(message, 1, payloads);
      case "Value" -> oneOf(message, payloads);
      case "BoolValue",
          "BytesValue",
          "DoubleValue",
          "FloatValue",
          "Int32Value",
          "Int64Value",
          "StringValue",
          "UInt32Value",
          "UInt64Value" ->
          one(message, 1, payloads);
      default -> new Value.Structure(new MessageFields(message, payloads), false);
    };
  }

  private static Value one(Message message, int number, TypedPayloads payloads) {
    return ofField(message, message.getDescriptorForType().findFieldByNumber(number), payloads);
  }

  private static Value oneOf(Message value, TypedPayloads payloads) {
    for (var set : value.getAllFields().keySet()) {
      return set.getName().equals("null_value") ? new Value.Null() : ofField(value, set, payloads);
    }
    return Value.absent();
  }

  private static Value moment(Message timestamp) {
    try {
      return new Value.Moment(Instant.ofEpochSecond(seconds(timestamp), nanos(timestamp)));
    } catch (DateTimeException | ArithmeticException e) {
      return Value.absent();
    }
  }

  private static Value span(Message duration) {
    try {
      return new Value.Span(Duration.ofSeconds(seconds(duration), nanos(duration)));
    } catch (ArithmeticException e) {
      return Value.absent();
    }
  }

  private static long seconds(Message message) {
    return (Long) message.getField(message.getDescriptorForType().findFieldByNumber(1));
  }

  private static int nanos(Message message) {
    return (Integer) message.getField(message.getDescriptorForType().findFieldByNumber(2));
  }

  /** The value of a field, its default where it is not set. */
  static Value ofField(Message message, FieldDescriptor field, TypedPayloads payloads) {
    if (field.isMapField()) {
      return map(message, field, payloads);
    }
    if (field.isRepeated()) {
      List<Value> elements = new ArrayList<>();
      for (int i = 0; i < message.getRepeatedFieldCount(field); i++) {
        elements.add(single(message.getRepeatedField(field, i), field, payloads));
      }
      return new Value.Several(elements);
    }
    return single(message.getField(field), field, payloads);
  }

  private static Value map(Message message, FieldDescriptor field, TypedPayloads payloads) {
    Map<String, Value> entries = new HashMap<>();
    for (int i = 0; i < message.getRepeatedFieldCount(field); i++) {
      var entry = (Message) message.getRepeatedField(field, i);
      var type = entry.getDescriptorForType();
      var key = entry.getField(type.findFieldByNumber(1)).toString();
      entries.put(key, one(entry, 2, payloads));
    }
    return new Value.Structure(new MapEntries(entries), true);
  }

  private static Value single(Object value, FieldDescriptor field, TypedPayloads payloads) {
    return switch (field.getType()) {
      case STRING -> new Value.Text((String) value);
      case BOOL -> new Value.Flag((Boolean) value);
      case BYTES -> new Value.Opaque(!((ByteString) value).isEmpty());
      case ENUM -> constant((EnumValueDescriptor) value);
      case MESSAGE, GROUP -> of((Message) value, payloads);
      case DOUBLE -> finite((Double) value, value.toString());
      case FLOAT -> finite((Float) value, value.toString());
      case INT32, INT64, SINT32, SINT64, SFIXED32, SFIXED64 ->
          Value.Numeric.of(((Number) value).longValue());
      case UINT32, FIXED32 -> Value.Numeric.of(Integer.toUnsignedLong((Integer) value));
      case UINT64, FIXED64 ->
          new Value.Numeric(new BigDecimal(new BigInteger(Long.toUnsignedString((Long) value))));
    };
  }

  private static Value constant(EnumValueDescriptor value) {
    return new Value.Constant(value.getName(), value.getNumber() != 0);
  }

  /** By its shortest text, so that 0.1 is 0.1. */
  private static Value finite(double number, String text) {
    return Double.isFinite(number)
        ? new Value.Numeric(new BigDecimal(text))
        : new Value.NotFinite(number);
  }
}
