package dev.longrunning.types;

import static dev.longrunning.types.Sets.field;
import static dev.longrunning.types.Sets.file;
import static dev.longrunning.types.Sets.set;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.Timestamp;
import dev.longrunning.demo.v1.ChecksumFolderMetadata;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TypeSourcesTest {
  private static final String INT = "TYPE_INT64";
  private static final FileDescriptorProto PART =
      file(
          "acme/part.proto",
          "package: 'acme' message_type { name: 'Part' " + field("size", 1, INT) + "}");
  private static final FileDescriptorProto COPY =
      file(
          "acme/copy.proto",
          "package: 'acme' dependency: 'acme/part.proto' dependency: 'google/protobuf/timestamp.proto'"
              + " message_type { name: 'Copy' "
              + field("part", 1, ".acme.Part")
              + field("at", 2, ".google.protobuf.Timestamp")
              + "}");

  @TempDir Path temp;

  private void write(String name, byte[] content) throws Exception {
    Files.write(temp.resolve(name), content);
  }

  private Types read() throws TypesFault {
    return new TypeSources(temp, false, List.of()).read();
  }

  private List<String> faults() {
    var fault = catchThrowableOfType(TypesFault.class, this::read);
    assertThat(fault).isNotNull();
    return fault.lines();
  }

  @Test
  void an_empty_directory_adds_nothing_to_what_is_built_in_and_shipped() throws Exception {
    assertThat(read().find("type.googleapis.com/google.rpc.ErrorInfo")).isPresent();
    assertThat(read().find("type.googleapis.com/google.longrunning.Operation")).isPresent();
    assertThat(read().find("type.googleapis.com/acme.Copy")).isEmpty();
    assertThat(read().find("google.rpc.ErrorInfo")).isEmpty();
  }

  @Test
  void files_of_the_program_are_known_too() throws Exception {
    var own = List.of(ChecksumFolderMetadata.getDescriptor().getFile());

    var types = new TypeSources(temp, false, own).read();

    assertThat(types.find("x/longrunning.demo.v1.ChecksumFolderMetadata"))
        .contains(ChecksumFolderMetadata.getDescriptor());
  }

  @ParameterizedTest
  @ValueSource(strings = {"a.binpb", "a.pb", "a.desc", "a.protoset"})
  void sets_are_found_by_their_ending(String name) throws Exception {
    write(name, set(PART));

    assertThat(read().find("type.googleapis.com/acme.Part")).isPresent();
  }

  @ParameterizedTest
  @ValueSource(strings = {".a.binpb", "..data", "a.proto", "README", "binpb", "a.binpb~"})
  void other_files_are_left_alone(String name) throws Exception {
    write(name, new byte[] {1});
    Files.createDirectory(temp.resolve("folder.binpb"));

    assertThat(read().count())
        .isEqualTo(new TypeSources(temp.resolve("none"), true, List.of()).read().count());
  }

  @Test
  void a_set_may_use_what_is_built_in_and_what_other_sets_have() throws Exception {
    write("b-part.binpb", set(PART));
    write("a-copy.binpb", set(COPY));

    var types = read();

    var copy = types.find("type.googleapis.com/acme.Copy").orElseThrow();
    assertThat(copy.findFieldByName("at").getMessageType()).isEqualTo(Timestamp.getDescriptor());
    assertThat(types.find("type.googleapis.com/acme.Part"))
        .contains(copy.findFieldByName("part").getMessageType());
  }

  @Test
  void the_same_file_in_several_sets_is_one() throws Exception {
    write("a.binpb", set(PART));
    write("b.binpb", set(PART, COPY));

    assertThat(read().find("type.googleapis.com/acme.Copy")).isPresent();
  }

  @Test
  void comments_options_services_and_spelled_out_names_make_no_difference() throws Exception {
    var other = PART.toBuilder();
    other.getOptionsBuilder().setGoPackage("acme.example.com/part");
    other.getSourceCodeInfoBuilder().addLocationBuilder().setLeadingComments("c");
    other.addServiceBuilder().setName("Parts");
    other.addDependency("google/api/annotations.proto");
    other
        .getMessageTypeBuilder(0)
        .getFieldBuilder(0)
        .setJsonName("size")
        .getOptionsBuilder()
        .setDeprecated(true);
    write("a.binpb", set(PART));
    write("b.binpb", set(other.build()));

    assertThat(read().find("type.googleapis.com/acme.Part")).isPresent();
  }

  @ParameterizedTest
  @ValueSource(strings = {"a.binpb", "c.binpb"})
  void of_two_versions_the_one_that_has_all_of_the_other_counts(String name) throws Exception {
    var grown = PART.toBuilder();
    grown
        .getMessageTypeBuilder(0)
        .addFieldBuilder()
        .setName("more")
        .setNumber(2)
        .setType(com.google.protobuf.DescriptorProtos.FieldDescriptorProto.Type.TYPE_STRING);
    write("b.binpb", set(PART));
    write(name, set(grown.build()));

    var part = read().find("type.googleapis.com/acme.Part").orElseThrow();

    assertThat(part.findFieldByName("more")).isNotNull();
  }

  @Test
  void two_versions_that_contradict_each_other_are_a_fault_of_both() throws Exception {
    write("a.binpb", set(PART));
    write(
        "b.binpb",
        set(
            file(
                "acme/part.proto",
                "package: 'acme' message_type { name: 'Part' "
                    + field("size", 1, "TYPE_STRING")
                    + "}")));

    assertThat(faults())
        .containsExactly(
            "types.directory: got "
                + temp.resolve("b.binpb")
                + " and "
                + temp.resolve("a.binpb")
                + ", whose acme/part.proto differ at Part.size, allowed one version of a proto file");
  }

  @Test
  void a_type_that_two_files_define_is_a_fault() throws Exception {
    write("a.binpb", set(PART, PART.toBuilder().setName("proto/acme/part.proto").build()));
    write(
        "b.binpb", set(file("my.proto", "package: 'google.rpc' message_type { name: 'Status' }")));

    String b = temp.resolve("b.binpb").toString();
    String a = temp.resolve("a.binpb").toString();
    assertThat(faults())
        .containsExactly(
            "types.directory: got "
                + a
                + ": proto/acme/part.proto defines acme.Part, and so does"
                + " acme/part.proto of "
                + a
                + ", allowed one definition of a type",
            "types.directory: got "
                + b
                + ": my.proto defines google.rpc.Status, and so does"
                + " google/rpc/status.proto, which is built in, allowed one definition of a type");
  }

  @Test
  void an_import_that_is_missing_is_named() throws Exception {
    write("a.binpb", set(COPY));

    assertThat(faults())
        .containsExactly(
            "types.directory: got "
                + temp.resolve("a.binpb")
                + ": acme/copy.proto needs acme.Part of its import acme/part.proto, allowed sets that"
                + " have all imports, as protoc --include_imports writes them");
  }

  @Test
  void an_import_that_only_options_need_may_be_missing() throws Exception {
    write("a.binpb", set(PART.toBuilder().addDependency("acme/options.proto").build()));

    assertThat(read().find("type.googleapis.com/acme.Part")).isPresent();
  }

  @Test
  void what_is_built_in_stays_as_it_is() throws Exception {
    write(
        "a.binpb",
        set(
            file(
                "google/protobuf/timestamp.proto",
                "package: 'google.protobuf' message_type { name: 'Timestamp' }"),
            PART,
            COPY));

    assertThat(read().find("x/google.protobuf.Timestamp")).contains(Timestamp.getDescriptor());
  }

  @Test
  void files_that_need_each_other_are_a_fault() throws Exception {
    write(
        "a.binpb",
        set(
            file("a.proto", "message_type { name: 'A' " + field("b", 1, ".B") + "}"),
            file("b.proto", "message_type { name: 'B' " + field("a", 1, ".A") + "}")));

    assertThat(faults())
        .singleElement()
        .asString()
        .contains("a.binpb: a.proto needs itself by way of its imports");
  }

  @Test
  void a_set_that_does_not_hold_together_is_a_fault() throws Exception {
    write(
        "a.binpb",
        set(
            file(
                "a.proto",
                "message_type { name: 'A' " + field("x", 1, INT) + field("x", 2, INT) + "}")));
    write(
        "b.binpb",
        set(file("b.proto", "syntax: 'editions' edition: EDITION_MAX message_type { name: 'B' }")));

    assertThat(faults()).hasSize(2).allMatch(line -> line.contains("does not hold together"));
  }

  @Test
  void every_file_that_is_no_set_is_named() throws Exception {
    write("a.binpb", new byte[0]);
    write("b.binpb", "syntax = \"proto3\";".getBytes(java.nio.charset.StandardCharsets.UTF_8));
    write("c.binpb", new byte[] {10, 2, 42, 0});

    assertThat(faults())
        .hasSize(3)
        .allMatch(
            line ->
                line.endsWith(
                    "allowed a FileDescriptorSet, as protoc --descriptor_set_out writes it"));
    assertThat(faults().get(0))
        .startsWith("types.directory: got " + temp.resolve("a.binpb") + ", which names no file");
  }

  @Test
  void a_name_that_would_break_json_is_a_fault() throws Exception {
    String odd =
        "message_type { name: 'A' nested_type { name: 'B' field { name: 'x' number: 1 label: LABEL_OPTIONAL type: TYPE_INT32 json_name: 'a\\\"b' } } }";
    write("a.binpb", set(file("a.proto", odd)));

    assertThat(faults())
        .containsExactly(
            "types.directory: got "
                + temp.resolve("a.binpb")
                + ": a.proto, json_name a\"b, allowed names without quotes, backslashes and control"
                + " characters");
  }

  @Test
  void a_file_of_extensions_and_groups_of_proto2_does_no_harm() throws Exception {
    write(
        "a.binpb",
        set(
            file(
                "a.proto",
                "syntax: 'proto2' message_type { name: 'A' extension_range { start: 100 end: 200 }"
                    + " nested_type { name: 'G' "
                    + field("x", 1, INT)
                    + "}"
                    + " field { name: 'g' number: 2 label: LABEL_OPTIONAL type: TYPE_GROUP type_name: '.A.G' } }"
                    + " message_type { name: 'S' options { message_set_wire_format: true } extension_range { start: 4 end: 2147483647 } }"
                    + " extension { name: 'e' number: 101 label: LABEL_OPTIONAL type: TYPE_INT64 extendee: '.A' }")));

    var type = read().find("x/A").orElseThrow();

    assertThat(DynamicMessage.parseFrom(type, new byte[] {(byte) 0xa8, 6, 1}).toByteArray())
        .hasSize(3);
    assertThat(read().find("x/S")).isPresent();
  }

  @Test
  void a_directory_that_is_missing_is_a_fault_unless_nobody_asked_for_it() throws Exception {
    var none = temp.resolve("none");

    var fault =
        catchThrowableOfType(
            TypesFault.class, () -> new TypeSources(none, false, List.of()).read());

    assertThat(fault.lines())
        .containsExactly(
            "types.directory: got " + none + ", allowed a directory that exists and can be read");
    assertThat(new TypeSources(none, true, List.of()).read().find("x/google.rpc.Status"))
        .isPresent();
  }

  @Test
  void a_file_in_the_place_of_the_directory_is_a_fault() throws Exception {
    write("x", new byte[0]);

    var fault =
        catchThrowableOfType(
            TypesFault.class, () -> new TypeSources(temp.resolve("x"), true, List.of()).read());

    assertThat(fault.lines()).hasSize(1);
  }

  @Test
  void there_are_at_most_so_many_sets() throws Exception {
    for (int i = 0; i < TypeSources.SETS_MAX; i++) {
      write(i + ".binpb", set(PART));
    }
    assertThat(read().find("x/acme.Part")).isPresent();

    write("more.binpb", set(PART));

    assertThat(faults())
        .containsExactly(
            "types.directory: got " + temp + " with more, allowed at most 256 descriptor sets");
  }

  @Test
  void a_set_is_at_most_so_long() throws Exception {
    var padded = new byte[TypeSources.SET_BYTES_MAX];
    var tail = set(PART);
    // An unknown field of the length that is missing, then the file.
    var head =
        com.google.protobuf.UnknownFieldSet.newBuilder()
            .addField(
                15,
                com.google.protobuf.UnknownFieldSet.Field.newBuilder()
                    .addLengthDelimited(
                        com.google.protobuf.ByteString.copyFrom(
                            new byte[padded.length - tail.length - 5]))
                    .build())
            .build()
            .toByteArray();
    assertThat(head.length + tail.length).isEqualTo(padded.length);
    System.arraycopy(head, 0, padded, 0, head.length);
    System.arraycopy(tail, 0, padded, head.length, tail.length);
    write("a.binpb", padded);
    assertThat(read().find("x/acme.Part")).isPresent();

    write("a.binpb", java.util.Arrays.copyOf(padded, padded.length + 1));

    assertThat(faults())
        .containsExactly(
            "types.directory: got "
                + temp.resolve("a.binpb")
                + ", longer, allowed at most 16777216 bytes");
  }

  private static int shipped() throws TypesFault {
    int types = 0;
    for (var set : ShippedTypes.read().entrySet()) {
      for (var file : TypeSet.parse(set.getKey(), set.getValue()).files()) {
        types += FileNames.of(file).messages();
      }
    }
    return types;
  }

  @Test
  void there_are_at_most_so_many_types() throws Exception {
    var many = FileDescriptorProto.newBuilder().setName("many.proto");
    int free = Linker.TYPES_MAX - shipped();
    for (int i = 0; i < free; i++) {
      many.addMessageTypeBuilder().setName("M" + i);
    }
    write("a.binpb", set(many.build()));
    assertThat(read().find("x/M0")).isPresent();

    write("b.binpb", set(PART));

    assertThat(faults())
        .containsExactly(
            "types.directory: got "
                + temp.resolve("b.binpb")
                + " with more, allowed at most 50000 message types in all sets");
  }

  @Test
  void there_are_at_most_so_many_proto_files() throws Exception {
    var many = com.google.protobuf.DescriptorProtos.FileDescriptorSet.newBuilder();
    for (int i = 0; i <= Linker.FILES_MAX; i++) {
      many.addFileBuilder().setName(i + ".proto");
    }
    write("a.binpb", many.build().toByteArray());

    assertThat(faults())
        .containsExactly(
            "types.directory: got "
                + temp.resolve("a.binpb")
                + " with more, allowed at most 10000 proto files in all sets");
  }

  @Property(tries = 300)
  void a_damaged_set_is_a_fault_or_harmless(
      @ForAll("sets") byte[] set, @ForAll @Size(min = 1, max = 8) List<Integer> damage) {
    byte[] damaged = set.clone();
    for (int each : damage) {
      damaged[Math.floorMod(each, damaged.length)] ^= (byte) (1 << Math.floorMod(each, 8));
    }

    try {
      var types = new Linker(BuiltInTypes.FILES).link(List.of(TypeSet.parse("damaged", damaged)));
      assertThat(types.count()).isPositive();
    } catch (TypesFault fault) {
      assertThat(fault.lines()).isNotEmpty().allMatch(line -> line.contains(", allowed "));
    }
  }

  @Provide
  Arbitrary<byte[]> sets() throws Exception {
    return Arbitraries.of(List.copyOf(ShippedTypes.read().values()));
  }

  @Test
  void a_change_of_the_directory_is_seen_from_outside() throws Exception {
    var sources = new TypeSources(temp, false, List.of());
    write("a.binpb", set(PART));
    var first = sources.look();
    assertThat(sources.look()).isEqualTo(first);

    Files.setLastModifiedTime(temp.resolve("a.binpb"), FileTime.fromMillis(1));
    var touched = sources.look();
    write("b.binpb", set(COPY));
    var more = sources.look();
    Files.delete(temp.resolve("b.binpb"));

    assertThat(touched).isNotEqualTo(first);
    assertThat(more).isNotEqualTo(touched);
    assertThat(sources.look()).isEqualTo(touched);
  }
}
