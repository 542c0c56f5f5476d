package dev.longrunning.watch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class NameHashTest {
  /** Of SipHash-2-4's authors: under the key 00 to 0f, of the bytes 00, 01, 02 …, none to 16. */
  private static final long[] REFERENCE = {
    0x726fdb47dd0e0e31L, 0x74f839c593dc67fdL, 0x0d6c8009d9a94f5aL, 0x85676696d7fb7e2dL,
    0xcf2794e0277187b7L, 0x18765564cd99a68dL, 0xcbc9466e58fee3ceL, 0xab0200f58b01d137L,
    0x93f5f5799a932462L, 0x9e0082df0ba9e4b0L, 0x7a5dbbc594ddb9f3L, 0xf4b32f46226bada7L,
    0x751e8fbc860ee5fbL, 0x14ea5627c0843d90L, 0xf723ca908e7af2eeL, 0xa129ca6149be45e5L,
    0x3f2acc7f57c29bdbL
  };

  @Test
  void it_is_siphash_2_4() {
    var hash = new NameHash(0x0706050403020100L, 0x0f0e0d0c0b0a0908L);

    for (int length = 0; length < REFERENCE.length; length++) {
      byte[] bytes = new byte[length];
      for (int i = 0; i < length; i++) {
        bytes[i] = (byte) i;
      }
      assertThat(hash.of(bytes)).as("of %s bytes", length).isEqualTo(REFERENCE[length]);
    }
  }

  @Test
  void nobody_can_aim_at_a_hash_without_its_key() {
    var random = new Random(1);
    var hashes = new HashSet<Long>();
    for (int i = 0; i < 1_000; i++) {
      hashes.add(new NameHash(random).of("projects/p/operations/o"));
    }

    assertThat(hashes).hasSize(1_000);
  }
}
