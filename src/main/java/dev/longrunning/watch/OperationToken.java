package dev.longrunning.watch;

import dev.longrunning.operation.KeyRing;
import dev.longrunning.operation.Problem;
import dev.longrunning.operation.TokenSeal;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.UUID;

/**
 * Where the watch of one operation goes on.
 *
 * <p><b>Promise.</b> Sealed, and bound to the operation's name.
 *
 * @param epoch the history that it is of
 * @param version the newest that was sent
 * @param createTime of the operation: one that comes later under its name is another
 * @param ended whether the stream had come to its end
 */
record OperationToken(UUID epoch, long version, Instant createTime, boolean ended) {
  static final int LENGTH_MAX = 128;

  private static final TokenSeal SEAL = new TokenSeal((byte) 3);
  private static final int BODY_BYTES = 4 * Long.BYTES + 1;

  String encoded(KeyRing keys, String watched) {
    var body =
        ByteBuffer.allocate(BODY_BYTES)
            .putLong(epoch.getMostSignificantBits())
            .putLong(epoch.getLeastSignificantBits())
            .putLong(version)
            .putLong(ChronoUnit.MICROS.between(Instant.EPOCH, createTime))
            .put((byte) (ended ? 1 : 0));
    return SEAL.sealed(keys, watched, body.array());
  }

  /** Reads a token of a watch of the same operation, or throws {@link Problem} INVALID. */
  static OperationToken decoded(KeyRing keys, String watched, String field, String token) {
    return Optional.of(token)
        .filter(text -> text.length() <= LENGTH_MAX)
        .flatMap(text -> SEAL.opened(keys, watched, text))
        .filter(body -> body.remaining() == BODY_BYTES)
        .map(OperationToken::of)
        .orElseThrow(
            () -> Problem.invalid(field, token, "a resume_token of this same watch, unchanged"));
  }

  private static OperationToken of(ByteBuffer body) {
    var epoch = new UUID(body.getLong(), body.getLong());
    long version = body.getLong();
    var createTime = Instant.EPOCH.plus(body.getLong(), ChronoUnit.MICROS);
    return new OperationToken(epoch, version, createTime, body.get() != 0);
  }
}
