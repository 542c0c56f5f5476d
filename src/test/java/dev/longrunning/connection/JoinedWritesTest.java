package dev.longrunning.connection;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

@SuppressWarnings(
    "FutureReturnValueIgnored") // What becomes of a write is looked at where it matters.
final class JoinedWritesTest {
  private final EmbeddedChannel channel = new EmbeddedChannel(new JoinedWrites());

  @AfterEach
  void close() {
    channel.finishAndReleaseAll();
  }

  @Test
  void what_is_written_before_a_flush_leaves_as_one() {
    write("a");
    write("");
    write("bc");
    assertThat(left()).isEmpty();

    channel.flush();

    assertThat(left()).containsExactly("abc");
  }

  @Test
  void every_write_is_told_once_it_has_left() {
    var one = write("a");
    var other = write("b");
    assertThat(one.isDone()).isFalse();

    channel.flush();

    assertThat(one.isSuccess()).isTrue();
    assertThat(other.isSuccess()).isTrue();
  }

  @Test
  void a_write_that_nobody_asks_about_leaves_too() {
    channel.write(bytes("a"), channel.voidPromise());
    channel.write(bytes("b"), channel.voidPromise());
    channel.flush();

    assertThat(left()).containsExactly("ab");
  }

  @Test
  void a_large_piece_keeps_its_place_and_is_not_copied() {
    var large = Unpooled.copiedBuffer("x".repeat(JoinedWrites.PIECE_BYTES_MAX + 1), UTF_8);
    write("a");
    channel.write(large);
    write("b");
    channel.flush();

    assertThat(next()).isEqualTo(bytes("a"));
    assertThat(next()).isSameAs(large);
    assertThat(left()).containsExactly("b");
    large.release();
  }

  @Test
  void what_is_no_bytes_keeps_its_place() {
    write("a");
    channel.write("object");
    channel.flush();

    assertThat(next()).isEqualTo(bytes("a"));
    assertThat(next()).isEqualTo("object");
  }

  @Test
  void never_holds_back_more_than_its_bound() {
    var piece = "x".repeat(JoinedWrites.PIECE_BYTES_MAX);
    int pieces = 3 * JoinedWrites.BYTES_MAX / piece.length() + 1;
    for (int i = 0; i < pieces; i++) {
      write(piece);
    }
    channel.flush();

    var all = left();
    assertThat(all).allMatch(each -> each.length() <= JoinedWrites.BYTES_MAX);
    assertThat(String.join("", all)).hasSize(pieces * piece.length());
    assertThat(all).hasSizeLessThan(6);
  }

  @Test
  void pieces_are_given_back() {
    var piece = bytes("a");
    channel.write(piece);

    assertThat(piece.refCnt()).isZero();
  }

  @Test
  void a_close_takes_what_was_written_before_along() {
    var written = write("a");

    channel.close();

    assertThat(written.isDone()).isTrue();
  }

  @Test
  void a_write_that_fails_says_so_to_everyone() {
    var one = write("a");
    var other = write("b");

    channel.pipeline().remove(JoinedWrites.class);
    channel.close();

    assertThat(one.cause()).isNotNull();
    assertThat(other.cause()).isNotNull();
  }

  private ChannelFuture write(String text) {
    return channel.write(bytes(text));
  }

  private static ByteBuf bytes(String text) {
    return Unpooled.copiedBuffer(text, UTF_8);
  }

  private Object next() {
    return channel.readOutbound();
  }

  private List<String> left() {
    var all = new ArrayList<String>();
    for (ByteBuf next = channel.readOutbound(); next != null; next = channel.readOutbound()) {
      all.add(next.toString(UTF_8));
      next.release();
    }
    return all;
  }
}
