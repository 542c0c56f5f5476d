package dev.longrunning.rest;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.FieldMask;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Field masks that must not be printed: the printer writes the paths of a mask as they are, and
 * quotes in them would end its string.
 *
 * <p><b>Threads.</b> Any.
 */
final class OddMasks {
  private static final Pattern PLAIN_PATH = Pattern.compile("[A-Za-z0-9_.]*");

  private final TypeReach reach = new TypeReach(FieldMask.getDescriptor());

  /** Whether there is one in a message, or its bytes are not of its type and nobody can tell. */
  boolean isIn(Descriptor type, ByteString message) {
    if (!reach.mayHold(type)) {
      return false;
    }
    try {
      return isIn(DynamicMessage.parseFrom(type, message));
    } catch (InvalidProtocolBufferException e) {
      return true;
    }
  }

  private boolean isIn(Message message) {
    if (reach.is(message.getDescriptorForType())) {
      return !isPlain(message);
    }
    for (var entry : message.getAllFields().entrySet()) {
      var field = entry.getKey();
      if (field.getJavaType() == FieldDescriptor.JavaType.MESSAGE
          && reach.mayHold(field.getMessageType())
          && values(entry.getValue()).stream().anyMatch(value -> isIn((Message) value))) {
        return true;
      }
    }
    return false;
  }

  private static List<?> values(Object value) {
    return value instanceof List<?> list ? list : List.of(value);
  }

  private static boolean isPlain(Message mask) {
    var paths = mask.getField(mask.getDescriptorForType().findFieldByNumber(1));
    return values(paths).stream().allMatch(path -> PLAIN_PATH.matcher((String) path).matches());
  }
}
