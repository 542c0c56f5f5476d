package dev.longrunning.pages;

import com.google.protobuf.Descriptors.Descriptor;
import dev.longrunning.pages.Block.Fold;
import dev.longrunning.pages.Block.Listing;
import dev.longrunning.pages.Block.Paragraph;
import dev.longrunning.pages.Block.Table;
import dev.longrunning.types.TypeLookup;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The types of messages that operations of a service carry, with their fields where they are known.
 *
 * <p><b>Bounds.</b> {@value #TYPES_MAX} types; of each what {@link MessageFields} shows.
 */
final class TypesSection {
  /** With as many results 25,600 rows, some 6 MiB. The most that a shipped profile has is 74. */
  static final int TYPES_MAX = 128;

  /** So many are all shown at once. */
  private static final int OPEN_MAX = 2;

  private static final String NAMES =
      "Fields as the proto names them; JSON has the same in camel case. Types without a package are of"
          + " the message's own.";
  private static final String UNKNOWN =
      "What is not known is shown in JSON as base64. Known are the types of"
          + " descriptor sets in the directory types.directory, which is looked at every few"
          + " seconds. A set is made so:";
  private static final String STARTING =
      "The server starts, and is still reading its message types: ask again in a moment.";
  private static final String COMPILE =
      "protoc --include_imports --descriptor_set_out=conf/types/NAME.binpb FILE.proto";

  private TypesSection() {}

  static Section metadata(List<String> names, Optional<TypeLookup> types) {
    return new Section("metadata", "Metadata types", blocks(names, types));
  }

  static Section responses(List<String> names, Optional<TypeLookup> types) {
    return new Section("responses", "Result types", blocks(names, types));
  }

  private static List<Block> blocks(List<String> names, Optional<TypeLookup> types) {
    if (names.isEmpty()) {
      return List.of(Paragraph.of("The service's file names none: any will do."));
    }
    var shown = names.subList(0, Math.min(names.size(), TYPES_MAX));
    var blocks = new ArrayList<Block>();
    if (types.isEmpty()) {
      blocks.add(Paragraph.of(STARTING));
      blocks.add(new Listing(shown));
    } else {
      blocks.addAll(described(shown, types.get()));
    }
    if (names.size() > shown.size()) {
      blocks.add(Paragraph.of(Words.number(names.size() - shown.size()) + " more in the file."));
    }
    return blocks;
  }

  private static List<Block> described(List<String> names, TypeLookup types) {
    var known = new ArrayList<Block>();
    var unknown = new ArrayList<Block>();
    for (String name : names) {
      var type = types.find(name);
      if (type == null) {
        unknown.add(new Paragraph(Line.ofCode(name).and(" is not known to this server.")));
      } else {
        known.add(fold(name, type, names.size() <= OPEN_MAX));
      }
    }
    if (!unknown.isEmpty()) {
      unknown.add(Paragraph.of(UNKNOWN));
      unknown.add(new Listing(List.of(COMPILE)));
    }
    if (!known.isEmpty()) {
      known.add(0, Paragraph.of(NAMES));
    }
    known.addAll(unknown);
    return known;
  }

  private static Block fold(String name, Descriptor type, boolean open) {
    int count = type.getFields().size();
    var summary = Line.ofCode(name).and(" " + Words.counted(count, "field", "fields"));
    Block fields =
        count == 0
            ? Paragraph.of("It has no fields.")
            : new Table(MessageFields.COLUMNS, MessageFields.of(type));
    return new Fold(summary, open, List.of(fields));
  }
}
