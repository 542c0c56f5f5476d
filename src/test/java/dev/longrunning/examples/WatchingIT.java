package dev.longrunning.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The examples of docs/watching.md against the built jar, all of them through one restart of it:
 * programs by themselves, and pages of another origin in a real browser.
 */
@EnabledIfSystemProperty(named = "examples", matches = "run")
@Timeout(180)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class WatchingIT {
  private static final String NAMES = "projects/p/operations/";
  private static final List<String> MODULES = List.of("fetch.js", "eventsource.js");

  @TempDir static Path temp;
  private PageServer pages;
  private RestartedServer server;
  private Browser browser;

  /** What was said by those that watch the collection. */
  private final Map<String, Transcript> collections = new TreeMap<>();

  /** What was said by those that watch one operation. */
  private final Map<String, Transcript> singles = new TreeMap<>();

  /** The programs among both. */
  private final Map<String, Program> programs = new TreeMap<>();

  @BeforeAll
  void watch_through_a_restart() throws Exception {
    pages = PageServer.start();
    server = RestartedServer.start(temp, pages.origin());
    for (String id : List.of("quiet", "doomed", "moving", "brief")) {
      server.start(id);
    }
    runPrograms();
    openPages();
    awaitLine(collections.values(), "synced: 4 operations");
    awaitLine(singles.values(), "running " + version("moving"));

    server.update("moving", 1);
    server.start("newcomer");
    server.complete("brief");
    awaitStates();
    pages.transcript("bare").awaitLine("closed");

    server.restart();
    // While they are still away.
    server.update("moving", 2);
    server.delete("doomed");
    server.start("late");
    server.complete("newcomer");
    awaitStates();

    server.complete("moving");
    awaitStates();
    awaitLine(singles.values(), "done " + version("moving"));
    for (var transcript : collections.values()) {
      // A heartbeat behind all of it.
      transcript.await("synced at last", lines -> lines.get(last(lines)).startsWith("synced: "));
    }
  }

  private void runPrograms() throws IOException {
    for (String name : Program.names()) {
      collections.put(name, run(name, server.url(), "collection").transcript());
      singles.put(name, run(name, server.url("moving"), "single").transcript());
    }
  }

  private Program run(String name, String url, String what) throws IOException {
    var errors = temp.resolve(name + '.' + what);
    var transcript = new Transcript(name + ' ' + what);
    var program = Program.run(Program.EXAMPLES.resolve(name), url, transcript, errors);
    programs.put(name + ' ' + what, program);
    return program;
  }

  private void openPages() throws IOException {
    for (String module : MODULES) {
      collections.put(module, pages.transcript(module + " collection"));
      singles.put(module, pages.transcript(module + " single"));
    }
    browser =
        Browser.open(
            pages.frames(
                List.of(
                    page("fetch.js", "collection", server.url()),
                    page("fetch.js", "single", server.url("moving")),
                    page("eventsource.js", "collection", server.url()),
                    page("eventsource.js", "single", server.url("moving")),
                    PageServer.page("live", "live.html", Map.of("url", server.url())),
                    PageServer.page("bare", "bare.html", Map.of("url", server.url("brief"))))),
            temp);
  }

  private static String page(String module, String what, String url) {
    var parameters = Map.of("module", "./" + module, "url", url);
    return PageServer.page(module + ' ' + what, "watch.html", parameters);
  }

  private static void awaitLine(Collection<Transcript> transcripts, String end)
      throws InterruptedException {
    for (var transcript : transcripts) {
      transcript.awaitLine(end);
    }
  }

  /** Waits until all that watch the collection have been told everything. */
  private void awaitStates() throws InterruptedException {
    var states = server.states();
    for (var transcript : collections.values()) {
      transcript.await(states.toString(), lines -> Transcript.states(lines).equals(states));
    }
  }

  private String version(String id) {
    return server.states().get(NAMES + id).split(" ", 2)[1];
  }

  private static int last(List<String> lines) {
    // A page says after each event what it holds then.
    return IntStream.range(0, lines.size())
        .filter(i -> !lines.get(i).startsWith("holds "))
        .max()
        .orElseThrow();
  }

  @AfterAll
  void stop() throws Exception {
    programs.values().forEach(Program::close);
    if (browser != null) {
      browser.close();
    }
    if (server != null) {
      server.close();
    }
    pages.close();
  }

  Collection<Transcript> collections() {
    return collections.values();
  }

  Collection<Transcript> singles() {
    return singles.values();
  }

  @ParameterizedTest
  @MethodSource("collections")
  void who_watches_a_collection_holds_what_is_listed(Transcript transcript) throws Exception {
    var listed = server.list();

    assertThat(transcript.states()).isEqualTo(server.states()).hasSameSizeAs(listed);
    assertThat(transcript.lines().get(last(transcript.lines())))
        .isEqualTo("synced: " + listed.size() + " operations");
  }

  @ParameterizedTest
  @MethodSource("collections")
  void nothing_is_told_twice_or_anew_after_a_restart(Transcript transcript) {
    assertThat(transcript.repeated()).as(transcript.toString()).isEmpty();
    assertThat(transcript.lines())
        .doesNotContain("reset")
        .containsOnlyOnce(NAMES + "quiet running " + version("quiet"));
  }

  @ParameterizedTest
  @MethodSource("collections")
  void what_is_deleted_while_nobody_is_there_is_told(Transcript transcript) {
    assertThat(transcript.lines()).anyMatch(line -> line.startsWith(NAMES + "doomed gone "));
  }

  @ParameterizedTest
  @MethodSource("singles")
  void the_watch_of_an_operation_ends_with_it(Transcript transcript) {
    var changes = Transcript.changes(transcript.lines());

    assertThat(changes).allMatch(line -> line.startsWith(NAMES + "moving "));
    assertThat(changes.get(changes.size() - 1)).startsWith(NAMES + "moving done ");
    assertThat(transcript.repeated()).as(transcript.toString()).isEmpty();
  }

  @Test
  void programs_end_with_the_operation_that_they_watch() throws Exception {
    for (String name : Program.names()) {
      assertThat(programs.get(name + " single").awaitEnd()).as(name).isZero();
    }
  }

  @Test
  void pages_hold_the_very_operations_that_are_listed() throws Exception {
    for (String module : MODULES) {
      var lines = collections.get(module).lines();
      String held = lines.get(lines.size() - 1).substring("holds ".length());

      assertThat(new JsonArray(held)).containsExactlyInAnyOrderElementsOf(server.list());
    }
  }

  @Test
  void the_live_page_shows_each_operation_with_its_state_and_how_far_it_is() throws Exception {
    var moving = "[\"%smoving\",\"done\",\"20%%\",\"2 of 10\"]".formatted(NAMES);

    pages.transcript("live").await(moving, lines -> lines.get(lines.size() - 1).contains(moving));

    var lines = pages.transcript("live").lines();
    var shown = new JsonArray(lines.get(lines.size() - 1).substring("shows ".length()));
    assertThat(shown.stream().map(row -> ((JsonArray) row).getString(0)))
        .containsExactlyInAnyOrderElementsOf(server.states().keySet())
        // The newest first.
        .startsWith(NAMES + "late", NAMES + "newcomer");
  }

  @Test
  void an_event_source_comes_back_to_an_operation_that_ended_once_and_not_again() throws Exception {
    var said = pages.transcript("bare").lines();

    // Heartbeats come in between.
    assertThat(said.stream().filter(line -> !line.equals("bookmark")))
        .containsExactly("open", "changed", "changed", "comes back", "closed");
    assertThat(server.statuses("WatchOperation", "brief")).containsExactly(200, 204);
  }
}
