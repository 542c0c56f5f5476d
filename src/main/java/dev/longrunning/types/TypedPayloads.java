package dev.longrunning.types;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.rpc.Status;
import dev.longrunning.filter.Payloads;
import dev.longrunning.filter.Value;
import dev.longrunning.operation.Bytes;

/**
 * Payloads whose types are looked up each time.
 *
 * <p><b>Threads.</b> Any.
 */
public final class TypedPayloads implements Payloads {
  private final TypeLookup types;

  public TypedPayloads(TypeLookup types) {
    this.types = types;
  }

  @Override
  public Value any(Bytes any) {
    try {
      return packed(Any.parseFrom(any.array()));
    } catch (InvalidProtocolBufferException e) {
      return Value.absent();
    }
  }

  @Override
  public Value status(Bytes status) {
    try {
      return new Value.Structure(new MessageFields(Status.parseFrom(status.array()), this), false);
    } catch (InvalidProtocolBufferException e) {
      return Value.absent();
    }
  }

  /** An Any inside of a message. */
  Value packed(Message any) {
    var type = any.getDescriptorForType();
    var url = (String) any.getField(type.findFieldByNumber(Any.TYPE_URL_FIELD_NUMBER));
    var value = (ByteString) any.getField(type.findFieldByNumber(Any.VALUE_FIELD_NUMBER));
    return packed(Any.newBuilder().setTypeUrl(url).setValue(value).build());
  }

  private Value packed(Any any) {
    return new Value.Structure(new PackedFields(any, this), false);
  }

  /** What is packed, as far as its type is known. */
  Value content(Any any) {
    String url = any.getTypeUrl();
    var type = types.find(url.substring(url.lastIndexOf('/') + 1));
    if (type == null) {
      return Value.absent();
    }
    try {
      return Values.of(DynamicMessage.parseFrom(type, any.getValue()), this);
    } catch (InvalidProtocolBufferException e) {
      // Not what its type says.
      return Value.absent();
    }
  }

  /** Whether a field holds something other than its default. */
  static boolean isSet(Message message, FieldDescriptor field) {
    return field.isRepeated() ? message.getRepeatedFieldCount(field) > 0 : message.hasField(field);
  }
}
