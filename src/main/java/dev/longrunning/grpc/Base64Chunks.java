package dev.longrunning.grpc;

import dev.longrunning.operation.Problem;
import java.util.Arrays;
import java.util.Base64;

/**
 * The text form of a gRPC-Web body: base64, possibly in several pieces that each end in padding,
 * since clients encode what they have whenever they write.
 */
final class Base64Chunks {
  private static final int QUANTUM = 4;

  private Base64Chunks() {}

  /** Decodes all pieces, or throws a {@link Problem}. */
  static byte[] decoded(byte[] text) {
    try {
      var bytes = new byte[text.length / QUANTUM * (QUANTUM - 1) + QUANTUM];
      int length = 0;
      for (int from = 0; from < text.length; ) {
        int to = pieceEnd(text, from);
        var piece = Base64.getDecoder().decode(Arrays.copyOfRange(text, from, to));
        System.arraycopy(piece, 0, bytes, length, piece.length);
        length += piece.length;
        from = to;
      }
      return Arrays.copyOf(bytes, length);
    } catch (IllegalArgumentException e) {
      throw Problem.invalid("body", text.length + " bytes that are not", "base64");
    }
  }

  /** After the padding that ends the piece; pieces are whole groups of four characters. */
  private static int pieceEnd(byte[] text, int from) {
    for (int i = from + QUANTUM - 1; i < text.length; i += QUANTUM) {
      if (text[i] == '=') {
        return i + 1;
      }
    }
    return text.length;
  }
}
