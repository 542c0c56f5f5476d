package dev.longrunning.rest;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import dev.longrunning.operation.Problem;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A field that text can be bound to: a scalar, an enum, or a message whose JSON is one string or
 * number, reached through singular messages.
 *
 * @param fields from the request down to the field; not empty
 */
record FieldPath(List<FieldDescriptor> fields) {
  /** Special in JSON, but not one value. */
  private static final Set<String> COMPOSITE =
      Set.of("google.protobuf.Struct", "google.protobuf.Value", "google.protobuf.ListValue");

  private static final JsonFormat.Parser PARSER = JsonFormat.parser();

  /** Resolves names of the proto or of JSON, joined by dots; empty if text cannot be bound so. */
  static Optional<FieldPath> find(Descriptor request, String path) {
    var fields = new ArrayList<FieldDescriptor>();
    var type = Optional.of(request);
    for (String name : path.split("\\.", -1)) {
      var field = type.flatMap(t -> JsonFields.find(t, name));
      if (field.isEmpty()) {
        return Optional.empty();
      }
      fields.add(field.get());
      type = field.filter(FieldPath::isOpen).map(FieldDescriptor::getMessageType);
    }
    var last = fields.get(fields.size() - 1);
    return isText(last) ? Optional.of(new FieldPath(List.copyOf(fields))) : Optional.empty();
  }

  /** Whether its fields can be named one by one. */
  private static boolean isOpen(FieldDescriptor field) {
    return isMessage(field)
        && !field.isRepeated()
        && !JsonFields.isSpecial(field.getMessageType())
        && !JsonFields.isAny(field.getMessageType());
  }

  private static boolean isText(FieldDescriptor field) {
    return !isMessage(field)
        || (JsonFields.isSpecial(field.getMessageType())
            && !COMPOSITE.contains(field.getMessageType().getFullName()));
  }

  private static boolean isMessage(FieldDescriptor field) {
    return field.getJavaType() == FieldDescriptor.JavaType.MESSAGE;
  }

  private FieldDescriptor last() {
    return fields.get(fields.size() - 1);
  }

  /** As templates spell it. */
  String name() {
    return fields.stream().map(FieldDescriptor::getName).collect(Collectors.joining("."));
  }

  boolean isRepeated() {
    return last().isRepeated();
  }

  /** Sets the field, or adds to a repeated one; {@code name} is what the caller calls it. */
  void bind(Message.Builder request, String name, String text) {
    var builder = request;
    for (var field : fields.subList(0, fields.size() - 1)) {
      builder = builder.getFieldBuilder(field);
    }
    if (last().getJavaType() == FieldDescriptor.JavaType.STRING && !isRepeated()) {
      builder.setField(last(), text);
    } else {
      builder.mergeFrom(parsed(builder, name, text));
    }
  }

  private Message parsed(Message.Builder like, String name, String text) {
    Object value = isRepeated() ? new JsonArray().add(text) : text;
    var json = new JsonObject().put(last().getJsonName(), value).encode();
    var one = like.getDefaultInstanceForType().newBuilderForType();
    try {
      PARSER.merge(json, one);
    } catch (InvalidProtocolBufferException | IllegalArgumentException e) {
      throw Problem.invalid(name, text, JsonFaults.allowed(last()));
    }
    return one.build();
  }
}
