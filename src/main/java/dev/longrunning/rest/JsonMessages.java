package dev.longrunning.rest;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.TypeRegistry;
import com.google.protobuf.util.JsonFormat;
import dev.longrunning.operation.Problem;

/**
 * Messages to JSON and back, by {@code JsonFormat}.
 *
 * <p><b>Promise.</b> Every message can be printed: an Any whose type is not known, or whose bytes
 * are not of its type, appears as its type and base64, and an unknown type is parsed back from that
 * form. What cannot be parsed is {@link Problem} INVALID and names the field.
 *
 * <p><b>Threads.</b> Any.
 */
public final class JsonMessages {
  private final OpaqueAnys anys;
  private final JsonFormat.Printer printer;
  private final JsonFormat.Parser parser;
  private final StreamForms streams = new StreamForms(this);

  /**
   * Reads and writes the given types inside of Any.
   *
   * @param types see {@link JsonTypes#builtIn()}
   */
  public JsonMessages(TypeRegistry types) {
    this.anys = new OpaqueAnys(types);
    this.printer = JsonFormat.printer().usingTypeRegistry(types);
    this.parser = JsonFormat.parser().usingTypeRegistry(types);
  }

  /** How streams are written, on whatever event loop. */
  StreamForms streams() {
    return streams;
  }

  String print(Message message, JsonStyle style) {
    var styled = styled(style);
    try {
      return print(styled, anys.dressed(message, any -> true));
    } catch (InvalidProtocolBufferException | IllegalArgumentException e) {
      return printDoubtful(styled, message);
    }
  }

  /** Prints a message in which the bytes of some Any are not what its type says. */
  private String printDoubtful(JsonFormat.Printer styled, Message message) {
    try {
      return print(styled, anys.dressed(message, any -> isPrintable(styled, any)));
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException(
          "a " + message.getDescriptorForType().getFullName() + " that JSON cannot show", e);
    }
  }

  private String print(JsonFormat.Printer styled, Message dressed)
      throws InvalidProtocolBufferException {
    return anys.undressed(styled.print(dressed));
  }

  private static boolean isPrintable(JsonFormat.Printer styled, Message any) {
    try {
      styled.print(any);
      return true;
    } catch (InvalidProtocolBufferException | IllegalArgumentException e) {
      return false;
    }
  }

  private JsonFormat.Printer styled(JsonStyle style) {
    var styled = style.pretty() ? printer : printer.omittingInsignificantWhitespace();
    return style.enumNumbers() ? styled.printingEnumsAsInts() : styled;
  }

  /** Sets what a JSON object says; throws {@link Problem} INVALID naming the field at fault. */
  void merge(String json, Message.Builder builder) {
    var tree = StrictJson.object(json);
    boolean changed = new JsonFields(anys).check(tree, builder.getDescriptorForType());
    var fields = builder.getDefaultInstanceForType().newBuilderForType();
    try {
      parser.merge(changed ? tree.encode() : json, fields);
    } catch (InvalidProtocolBufferException | IllegalArgumentException e) {
      throw JsonFaults.locate(parser, tree, fields.getDefaultInstanceForType());
    }
    builder.mergeFrom(changed ? anys.undressed(fields.build()) : fields.build());
  }
}
