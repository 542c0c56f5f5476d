package dev.longrunning.types;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import dev.longrunning.filter.Fields;
import dev.longrunning.filter.Value;
import org.jspecify.annotations.Nullable;

/** The fields of a message, by their names in the proto or in JSON. */
record MessageFields(Message message, TypedPayloads payloads) implements Fields {
  @Override
  public Value field(String name) {
    var field = find(message.getDescriptorForType(), name);
    if (field == null) {
      return Value.absent();
    }
    boolean unsetMessage =
        !field.isRepeated()
            && field.getJavaType() == FieldDescriptor.JavaType.MESSAGE
            && !message.hasField(field);
    return unsetMessage ? Value.absent() : Values.ofField(message, field, payloads);
  }

  @Override
  public boolean has(String name) {
    var field = find(message.getDescriptorForType(), name);
    return field != null && TypedPayloads.isSet(message, field);
  }

  @Override
  public boolean isEmpty() {
    return message.getAllFields().isEmpty();
  }

  static @Nullable FieldDescriptor find(Descriptor type, String name) {
    var field = type.findFieldByName(name);
    if (field != null) {
      return field;
    }
    for (var other : type.getFields()) {
      if (other.getJsonName().equals(name)) {
        return other;
      }
    }
    return null;
  }
}
