package dev.longrunning.watch;

import static dev.longrunning.watch.HubHarness.ALL;
import static dev.longrunning.watch.HubHarness.updating;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.ref.WeakReference;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What holds for the watches of one operation and of collections alike. */
final class OpenWatchTest {
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Duration HEARTBEAT = HubSettings.DEFAULT.heartbeat();

  private final HubHarness hub = new HubHarness();

  @Test
  void where_only_a_next_event_shows_the_last_one_a_bookmark_follows_each_burst_of_a_collection() {
    hub.start("a", "1");
    hub.start("b", "1");
    var reader = hub.watch(ALL, "", new Reader(false));
    assertThat(reader.heard()).as("one is there anyway").containsExactly("b=1", "a=1", "synced");

    hub.together(updating("a", "2"), updating("b", "2"));
    hub.tell();
    assertThat(reader.heard()).containsExactly("a=2", "b=2", "synced");

    assertThat(hub.resume(reader).heard()).containsExactly("synced");
  }

  @Test
  void where_only_a_next_event_shows_the_last_one_a_bookmark_follows_each_state() {
    hub.start("a", "1");
    var reader = hub.watch("a", "", new Reader(false));
    assertThat(reader.heard()).containsExactly("a=1", "synced");

    hub.update("a", "2");
    hub.tell();
    assertThat(reader.heard()).containsExactly("a=2", "synced");
    assertThat(hub.watch("a", reader.token(), new Reader()).heard()).isEmpty();

    hub.complete("a", "done");
    hub.tell();
    assertThat(reader.heard()).as("the end shows it").containsExactly("a=done");
  }

  @Test
  void where_each_event_is_seen_at_once_no_bookmark_follows_it() {
    hub.start("a", "1");
    var reader = hub.watch("a");
    hub.update("a", "2");
    hub.tell();

    assertThat(reader.heard()).containsExactly("a=1", "a=2");
  }

  @Test
  void a_stream_is_not_silent_for_longer_than_a_heartbeat() {
    hub.start("a", "1");
    var all = hub.watchAll();
    var one = hub.watch("a");
    assertThat(all.heard()).containsExactly("a=1", "synced");
    assertThat(one.heard()).containsExactly("a=1");

    hub.pass(HEARTBEAT);
    assertThat(all.heard()).containsExactly("synced");
    assertThat(one.heard()).containsExactly("synced");

    hub.pass(HEARTBEAT.minus(SECOND));
    hub.update("a", "2");
    hub.pass(SECOND);
    assertThat(all.heard()).containsExactly("a=2");
    assertThat(one.heard()).containsExactly("a=2");
  }

  @Test
  void a_caller_that_has_stopped_reading_is_cut_off() {
    hub.start("a", "1");
    var all = hub.watchAll();
    var one = hub.watch("a");
    all.takes(0);
    one.takes(0);

    hub.pass(HEARTBEAT.plus(HubSettings.DEFAULT.stall()).plus(SECOND));

    assertThat(all.failure()).isNotNull();
    assertThat(all.failure().reason()).isEqualTo("STALLED");
    assertThat(one.failure()).isNotNull();
    assertThat(one.failure().reason()).isEqualTo("STALLED");
  }

  @Test
  void one_that_is_closed_is_not_looked_at_again_and_leaves_the_others_their_heartbeats() {
    hub.start("a", "1");
    var first = hub.watch("a");
    var second = hub.watch("a");
    var third = hub.watch("a");
    second.leaves();
    hub.pass(HEARTBEAT);
    first.leaves();
    hub.pass(HEARTBEAT);

    assertThat(first.heard()).containsExactly("a=1", "synced");
    assertThat(second.heard()).containsExactly("a=1");
    assertThat(third.heard()).containsExactly("a=1", "synced", "synced");
  }

  @Test
  void one_that_is_closed_is_held_by_nobody() {
    hub.start("a", "1");
    var held = closed();

    for (int i = 0; i < 100 && held.get() != null; i++) {
      System.gc();
    }

    assertThat(held.get()).isNull();
  }

  private WeakReference<Reader> closed() {
    var reader = hub.watch("a");
    reader.leaves();
    return new WeakReference<>(reader);
  }

  @Test
  void last_words_are_where_the_stream_goes_on() {
    hub.start("a", "1");
    var all = hub.watchAll();
    var one = hub.watch("a");
    hub.update("a", "2");
    hub.tell();
    all.heard();
    one.heard();

    all.lastWords();
    one.lastWords();

    assertThat(all.heard()).containsExactly("synced");
    assertThat(one.heard()).containsExactly("synced");
    assertThat(hub.resume(all).heard()).containsExactly("synced");
    assertThat(hub.watch("a", one.token(), new Reader()).heard()).isEmpty();
  }
}
