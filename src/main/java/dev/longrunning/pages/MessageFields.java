package dev.longrunning.pages;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor.JavaType;
import dev.longrunning.pages.Block.Cell;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Queue;
import java.util.stream.Collectors;

/**
 * The fields of a message type as rows of a table, and those of the messages in it.
 *
 * <p><b>Promise.</b> Outer fields go first: an inner message is shown as long as there is room, and
 * then with all its fields.
 *
 * <p><b>Threads.</b> Confined to whoever made it.
 *
 * <p><b>Bounds.</b> {@value #LEVELS_MAX} levels, {@value #ROWS_MAX} rows, {@value #VALUES_MAX}
 * values of an enum.
 */
final class MessageFields {
  static final List<String> COLUMNS = List.of("Field", "Type", "Values");

  /** The message, what is in it, and what is in that. */
  static final int LEVELS_MAX = 3;

  /** Of those shipped, no type has more than 60 fields itself; with two levels more, some have. */
  static final int ROWS_MAX = 100;

  static final int VALUES_MAX = 24;

  /** Known as a whole: what is in them is nothing that anybody sees. */
  private static final String WELL_KNOWN = "google.protobuf.";

  /**
   * A field at its place.
   *
   * @param inside the messages that it is in, the innermost one first
   * @param inner its own fields, if they are shown
   */
  private record Node(
      FieldDescriptor field, String path, List<Descriptor> inside, List<Node> inner) {
    static Node of(FieldDescriptor field, String prefix, List<Descriptor> inside) {
      return new Node(field, prefix + field.getName(), inside, new ArrayList<>());
    }

    boolean canOpen() {
      return field.getJavaType() == JavaType.MESSAGE
          && !field.isMapField()
          && inside.size() < LEVELS_MAX
          && !inside.contains(field.getMessageType())
          && !field.getMessageType().getFullName().startsWith(WELL_KNOWN);
    }
  }

  private final List<List<Cell>> rows = new ArrayList<>();
  private final Queue<Node> closed = new ArrayDeque<>();
  private final String home;
  private int room = ROWS_MAX;

  private MessageFields(Descriptor type) {
    this.home = type.getFile().getPackage() + '.';
  }

  static List<List<Cell>> of(Descriptor type) {
    var fields = new MessageFields(type);
    var outer = fields.inside(type, "", List.of());
    fields.open();
    outer.forEach(fields::add);
    int left = type.getFields().size() - outer.size();
    if (left > 0) {
      var more = Cell.of(Words.counted(left, "more field", "more fields"));
      fields.rows.add(List.of(Cell.of("…"), more, Cell.EMPTY));
    }
    return fields.rows;
  }

  /** The fields of a type, as many as there is room for. */
  private List<Node> inside(Descriptor type, String prefix, List<Descriptor> outer) {
    var inside = new ArrayList<Descriptor>(List.of(type));
    inside.addAll(outer);
    var nodes =
        type.getFields().stream().limit(room).map(field -> Node.of(field, prefix, inside)).toList();
    room -= nodes.size();
    nodes.stream().filter(Node::canOpen).forEach(closed::add);
    return nodes;
  }

  /** Level by level, from the outside. */
  private void open() {
    for (var node = closed.poll(); node != null; node = closed.poll()) {
      var type = node.field().getMessageType();
      if (type.getFields().size() <= room) {
        node.inner().addAll(inside(type, node.path() + '.', node.inside()));
      }
    }
  }

  private void add(Node node) {
    rows.add(
        List.of(Cell.ofCode(node.path()), Cell.ofCode(typeOf(node.field())), values(node.field())));
    node.inner().forEach(this::add);
  }

  private String typeOf(FieldDescriptor field) {
    if (field.isMapField()) {
      var entry = field.getMessageType();
      return "map of "
          + name(entry.findFieldByName("key"))
          + " to "
          + name(entry.findFieldByName("value"));
    }
    return (field.isRepeated() ? "repeated " : "") + name(field);
  }

  private String name(FieldDescriptor field) {
    return switch (field.getJavaType()) {
      case MESSAGE -> near(field.getMessageType().getFullName());
      case ENUM -> near(field.getEnumType().getFullName());
      case INT, LONG, FLOAT, DOUBLE, BOOLEAN, STRING, BYTE_STRING ->
          field.getType().name().toLowerCase(Locale.ROOT);
    };
  }

  /** Without the package, where that is the type's own. */
  private String near(String name) {
    return name.startsWith(home) ? name.substring(home.length()) : name;
  }

  private static Cell values(FieldDescriptor field) {
    if (field.getJavaType() != JavaType.ENUM) {
      return Cell.EMPTY;
    }
    var values = field.getEnumType().getValues();
    String more = values.size() > VALUES_MAX ? ", …" : "";
    return Cell.of(
        values.stream()
                .limit(VALUES_MAX)
                .map(EnumValueDescriptor::getName)
                .collect(Collectors.joining(", "))
            + more);
  }
}
