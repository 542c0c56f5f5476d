package dev.longrunning.store;

import dev.longrunning.operation.Bytes;
import dev.longrunning.operation.Change.Complete;
import dev.longrunning.operation.Change.Guard;
import dev.longrunning.operation.Change.LeaseTerms;
import dev.longrunning.operation.Change.Start;
import dev.longrunning.operation.Change.Update;
import dev.longrunning.operation.Contents;
import dev.longrunning.operation.OperationKey;
import dev.longrunning.operation.OperationName;
import dev.longrunning.operation.Outcome;
import dev.longrunning.operation.Progress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Valid changes of operations that no other test knows. */
public final class Samples {
  public static final Duration RETENTION = Duration.ofDays(30);

  private static final AtomicLong NEXT = new AtomicLong();
  private static final String RUN = UUID.randomUUID().toString().substring(0, 8);

  private Samples() {}

  /** A parent of which nothing is stored. */
  public static String freshParent() {
    return "projects/p-" + RUN + '-' + NEXT.incrementAndGet();
  }

  public static OperationKey freshKey() {
    return OperationKey.of(OperationName.in(freshParent(), "o"));
  }

  /** An operation of the same lane as {@code key}, so that one batch may hold both. */
  public static OperationKey freshKeyBeside(OperationKey key) {
    var other = freshKey();
    while (other.lane() != key.lane()) {
      other = freshKey();
    }
    return other;
  }

  public static Bytes bytes(String text) {
    return Bytes.of(text.getBytes(StandardCharsets.UTF_8));
  }

  public static Start start(OperationKey key) {
    return start(key, null, null);
  }

  public static Start start(OperationKey key, @Nullable UUID request, @Nullable LeaseTerms lease) {
    return start(key, request, RETENTION, lease);
  }

  public static Start start(
      OperationKey key, @Nullable UUID request, Duration retention, @Nullable LeaseTerms lease) {
    var collection = OperationName.collectionOf(key.name());
    return new Start(key, collection, request, metadata("first"), retention, lease);
  }

  public static Start startWith(OperationKey key, Contents contents) {
    var collection = OperationName.collectionOf(key.name());
    return new Start(key, collection, null, contents, RETENTION, null);
  }

  public static LeaseTerms lease(UUID token, Duration duration, Duration adoptionWindow) {
    return new LeaseTerms(token, duration, adoptionWindow);
  }

  public static Contents metadata(String text) {
    return new Contents(true, bytes(text), false, null, false, Map.of());
  }

  public static Contents progress(Progress progress) {
    return new Contents(false, null, true, progress, false, Map.of());
  }

  public static Contents labels(Map<String, String> labels) {
    return new Contents(false, null, false, null, true, labels);
  }

  public static Guard request(UUID request) {
    return new Guard(request, null, 0);
  }

  public static Guard leased(@Nullable UUID token) {
    return new Guard(null, token, 0);
  }

  public static Guard version(long version) {
    return new Guard(null, null, version);
  }

  public static Update update(OperationKey key, Guard guard, Contents contents) {
    return new Update(key, guard, contents, null);
  }

  public static Update renewal(OperationKey key, @Nullable UUID token) {
    return new Update(key, leased(token), Contents.NONE, null);
  }

  public static Complete completion(OperationKey key, Guard guard, String response) {
    return new Complete(key, guard, Outcome.RESPONSE, bytes(response), Contents.NONE);
  }
}
