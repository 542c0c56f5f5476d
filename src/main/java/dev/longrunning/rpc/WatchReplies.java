package dev.longrunning.rpc;

import com.google.protobuf.FieldMask;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.FieldMaskUtil;
import dev.longrunning.operation.Snapshot;
import dev.longrunning.service.OperationWire;
import dev.longrunning.v1.Bookmark;
import dev.longrunning.v1.Gone;
import dev.longrunning.v1.OperationSnapshot;
import dev.longrunning.v1.Reset;
import dev.longrunning.v1.WatchEvent;
import dev.longrunning.watch.Event;
import org.jspecify.annotations.Nullable;

/**
 * Events as replies of a stream.
 *
 * <p><b>Promise.</b> An event that is sent to many watches one after the other is encoded once for
 * each read mask.
 *
 * <p><b>Threads.</b> Confined to one event loop.
 *
 * <p><b>Bounds.</b> The {@value #KEPT} newest replies are kept.
 */
final class WatchReplies {
  private static final int KEPT = 16;

  private final @Nullable Encoded[] kept = new @Nullable Encoded[KEPT];
  private int next;

  private record Encoded(Event event, FieldMask mask, StreamReply reply) {}

  /**
   * The reply for an event.
   *
   * @param mask of the snapshot's fields; empty: all
   */
  StreamReply of(Event event, FieldMask mask) {
    for (var each : kept) {
      if (each != null && each.event() == event && each.mask().equals(mask)) {
        return each.reply();
      }
    }
    var reply = encoded(event, mask);
    kept[next] = new Encoded(event, mask, reply);
    next = (next + 1) % KEPT;
    return reply;
  }

  private static StreamReply encoded(Event event, FieldMask mask) {
    if (event instanceof Event.Changed changed && mask.getPathsCount() == 0) {
      // Joined from serialized fields: nothing is parsed.
      return StreamReply.of(OperationWire.changed(changed.snapshot(), changed.token()));
    }
    return StreamReply.of(message(event, mask));
  }

  private static WatchEvent message(Event event, FieldMask mask) {
    var message = WatchEvent.newBuilder().setResumeToken(event.token());
    if (event instanceof Event.Changed changed) {
      message.setChanged(masked(changed.snapshot(), mask));
    } else if (event instanceof Event.Gone gone) {
      message.setGone(gone(gone));
    } else if (event instanceof Event.Bookmark bookmark) {
      message.setBookmark(
          Bookmark.newBuilder().setSynced(bookmark.synced()).setStale(bookmark.stale()));
    } else if (event instanceof Event.Reset reset) {
      message.setReset(Reset.newBuilder().setReason(reason(reset)));
    } else {
      throw new IllegalStateException("an event without a form: " + event.getClass());
    }
    return message.build();
  }

  private static Reset.Reason reason(Event.Reset reset) {
    return reset.rewound() ? Reset.Reason.HISTORY_REWOUND : Reset.Reason.TOKEN_TOO_OLD;
  }

  private static Gone gone(Event.Gone gone) {
    var reason =
        switch (gone.why()) {
          case DELETED -> Gone.Reason.DELETED;
          case EXPIRED -> Gone.Reason.EXPIRED;
          case FILTERED -> Gone.Reason.FILTERED;
        };
    return Gone.newBuilder()
        .setName(gone.name())
        .setReason(reason)
        .setVersion(gone.version())
        .build();
  }

  private static OperationSnapshot masked(Snapshot snapshot, FieldMask mask) {
    try {
      var whole = OperationSnapshot.parseFrom(OperationWire.snapshot(snapshot).array());
      var masked = OperationSnapshot.newBuilder().setVersion(whole.getVersion());
      masked
          .getOperationBuilder()
          .setName(whole.getOperation().getName())
          .setDone(whole.getOperation().getDone());
      FieldMaskUtil.merge(mask, whole, masked);
      return masked.build();
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("a snapshot of ours cannot be read", e);
    }
  }
}
