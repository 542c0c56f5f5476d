package dev.longrunning.watch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longrunning.operation.Bytes;
import dev.longrunning.operation.Problem;
import dev.longrunning.operation.Snapshot;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A caller of a watch: what it was sent, in words, and how much more it takes.
 *
 * <p>{@code o=x} is a state of the operation with the id o, whose metadata, or once it is done
 * whose response, is x.
 */
final class Reader implements Outlet {
  private final List<String> heard = new ArrayList<>();
  private final boolean showsLast;
  private int room = Integer.MAX_VALUE;
  private String token = "";
  private boolean synced;
  private boolean stale;
  private @Nullable Watch watch;
  private @Nullable Problem failure;
  private boolean ended;

  Reader() {
    this(true);
  }

  Reader(boolean showsLast) {
    this.showsLast = showsLast;
  }

  /** One that takes so many events, and then reads no more. */
  static Reader of(int events) {
    var reader = new Reader();
    reader.room = events;
    return reader;
  }

  void watching(Watch opened) {
    watch = opened;
  }

  /** Takes so many events more; the watch is told. */
  void reads(int events) {
    takes(events);
    watch().ready();
  }

  /** Takes so many events more; the watch has not been told yet. */
  void takes(int events) {
    room = events;
  }

  void leaves() {
    watch().close();
  }

  /** The server is about to end the stream. */
  void lastWords() {
    watch().lastWords();
  }

  private Watch watch() {
    return Objects.requireNonNull(watch);
  }

  /** What was sent since this was last asked, in order. */
  List<String> heard() {
    var all = List.copyOf(heard);
    heard.clear();
    return all;
  }

  /** Of the newest event. */
  String token() {
    return token;
  }

  /** Whether the newest bookmark said that everything was sent. */
  boolean isSynced() {
    return synced;
  }

  /** Whether the newest bookmark said that there may be news. */
  boolean isStale() {
    return stale;
  }

  boolean isEnded() {
    return ended;
  }

  @Nullable Problem failure() {
    return failure;
  }

  @Override
  public boolean isReady() {
    return room > 0 && !ended && failure == null;
  }

  @Override
  public boolean showsLast() {
    return showsLast;
  }

  @Override
  public void send(Event event) {
    assertThat(isReady()).as("sent while it does not read: %s", event).isTrue();
    room--;
    token = event.token();
    if (event instanceof Event.Changed changed) {
      heard.add(text(changed.snapshot()));
    } else if (event instanceof Event.Gone gone) {
      heard.add(id(gone.name()) + " " + gone.why());
    } else if (event instanceof Event.Bookmark bookmark) {
      synced = bookmark.synced();
      stale = bookmark.stale();
      heard.add((stale ? "stale " : "") + (synced ? "synced" : "bookmark"));
    } else if (event instanceof Event.Reset reset) {
      heard.add(reset.rewound() ? "rewound" : "too old");
    }
  }

  private static String text(Snapshot snapshot) {
    var shown = snapshot.isDone() ? snapshot.result() : snapshot.metadata();
    return id(snapshot.key().name()) + '=' + text(shown == null ? Bytes.EMPTY : shown);
  }

  private static String text(Bytes bytes) {
    return new String(bytes.array(), StandardCharsets.UTF_8);
  }

  private static String id(String name) {
    String last = name.substring(name.lastIndexOf('/') + 1);
    return last.substring(0, last.lastIndexOf('-'));
  }

  @Override
  public void end() {
    ended = true;
    leave();
  }

  @Override
  public void fail(Problem problem) {
    failure = problem;
    leave();
  }

  /** As a stream does when it is over; one that ends while it is opened is closed by its opener. */
  private void leave() {
    if (watch != null) {
      watch.close();
    }
  }
}
