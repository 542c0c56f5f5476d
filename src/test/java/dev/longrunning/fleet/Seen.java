package dev.longrunning.fleet;

import com.google.protobuf.Any;
import com.google.protobuf.Int64Value;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.Timestamps;
import dev.longrunning.v1.OperationSnapshot;
import dev.longrunning.v1.WatchEvent;

/**
 * Something that a watcher did or saw.
 *
 * @param at in the order of everything
 * @param server where
 * @param name of the operation; empty: of none
 * @param version of a state, or at which an operation is gone
 * @param write the number of what wrote the state
 * @param done whether the state is the end
 * @param state tells states apart
 * @param word when an operation was created; why it is gone or was reset; synced and whether one is
 *     stale
 * @param token continues the stream after it; empty: none came along
 */
record Seen(
    long at,
    Kind kind,
    int server,
    String name,
    long version,
    long write,
    boolean done,
    int state,
    String word,
    String token) {

  /** What it was. */
  enum Kind {
    CONNECTED,
    CHANGED,
    GONE,
    BOOKMARK,
    RESET,
    /** The stream of one operation came to its end. */
    ENDED,
    /** The operation to watch is unknown. */
    MISSING
  }

  /** Something that is no event. */
  static Seen of(long at, Kind kind, int server) {
    return new Seen(at, kind, server, "", 0, 0, false, 0, "", "");
  }

  static Seen of(long at, int server, WatchEvent event) {
    String token = event.getResumeToken();
    return switch (event.getEventCase()) {
      case CHANGED -> changed(at, server, event.getChanged(), token);
      case GONE -> {
        var gone = event.getGone();
        String why = gone.getReason().name();
        yield new Seen(
            at, Kind.GONE, server, gone.getName(), gone.getVersion(), 0, true, 0, why, token);
      }
      case BOOKMARK -> {
        var bookmark = event.getBookmark();
        String word =
            (bookmark.getSynced() ? "synced " : "") + (bookmark.getStale() ? "stale" : "");
        yield new Seen(at, Kind.BOOKMARK, server, "", 0, 0, false, 0, word, token);
      }
      case RESET -> {
        String why = event.getReset().getReason().name();
        yield new Seen(at, Kind.RESET, server, "", 0, 0, false, 0, why, token);
      }
      case EVENT_NOT_SET -> throw new AssertionError("an event of nothing: " + event);
    };
  }

  private static Seen changed(long at, int server, OperationSnapshot snapshot, String token) {
    var operation = snapshot.getOperation();
    return new Seen(
        at,
        Kind.CHANGED,
        server,
        operation.getName(),
        snapshot.getVersion(),
        number(operation.getMetadata()),
        operation.getDone(),
        snapshot.hashCode(),
        Timestamps.toString(snapshot.getCreateTime()),
        token);
  }

  /** Every write leaves its number. */
  private static long number(Any metadata) {
    try {
      return metadata.unpack(Int64Value.class).getValue();
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  boolean isSynced() {
    return kind == Kind.BOOKMARK && word.contains("synced");
  }

  boolean isStale() {
    return kind == Kind.BOOKMARK && word.contains("stale");
  }

  /** Whether it says something of an operation. */
  boolean isNews() {
    return kind == Kind.CHANGED || kind == Kind.GONE;
  }
}
