package dev.longrunning.bench;

import com.google.longrunning.Operation;
import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.BytesValue;
import java.nio.ByteBuffer;
import java.util.Random;

/** The states that are stored everywhere: {@value #STATE_BYTES} bytes, the same for each peer. */
public final class Hot {
  public static final String NAME = "projects/a/operations/hot";

  /** As large as the metadata of an export or a deployment. */
  public static final int STATE_BYTES = 288;

  private static final long MARK = 0x6c6f6e6772756e21L;
  private static final byte[] FILL = new byte[STATE_BYTES];

  static {
    new Random(1).nextBytes(FILL);
  }

  private Hot() {}

  public static Operation operation() {
    return Operation.newBuilder().setName(NAME).setMetadata(metadata(state(0))).build();
  }

  public static Any metadata(byte[] state) {
    return Any.pack(BytesValue.of(ByteString.copyFrom(state)));
  }

  /**
   * A state that says something, which {@link #said} finds again in whatever it is wrapped into.
   */
  public static byte[] state(long what) {
    byte[] state = FILL.clone();
    ByteBuffer.wrap(state).putLong(MARK).putLong(what);
    return state;
  }

  /** What the state in a message says; -1 if there is none in it. */
  public static long said(byte[] bytes, int offset, int length) {
    for (int i = offset; i + 16 <= offset + length; i++) {
      if (bytes[i] == 0x6c && isMark(bytes, i)) {
        return ByteBuffer.wrap(bytes, i + 8, 8).getLong();
      }
    }
    return -1;
  }

  private static boolean isMark(byte[] bytes, int at) {
    return ByteBuffer.wrap(bytes, at, 8).getLong() == MARK;
  }
}
