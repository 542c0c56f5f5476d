package dev.longrunning.types;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * The types that a file defines and those that its fields are of, by full name.
 *
 * @param messages of those defined, how many are messages
 * @param used as they are written, so with a dot before a full name
 */
record FileNames(Set<String> defined, int messages, Set<String> used) {
  static FileNames of(FileDescriptorProto file) {
    var defined = new LinkedHashSet<String>();
    var used = new LinkedHashSet<String>();
    String prefix = file.getPackage().isEmpty() ? "" : file.getPackage() + '.';
    int messages = 0;
    for (var type : file.getMessageTypeList()) {
      messages += walk(type, prefix, defined, used);
    }
    file.getEnumTypeList().forEach(type -> defined.add(prefix + type.getName()));
    return new FileNames(defined, messages, used);
  }

  /** Answers how many messages it has, itself included. */
  private static int walk(
      DescriptorProto type, String prefix, Set<String> defined, Set<String> used) {
    String name = prefix + type.getName();
    defined.add(name);
    for (var field : type.getFieldList()) {
      if (field.hasTypeName()) {
        used.add(field.getTypeName());
      }
    }
    type.getEnumTypeList().forEach(nested -> defined.add(name + '.' + nested.getName()));
    int messages = 1;
    for (var nested : type.getNestedTypeList()) {
      messages += walk(nested, name + '.', defined, used);
    }
    return messages;
  }
}
