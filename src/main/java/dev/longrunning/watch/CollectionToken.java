package dev.longrunning.watch;

import dev.longrunning.operation.KeyRing;
import dev.longrunning.operation.OperationKey;
import dev.longrunning.operation.PageToken;
import dev.longrunning.operation.Problem;
import dev.longrunning.operation.TokenSeal;
import dev.longrunning.operation.Visibility;
import dev.longrunning.store.Cursors;
import dev.longrunning.store.Epoch;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Where the watch of a collection goes on.
 *
 * <p><b>Promise.</b> Sealed, and bound to what is watched. It gives no authority of its own.
 *
 * @param epoch the history that it is of
 * @param place up to where the log was told
 * @param snapshot whether that is inside of a snapshot
 * @param passed the last operation of the snapshot that was sent; null: none
 * @param view what its caller could see, in a number
 */
record CollectionToken(
    UUID epoch, Place place, boolean snapshot, @Nullable PageToken passed, long view) {
  /** In characters: 16 cursors, a name of the greatest length and the rest, in base64. */
  static final int LENGTH_MAX = 1_280;

  private static final TokenSeal SEAL = new TokenSeal((byte) 2);
  private static final int SNAPSHOT = 1;
  private static final int PASSED = 2;
  private static final int VIEW = 4;
  private static final int BODY_MAX = 1_024;
  private static final int GROUP_BITS = 7;
  private static final int GROUP = (1 << GROUP_BITS) - 1;

  String encoded(KeyRing keys, String watched) {
    var body = ByteBuffer.allocate(BODY_MAX);
    body.putLong(epoch.getMostSignificantBits()).putLong(epoch.getLeastSignificantBits());
    body.put((byte) flags());
    if (view != Visibility.ALL.mark()) {
      body.putLong(view);
    }
    // The revisions of one history are close together: 3 bytes each, not 8.
    long base = place.cursors().at(0) >> Epoch.REVISION_BITS << Epoch.REVISION_BITS;
    body.putLong(base);
    for (int lane = 0; lane < OperationKey.LANES; lane++) {
      long distance = place.cursors().at(lane) - base;
      put(body, (distance << 1) ^ (distance >> (Long.SIZE - 1)));
    }
    put(body, place.lane());
    put(body, place.position());
    if (passed != null) {
      body.put(passed.body());
    }
    byte[] bytes = new byte[body.flip().remaining()];
    body.get(bytes);
    return SEAL.sealed(keys, watched, bytes);
  }

  private int flags() {
    return (snapshot ? SNAPSHOT : 0)
        | (passed == null ? 0 : PASSED)
        | (view == Visibility.ALL.mark() ? 0 : VIEW);
  }

  /** Reads a token of a watch of the same, or throws {@link Problem} INVALID. */
  static CollectionToken decoded(KeyRing keys, String watched, String field, String token) {
    return Optional.of(token)
        .filter(text -> text.length() <= LENGTH_MAX)
        .flatMap(text -> SEAL.opened(keys, watched, text))
        .map(CollectionToken::of)
        .orElseThrow(
            () -> Problem.invalid(field, token, "a resume_token of this same watch, unchanged"));
  }

  private static @Nullable CollectionToken of(ByteBuffer body) {
    try {
      var epoch = new UUID(body.getLong(), body.getLong());
      byte flags = body.get();
      long view = (flags & VIEW) == 0 ? Visibility.ALL.mark() : body.getLong();
      long base = body.getLong();
      long[] revisions = new long[OperationKey.LANES];
      for (int lane = 0; lane < revisions.length; lane++) {
        long zigzag = get(body);
        revisions[lane] = base + ((zigzag >>> 1) ^ -(zigzag & 1));
      }
      int lane = (int) get(body);
      int position = (int) get(body);
      var place = Place.within(Cursors.of(revisions), lane, position);
      var passed = (flags & PASSED) == 0 ? null : PageToken.of(body);
      return new CollectionToken(epoch, place, (flags & SNAPSHOT) != 0, passed, view);
    } catch (BufferUnderflowException e) {
      // Sealed by us, in a form that is not this one.
      return null;
    }
  }

  private static void put(ByteBuffer out, long value) {
    long rest = value;
    while ((rest & ~GROUP) != 0) {
      out.put((byte) (rest | (1 << GROUP_BITS)));
      rest >>>= GROUP_BITS;
    }
    out.put((byte) rest);
  }

  private static long get(ByteBuffer in) {
    long value = 0;
    for (int shift = 0; shift < Long.SIZE; shift += GROUP_BITS) {
      byte next = in.get();
      value |= (long) (next & GROUP) << shift;
      if (next >= 0) {
        return value;
      }
    }
    throw new BufferUnderflowException();
  }
}
