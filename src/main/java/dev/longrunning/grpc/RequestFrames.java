package dev.longrunning.grpc;

import dev.longrunning.operation.Bytes;
import dev.longrunning.operation.Problem;
import dev.longrunning.rpc.BodyBudget;
import io.vertx.core.buffer.Buffer;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The messages of a stream's requests, one after the other, out of parts that are cut anywhere.
 *
 * <p><b>Promise.</b> The same as of {@link RequestFrame}: anything but whole messages is a {@link
 * Problem} that says what came.
 *
 * <p><b>Bounds.</b> One part, and one message of {@link RequestFrame#MESSAGE_BYTES_MAX}, which
 * takes room as its bytes come and not as they are announced, and counts in the budget.
 */
final class RequestFrames {
  private static final byte[] NOTHING = {};
  private static final Buffer NO_PART = Buffer.buffer(0);
  private static final int FIRST_BYTES = 1_024;

  private final BodyBudget budget;
  private final String caller;
  private final @Nullable String encoding;

  private Buffer part = NO_PART;
  private int at;
  private int prefixBytes;
  private int flags;
  private long length;
  private byte[] message = NOTHING;
  private int filled;

  RequestFrames(BodyBudget budget, String caller, @Nullable String encoding) {
    this.budget = budget;
    this.caller = caller;
    this.encoding = encoding;
  }

  /** Adds what came next; what came before is used up: {@link #next} was empty. */
  void add(Buffer next) {
    part = next;
    at = 0;
  }

  /** The next message; empty: more has to come first. */
  Optional<Bytes> next() {
    while (prefixBytes < Framing.PREFIX_BYTES && at < part.length()) {
      readPrefix(part.getUnsignedByte(at));
      at++;
    }
    if (prefixBytes < Framing.PREFIX_BYTES) {
      return Optional.empty();
    }
    take((int) Math.min(length - filled, part.length() - at));
    if (filled < length) {
      part = NO_PART;
      at = 0;
      return Optional.empty();
    }
    return Optional.of(whole());
  }

  /** Whether some of a message has come, and not all of it. */
  boolean isPartial() {
    return prefixBytes > 0;
  }

  private void readPrefix(int octet) {
    if (prefixBytes == 0) {
      flags = octet;
      length = 0;
    } else {
      length = length << 8 | octet;
    }
    prefixBytes++;
    if (prefixBytes == Framing.PREFIX_BYTES) {
      checkPrefix();
    }
  }

  private void checkPrefix() {
    if (length > RequestFrame.MESSAGE_BYTES_MAX) {
      throw RequestFrame.tooLarge(length + " bytes");
    }
    if (flags > RequestFrame.COMPRESSED) {
      throw Problem.invalid("body", "message flags " + flags, "0 or 1");
    }
  }

  private void take(int bytes) {
    if (!budget.take(caller, bytes)) {
      throw Problem.overloaded("request bodies");
    }
    int needed = filled + bytes;
    if (needed > message.length) {
      int room = Math.max(needed, Math.max(FIRST_BYTES, 2 * message.length));
      message = Arrays.copyOf(message, (int) Math.min(length, room));
    }
    part.getBytes(at, at + bytes, message, filled);
    at += bytes;
    filled = needed;
  }

  private Bytes whole() {
    var content = message;
    boolean compressed = flags == RequestFrame.COMPRESSED;
    forget();
    return Bytes.of(compressed ? RequestFrame.decompressed(content, encoding) : content);
  }

  /** No more comes: throws {@link Problem} INVALID if that is within a message. */
  void end() {
    if (isPartial()) {
      String got =
          prefixBytes < Framing.PREFIX_BYTES
              ? prefixBytes + " bytes"
              : "a prefix of " + length + " bytes before " + filled;
      throw Problem.invalid("body", got, "whole messages");
    }
  }

  /** Lets go of what is held. */
  void drop() {
    part = NO_PART;
    at = 0;
    forget();
  }

  private void forget() {
    budget.give(caller, filled);
    message = NOTHING;
    filled = 0;
    prefixBytes = 0;
  }
}
