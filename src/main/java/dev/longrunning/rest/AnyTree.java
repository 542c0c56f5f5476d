package dev.longrunning.rest;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.TypeRegistry;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Every {@code google.protobuf.Any} of a message, also those packed into others.
 *
 * <p><b>Promise.</b> A message without a changed Any comes back as the same object. Types that
 * cannot hold an Any are not walked.
 *
 * <p><b>Threads.</b> Any.
 *
 * <p><b>Bounds.</b> Anys {@value #DEPTH_MAX} messages deep, more than JSON may have levels, are not
 * opened further.
 */
final class AnyTree {
  private static final int DEPTH_MAX = 100;

  private final TypeRegistry types;
  private final TypeReach anys = new TypeReach(Any.getDescriptor());

  AnyTree(TypeRegistry types) {
    this.types = types;
  }

  /** The type of an Any, if the registry has it. */
  Optional<Descriptor> typeOf(String url) {
    int slash = url.lastIndexOf('/');
    return slash < 0 ? Optional.empty() : Optional.ofNullable(types.find(url.substring(slash + 1)));
  }

  /**
   * Replaces every Any by {@code change} of it, the inner ones first.
   *
   * @param deepest what it does to those that are not opened any further
   */
  Message map(Message message, UnaryOperator<Message> change, UnaryOperator<Message> deepest) {
    return map(message, new Changes(change, deepest), 0);
  }

  private record Changes(UnaryOperator<Message> usual, UnaryOperator<Message> deepest) {}

  private Message map(Message message, Changes change, int depth) {
    if (anys.is(message.getDescriptorForType())) {
      return depth >= DEPTH_MAX
          ? change.deepest().apply(message)
          : change.usual().apply(mapPacked(message, change, depth));
    }
    if (!anys.mayHold(message.getDescriptorForType())) {
      return message;
    }
    Message.Builder changed = null;
    for (var field : message.getAllFields().keySet()) {
      if (field.getJavaType() == FieldDescriptor.JavaType.MESSAGE
          && anys.mayHold(field.getMessageType())) {
        changed = mapField(message, field, changed, change, depth);
      }
    }
    return changed == null ? message : changed.build();
  }

  private Message.@Nullable Builder mapField(
      Message message,
      FieldDescriptor field,
      Message.@Nullable Builder changed,
      Changes change,
      int depth) {
    var builder = changed;
    int count = field.isRepeated() ? message.getRepeatedFieldCount(field) : 1;
    for (int i = 0; i < count; i++) {
      var before =
          (Message)
              (field.isRepeated() ? message.getRepeatedField(field, i) : message.getField(field));
      var after = map(before, change, depth + 1);
      if (after != before) {
        builder = builder == null ? message.toBuilder() : builder;
        if (field.isRepeated()) {
          builder.setRepeatedField(field, i, after);
        } else {
          builder.setField(field, after);
        }
      }
    }
    return builder;
  }

  private Message mapPacked(Message any, Changes change, int depth) {
    var type = typeOf(url(any)).filter(anys::mayHold);
    if (type.isEmpty()) {
      return any;
    }
    try {
      var content = DynamicMessage.parseFrom(type.get(), value(any));
      var after = map(content, change, depth + 1);
      return after == content ? any : with(any, url(any), after.toByteString());
    } catch (InvalidProtocolBufferException e) {
      // Not what its type says. Whoever looks at the Any itself decides what that means.
      return any;
    }
  }

  static String url(Message any) {
    return (String) any.getField(any.getDescriptorForType().findFieldByNumber(1));
  }

  static ByteString value(Message any) {
    return (ByteString) any.getField(any.getDescriptorForType().findFieldByNumber(2));
  }

  static Message with(Message any, String url, ByteString value) {
    var type = any.getDescriptorForType();
    return any.toBuilder()
        .setField(type.findFieldByNumber(1), url)
        .setField(type.findFieldByNumber(2), value)
        .build();
  }
}
