package dev.longrunning.types;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.longrunning.operation.Problem;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * One descriptor set, as {@code protoc --descriptor_set_out} and {@code buf build} write it.
 *
 * @param source the file that it stands in, for people
 * @param files reduced to what tells how messages look, see {@link SlimFile}
 */
record TypeSet(String source, List<FileDescriptorProto> files) {
  private static final String ALLOWED =
      "a FileDescriptorSet, as protoc --descriptor_set_out writes it";

  private static final Pattern ODD = Pattern.compile("[\"\\\\\\p{Cntrl}]");

  TypeSet {
    files = List.copyOf(files);
  }

  /** One that is known to be slim: the start does not take the time. */
  static TypeSet slim(String source, byte[] bytes) throws TypesFault {
    return new TypeSet(source, read(source, bytes).getFileList());
  }

  private static FileDescriptorSet read(String source, byte[] bytes) throws TypesFault {
    try {
      return FileDescriptorSet.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      throw TypesFault.of(source, ", which is none (" + TypesFault.said(e) + ")", ALLOWED);
    }
  }

  static TypeSet parse(String source, byte[] bytes) throws TypesFault {
    FileDescriptorSet set = read(source, bytes);
    // Much that is no set can be read as one without files, or with nameless ones.
    if (set.getFileList().stream().noneMatch(FileDescriptorProto::hasName)) {
      throw TypesFault.of(source, ", which names no file", ALLOWED);
    }
    for (var file : set.getFileList()) {
      var odd = file.getMessageTypeList().stream().flatMap(TypeSet::oddNames).findFirst();
      if (odd.isPresent()) {
        throw TypesFault.of(
            source,
            ": " + Problem.shown(file.getName()) + ", json_name " + Problem.shown(odd.get()),
            "names without quotes, backslashes and control characters");
      }
    }
    return new TypeSet(source, set.getFileList().stream().map(SlimFile::of).toList());
  }

  /** They are printed as they are, and would end the string that they stand in. */
  private static Stream<String> oddNames(DescriptorProto type) {
    return Stream.concat(
        type.getFieldList().stream()
            .map(FieldDescriptorProto::getJsonName)
            .filter(name -> ODD.matcher(name).find()),
        type.getNestedTypeList().stream().flatMap(TypeSet::oddNames));
  }
}
