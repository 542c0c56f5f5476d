package dev.longrunning.rest;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import dev.longrunning.operation.Problem;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Walks JSON along a message type before it is parsed: refuses unknown fields by their path,
 * dresses every Any of an unknown type (see {@link OpaqueAnys}), and takes both forms of a packed
 * Empty.
 *
 * <p>Values of the wrong kind are passed over: the parser refuses them.
 */
final class JsonFields {
  /** Types whose JSON is not an object of their fields. */
  private static final Set<String> SPECIAL =
      Set.of(
          "google.protobuf.Timestamp",
          "google.protobuf.Duration",
          "google.protobuf.FieldMask",
          "google.protobuf.Struct",
          "google.protobuf.Value",
          "google.protobuf.ListValue",
          "google.protobuf.BoolValue",
          "google.protobuf.BytesValue",
          "google.protobuf.DoubleValue",
          "google.protobuf.FloatValue",
          "google.protobuf.Int32Value",
          "google.protobuf.Int64Value",
          "google.protobuf.StringValue",
          "google.protobuf.UInt32Value",
          "google.protobuf.UInt64Value");

  /** Those whose JSON may hold text of any length. */
  private static final Set<String> LONG =
      Set.of(
          "google.protobuf.Struct",
          "google.protobuf.Value",
          "google.protobuf.ListValue",
          "google.protobuf.BytesValue",
          "google.protobuf.StringValue");

  private static final String ANY = "google.protobuf.Any";
  private static final String FIELD_MASK = "google.protobuf.FieldMask";
  private static final Pattern MASK = Pattern.compile("[A-Za-z0-9_.,]*");
  private static final String EMPTY = "google.protobuf.Empty";
  private static final String TYPE = "@type";
  private static final String VALUE = "value";

  /** Characters of a number, a time, a duration or a mask. */
  static final int SHORT_MAX = 1_024;

  private final OpaqueAnys anys;
  private boolean changed;

  JsonFields(OpaqueAnys anys) {
    this.anys = anys;
  }

  static boolean isSpecial(Descriptor type) {
    return SPECIAL.contains(type.getFullName());
  }

  static boolean isAny(Descriptor type) {
    return type.getFullName().equals(ANY);
  }

  /** Finds a field by its JSON name or by its name in the proto. */
  static Optional<FieldDescriptor> find(Descriptor type, String name) {
    var field = type.findFieldByName(name);
    if (field != null) {
      return Optional.of(field);
    }
    return type.getFields().stream().filter(f -> f.getJsonName().equals(name)).findFirst();
  }

  /** Whether the tree was changed; throws {@link Problem} INVALID at an unknown field. */
  boolean check(JsonObject tree, Descriptor type) {
    walk(tree, type, "");
    return changed;
  }

  private void walk(@Nullable Object value, Descriptor type, String at) {
    if (!(value instanceof JsonObject object) || isSpecial(type)) {
      return;
    }
    if (isAny(type)) {
      walkAny(object, at);
    } else {
      walkFields(object, type, at);
    }
  }

  private void walkFields(JsonObject object, Descriptor type, String at) {
    for (var entry : object) {
      if (entry.getKey().equals(TYPE)) {
        continue;
      }
      String path = at.isEmpty() ? entry.getKey() : at + '.' + entry.getKey();
      var field = find(type, entry.getKey()).orElseThrow(() -> unknown(path, type));
      checkLength(entry.getValue(), field, path);
      if (field.isMapField()) {
        walkMap(entry.getValue(), field, path);
      } else if (field.getJavaType() == FieldDescriptor.JavaType.MESSAGE) {
        walkValue(entry.getValue(), field.getMessageType(), path);
      }
    }
  }

  /** Reading a number, a time or a mask takes far more time than reading as much text. */
  private static void checkLength(@Nullable Object value, FieldDescriptor field, String path) {
    if (value instanceof JsonArray array) {
      array.forEach(element -> checkLength(element, field, path));
    } else if (value instanceof String text && text.length() > SHORT_MAX && isShort(field)) {
      throw tooLong(path, text);
    } else if (value instanceof String text
        && field.getJavaType() == FieldDescriptor.JavaType.MESSAGE) {
      checkMask(text, field.getMessageType(), path);
    }
  }

  /** The parser takes any text for a mask, and the printer writes it as it is, quotes and all. */
  private static void checkMask(String text, Descriptor type, String path) {
    if (type.getFullName().equals(FIELD_MASK) && !MASK.matcher(text).matches()) {
      throw Problem.invalid(path, text, "names of fields, joined by ','");
    }
  }

  private static Problem tooLong(String path, String text) {
    return Problem.invalid(path, text, "at most " + SHORT_MAX + " characters");
  }

  private static boolean isShort(FieldDescriptor field) {
    return switch (field.getJavaType()) {
      case INT, LONG, FLOAT, DOUBLE -> true;
      case MESSAGE -> isShort(field.getMessageType());
      case BOOLEAN, ENUM, STRING, BYTE_STRING -> false;
    };
  }

  private static boolean isShort(Descriptor type) {
    return SPECIAL.contains(type.getFullName()) && !LONG.contains(type.getFullName());
  }

  private static Problem unknown(String path, Descriptor type) {
    return Problem.invalid(
        Problem.shown(path), "an unknown field", "the fields of " + type.getFullName());
  }

  private void walkValue(@Nullable Object value, Descriptor type, String path) {
    if (!(value instanceof JsonArray array)) {
      walk(value, type, path);
      return;
    }
    int index = 0;
    for (var element : array) {
      walk(element, type, path + '[' + index++ + ']');
    }
  }

  private void walkMap(@Nullable Object map, FieldDescriptor field, String path) {
    if (!(map instanceof JsonObject entries)) {
      return;
    }
    var key = field.getMessageType().findFieldByName("key");
    var value = field.getMessageType().findFieldByName(VALUE);
    for (var entry : entries) {
      String at = path + '.' + Problem.shown(entry.getKey());
      checkLength(entry.getKey(), key, at);
      checkLength(entry.getValue(), value, at);
      if (value.getJavaType() == FieldDescriptor.JavaType.MESSAGE) {
        walk(entry.getValue(), value.getMessageType(), at);
      }
    }
  }

  private void walkAny(JsonObject any, String at) {
    if (any.isEmpty()) {
      return;
    }
    if (!(any.getValue(TYPE) instanceof String url) || url.isEmpty()) {
      throw Problem.invalid(at + '.' + TYPE, "nothing", "a type URL");
    }
    var known = anys.type(url);
    if (known.isEmpty() || isBytes(any, known.get())) {
      dress(any, url, at);
    } else if (isSpecial(known.get()) || isAny(known.get())) {
      if (any.getValue(VALUE) instanceof String text
          && text.length() > SHORT_MAX
          && isShort(known.get())) {
        throw tooLong(at + '.' + VALUE, text);
      }
      if (any.getValue(VALUE) instanceof String text) {
        checkMask(text, known.get(), at + '.' + VALUE);
      }
      walk(any.getValue(VALUE), known.get(), at + '.' + VALUE);
    } else {
      dropEmptyValue(any, known.get());
      walkFields(any, known.get(), at);
    }
  }

  /** Known here, but not where it was written, or its bytes are not what the type says. */
  private static boolean isBytes(JsonObject any, Descriptor type) {
    return isBase64(any) && !isSpecial(type) && !isAny(type) && find(type, VALUE).isEmpty();
  }

  private static boolean isBase64(JsonObject any) {
    return any.size() == 2 && any.getValue(VALUE) instanceof String;
  }

  /** Go and the specification write a packed Empty with a value, Java and Python without. */
  private void dropEmptyValue(JsonObject any, Descriptor type) {
    if (type.getFullName().equals(EMPTY)
        && any.getValue(VALUE) instanceof JsonObject value
        && value.isEmpty()) {
      any.remove(VALUE);
      changed = true;
    }
  }

  private void dress(JsonObject any, String url, String at) {
    boolean bytes = isBase64(any);
    if (any.size() > 1 && !bytes) {
      throw Problem.invalid(
          at + '.' + TYPE, url, "a known type, or \"value\" with the base64 of the message alone");
    }
    any.put(TYPE, anys.dressed(url));
    if (!bytes) {
      any.put(VALUE, "");
    }
    changed = true;
  }
}
