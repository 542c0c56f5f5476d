package dev.longrunning.types;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.EnumDescriptorProto;
import com.google.protobuf.DescriptorProtos.EnumOptions;
import com.google.protobuf.DescriptorProtos.EnumValueDescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldOptions;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileOptions;
import com.google.protobuf.DescriptorProtos.MessageOptions;
import com.google.protobuf.DescriptorProtos.OneofDescriptorProto;

/**
 * A file reduced to what tells how its messages look as bytes and as JSON.
 *
 * <p><b>Promise.</b> Services, comments, extensions, reserved names and all options that change
 * neither form are gone: two versions of a file that differ in these only are equal.
 */
final class SlimFile {
  private SlimFile() {}

  static FileDescriptorProto of(FileDescriptorProto file) {
    var slim =
        FileDescriptorProto.newBuilder()
            .setName(file.getName())
            .setPackage(file.getPackage())
            .addAllDependency(file.getDependencyList())
            .addAllPublicDependency(file.getPublicDependencyList());
    if (file.hasSyntax() && !file.getSyntax().equals("proto2")) {
      slim.setSyntax(file.getSyntax());
    }
    if (file.hasEdition()) {
      slim.setEdition(file.getEdition());
    }
    if (file.getOptions().hasFeatures()) {
      slim.setOptions(FileOptions.newBuilder().setFeatures(file.getOptions().getFeatures()));
    }
    file.getMessageTypeList().forEach(type -> slim.addMessageType(message(type)));
    file.getEnumTypeList().forEach(type -> slim.addEnumType(enumeration(type)));
    return slim.build();
  }

  private static DescriptorProto message(DescriptorProto type) {
    var slim = DescriptorProto.newBuilder().setName(type.getName());
    type.getFieldList().forEach(field -> slim.addField(field(field)));
    type.getNestedTypeList().forEach(nested -> slim.addNestedType(message(nested)));
    type.getEnumTypeList().forEach(nested -> slim.addEnumType(enumeration(nested)));
    type.getOneofDeclList().forEach(oneof -> slim.addOneofDecl(oneof(oneof)));
    var options = MessageOptions.newBuilder();
    if (type.getOptions().getMapEntry()) {
      options.setMapEntry(true);
    }
    if (type.getOptions().getMessageSetWireFormat()) {
      options.setMessageSetWireFormat(true);
    }
    if (type.getOptions().hasFeatures()) {
      options.setFeatures(type.getOptions().getFeatures());
    }
    var kept = options.build();
    return kept.equals(MessageOptions.getDefaultInstance())
        ? slim.build()
        : slim.setOptions(kept).build();
  }

  private static FieldDescriptorProto field(FieldDescriptorProto field) {
    var slim = field.toBuilder().clearOptions().clearExtendee();
    if (field.getJsonName().equals(jsonName(field.getName()))) {
      slim.clearJsonName();
    }
    var options = FieldOptions.newBuilder();
    if (field.getOptions().hasPacked()) {
      options.setPacked(field.getOptions().getPacked());
    }
    if (field.getOptions().hasFeatures()) {
      options.setFeatures(field.getOptions().getFeatures());
    }
    var kept = options.build();
    return kept.equals(FieldOptions.getDefaultInstance())
        ? slim.build()
        : slim.setOptions(kept).build();
  }

  /** What a field is called in JSON unless its file says otherwise. */
  static String jsonName(String name) {
    var json = new StringBuilder(name.length());
    boolean upper = false;
    for (int i = 0; i < name.length(); i++) {
      char each = name.charAt(i);
      if (each != '_') {
        json.append(upper && each >= 'a' && each <= 'z' ? (char) (each - 'a' + 'A') : each);
      }
      upper = each == '_';
    }
    return json.toString();
  }

  private static OneofDescriptorProto oneof(OneofDescriptorProto oneof) {
    return OneofDescriptorProto.newBuilder().setName(oneof.getName()).build();
  }

  private static EnumDescriptorProto enumeration(EnumDescriptorProto type) {
    var slim = EnumDescriptorProto.newBuilder().setName(type.getName());
    for (var value : type.getValueList()) {
      slim.addValue(
          EnumValueDescriptorProto.newBuilder()
              .setName(value.getName())
              .setNumber(value.getNumber()));
    }
    if (type.getOptions().getAllowAlias()) {
      slim.setOptions(EnumOptions.newBuilder().setAllowAlias(true));
    }
    if (type.getOptions().hasFeatures()) {
      slim.getOptionsBuilder().setFeatures(type.getOptions().getFeatures());
    }
    return slim.build();
  }
}
