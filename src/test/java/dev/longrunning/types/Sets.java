package dev.longrunning.types;

import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.TextFormat;
import java.util.List;

/** Descriptor sets for tests, written as text. */
public final class Sets {
  private Sets() {}

  /** A file of proto3; {@code body} in protobuf's text format. */
  public static FileDescriptorProto file(String name, String body) {
    try {
      var file = FileDescriptorProto.newBuilder().setName(name).setSyntax("proto3");
      TextFormat.merge(body, file);
      return file.build();
    } catch (TextFormat.ParseException e) {
      throw new AssertionError(e);
    }
  }

  /** A field that is there once. */
  public static String field(String name, int number, String type) {
    String known =
        type.startsWith(".") ? "type: TYPE_MESSAGE type_name: '" + type + "'" : "type: " + type;
    return "field { name: '"
        + name
        + "' number: "
        + number
        + " label: LABEL_OPTIONAL "
        + known
        + " } ";
  }

  public static byte[] set(FileDescriptorProto... files) {
    return FileDescriptorSet.newBuilder().addAllFile(List.of(files)).build().toByteArray();
  }
}
