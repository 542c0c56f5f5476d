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
  /** What follows from the types that are known at one time. */
  private record Known(
      OpaqueAnys anys, JsonFormat.Printer printer, JsonFormat.Parser parser, StreamForms streams) {}

  private volatile Known known;

  /** Reads and writes the given types inside of Any. */
  public JsonMessages(TypeRegistry types) {
    this.known = known(types);
  }

  private Known known(TypeRegistry types) {
    return new Known(
        new OpaqueAnys(types),
        JsonFormat.printer().usingTypeRegistry(types),
        JsonFormat.parser().usingTypeRegistry(types),
        new StreamForms(this));
  }

  /**
   * Reads and writes these types from now on. A message is read or written by the types of one
   * time; what has been encoded for streams that are open stays as it is.
   */
  public void take(TypeRegistry types) {
    known = known(types);
  }

  /** How streams that begin now are written, on whatever event loop. */
  StreamForms streams() {
    return known.streams();
  }

  String print(Message message, JsonStyle style) {
    var now = known;
    var styled = styled(now.printer(), style);
    try {
      return print(now.anys(), styled, now.anys().dressed(message, any -> true));
    } catch (InvalidProtocolBufferException | IllegalArgumentException e) {
      return printDoubtful(now.anys(), styled, message);
    }
  }

  /** Prints a message in which the bytes of some Any are not what its type says. */
  private static String printDoubtful(OpaqueAnys anys, JsonFormat.Printer styled, Message message) {
    try {
      return print(anys, styled, anys.dressed(message, any -> isPrintable(styled, any)));
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException(
          "a " + message.getDescriptorForType().getFullName() + " that JSON cannot show", e);
    }
  }

  private static String print(OpaqueAnys anys, JsonFormat.Printer styled, Message dressed)
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

  private static JsonFormat.Printer styled(JsonFormat.Printer printer, JsonStyle style) {
    var styled = style.pretty() ? printer : printer.omittingInsignificantWhitespace();
    return style.enumNumbers() ? styled.printingEnumsAsInts() : styled;
  }

  /** Sets what a JSON object says; throws {@link Problem} INVALID naming the field at fault. */
  void merge(String json, Message.Builder builder) {
    var now = known;
    var tree = StrictJson.object(json);
    boolean changed = new JsonFields(now.anys()).check(tree, builder.getDescriptorForType());
    var fields = builder.getDefaultInstanceForType().newBuilderForType();
    try {
      now.parser().merge(changed ? tree.encode() : json, fields);
    } catch (InvalidProtocolBufferException | IllegalArgumentException e) {
      throw JsonFaults.locate(now.parser(), tree, fields.getDefaultInstanceForType());
    }
    builder.mergeFrom(changed ? now.anys().undressed(fields.build()) : fields.build());
  }
}
