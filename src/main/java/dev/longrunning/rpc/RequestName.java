package dev.longrunning.rpc;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;

/** The name of what a request is about, for logs. */
final class RequestName {
  static final int CHARACTERS_MAX = 512;

  private RequestName() {}

  /** Its field {@code name}, else {@code parent}; empty if it has neither. */
  static String of(Message request) {
    String name = field(request, "name");
    String known = name.isEmpty() ? field(request, "parent") : name;
    return known.length() <= CHARACTERS_MAX ? known : known.substring(0, CHARACTERS_MAX);
  }

  private static String field(Message message, String name) {
    FieldDescriptor field = message.getDescriptorForType().findFieldByName(name);
    return field != null
            && field.getJavaType() == FieldDescriptor.JavaType.STRING
            && !field.isRepeated()
        ? (String) message.getField(field)
        : "";
  }
}
