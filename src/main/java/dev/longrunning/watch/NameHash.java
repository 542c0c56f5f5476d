package dev.longrunning.watch;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.random.RandomGenerator;

/** SipHash-2-4: 64 bits that nobody can aim at without the key. */
final class NameHash {
  private final long key0;
  private final long key1;

  /** One with a key of its own. */
  NameHash(RandomGenerator random) {
    this(random.nextLong(), random.nextLong());
  }

  NameHash(long key0, long key1) {
    this.key0 = key0;
    this.key1 = key1;
  }

  long of(String name) {
    return of(name.getBytes(StandardCharsets.UTF_8));
  }

  long of(byte[] bytes) {
    var state = new Mixed(key0, key1);
    var in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    while (in.remaining() >= Long.BYTES) {
      state.word(in.getLong());
    }
    long last = (long) bytes.length << 56;
    for (int shift = 0; in.hasRemaining(); shift += Byte.SIZE) {
      last |= (in.get() & 0xffL) << shift;
    }
    state.word(last);
    return state.end();
  }

  private static final class Mixed {
    private long a;
    private long b;
    private long c;
    private long d;

    Mixed(long key0, long key1) {
      a = key0 ^ 0x736f6d6570736575L;
      b = key1 ^ 0x646f72616e646f6dL;
      c = key0 ^ 0x6c7967656e657261L;
      d = key1 ^ 0x7465646279746573L;
    }

    void word(long word) {
      d ^= word;
      round();
      round();
      a ^= word;
    }

    long end() {
      c ^= 0xff;
      round();
      round();
      round();
      round();
      return a ^ b ^ c ^ d;
    }

    private void round() {
      a += b;
      b = Long.rotateLeft(b, 13) ^ a;
      a = Long.rotateLeft(a, 32);
      c += d;
      d = Long.rotateLeft(d, 16) ^ c;
      a += d;
      d = Long.rotateLeft(d, 21) ^ a;
      c += b;
      b = Long.rotateLeft(b, 17) ^ c;
      c = Long.rotateLeft(c, 32);
    }
  }
}
