package dev.longrunning.rest;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import dev.longrunning.operation.Problem;
import io.vertx.core.json.JsonObject;
import java.util.Locale;

/** Finds the field at which {@code JsonFormat}, whose errors name none, could not go on. */
final class JsonFaults {
  private JsonFaults() {}

  /** Says which field of a tree cannot be parsed, by trying them one by one. */
  static Problem locate(JsonFormat.Parser parser, JsonObject tree, Message type) {
    return locate(parser, tree, type, "");
  }

  private static Problem locate(
      JsonFormat.Parser parser, JsonObject object, Message type, String at) {
    for (var entry : object) {
      var one = new JsonObject().put(entry.getKey(), entry.getValue());
      var field = JsonFields.find(type.getDescriptorForType(), entry.getKey());
      if (field.isPresent() && !parses(parser, one, type)) {
        String path = at.isEmpty() ? entry.getKey() : at + '.' + entry.getKey();
        return isPlain(field.get()) && entry.getValue() instanceof JsonObject inner
            ? locate(parser, inner, inner(type, field.get()), path)
            : Problem.invalid(path, String.valueOf(entry.getValue()), allowed(field.get()));
      }
    }
    // Each alone is fine: two names of one field, or two fields of one oneof.
    return Problem.invalid(
        at.isEmpty() ? "body" : at, "fields that exclude each other", "each field once");
  }

  private static boolean parses(JsonFormat.Parser parser, JsonObject object, Message type) {
    try {
      parser.merge(object.encode(), type.newBuilderForType());
      return true;
    } catch (InvalidProtocolBufferException | IllegalArgumentException e) {
      return false;
    }
  }

  private static boolean isPlain(FieldDescriptor field) {
    return field.getJavaType() == FieldDescriptor.JavaType.MESSAGE
        && !field.isRepeated()
        && !JsonFields.isSpecial(field.getMessageType())
        && !JsonFields.isAny(field.getMessageType());
  }

  private static Message inner(Message type, FieldDescriptor field) {
    return type.newBuilderForType().newBuilderForField(field).getDefaultInstanceForType();
  }

  static String allowed(FieldDescriptor field) {
    String type =
        switch (field.getJavaType()) {
          case MESSAGE -> field.getMessageType().getFullName();
          case ENUM -> field.getEnumType().getFullName();
          case INT, LONG, FLOAT, DOUBLE, BOOLEAN, STRING, BYTE_STRING ->
              field.getType().name().toLowerCase(Locale.ROOT);
        };
    return (field.isRepeated() ? "a list of " : "a value of type ") + type;
  }
}
