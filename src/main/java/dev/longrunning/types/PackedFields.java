package dev.longrunning.types;

import com.google.protobuf.Any;
import dev.longrunning.filter.Fields;
import dev.longrunning.filter.Value;
import org.jspecify.annotations.Nullable;

/**
 * What is packed into an Any, opened when it is first asked for: the fields of a message, the
 * entries of a struct. Other types that stand for one value are its {@code value}, as in JSON.
 *
 * <p><b>Bounds.</b> An Any within an Any is such a value too: so a path opens no more of them than
 * it has names, however many there are.
 *
 * <p><b>Threads.</b> Confined to the one that evaluates.
 */
final class PackedFields implements Fields {
  private static final String TYPE = "@type";
  private static final String VALUE = "value";

  private final Any any;
  private final TypedPayloads payloads;
  private @Nullable Value content;

  PackedFields(Any any, TypedPayloads payloads) {
    this.any = any;
    this.payloads = payloads;
  }

  @Override
  public Value field(String name) {
    if (name.equals(TYPE)) {
      return new Value.Text(any.getTypeUrl());
    }
    var fields = fields();
    if (fields != null) {
      return fields.field(name);
    }
    return name.equals(VALUE) ? content() : Value.absent();
  }

  @Override
  public boolean has(String name) {
    var fields = name.equals(TYPE) ? null : fields();
    return fields == null ? field(name).isPresent() : fields.has(name);
  }

  @Override
  public boolean isEmpty() {
    return false;
  }

  private @Nullable Fields fields() {
    return content() instanceof Value.Structure structure
            && !(structure.fields() instanceof PackedFields)
        ? structure.fields()
        : null;
  }

  private Value content() {
    if (content == null) {
      content = payloads.content(any);
    }
    return content;
  }
}
