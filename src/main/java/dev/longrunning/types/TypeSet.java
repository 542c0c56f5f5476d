package dev.longrunning.types;

import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.InvalidProtocolBufferException;
import java.util.List;

/**
 * One descriptor set, as {@code protoc --descriptor_set_out} and {@code buf build} write it.
 *
 * @param source the file that it stands in, for people
 * @param files reduced to what tells how messages look, see {@link SlimFile}
 */
record TypeSet(String source, List<FileDescriptorProto> files) {
  private static final String ALLOWED =
      "a FileDescriptorSet, as protoc --descriptor_set_out writes it";

  TypeSet {
    files = List.copyOf(files);
  }

  static TypeSet parse(String source, byte[] bytes) throws TypesFault {
    FileDescriptorSet set;
    try {
      set = FileDescriptorSet.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      throw TypesFault.of(source, ", which is none (" + TypesFault.said(e) + ")", ALLOWED);
    }
    // Much that is no set can be read as one without files, or with nameless ones.
    if (set.getFileList().stream().noneMatch(FileDescriptorProto::hasName)) {
      throw TypesFault.of(source, ", which names no file", ALLOWED);
    }
    return new TypeSet(source, set.getFileList().stream().map(SlimFile::of).toList());
  }
}
