package dev.longrunning.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longrunning.examples.ScriptedWatch.Answer;
import dev.longrunning.examples.ScriptedWatch.End;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The examples of docs/watching.md against everything that may go wrong with a watch. */
@EnabledIfSystemProperty(named = "examples", matches = "run")
@Timeout(180)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class WatchingFaultsIT {
  private static final List<Answer> SCRIPT =
      List.of(
          Answer.error(503),
          Answer.events(End.CUT_OFF, changed("a", 1, "t1"), synced("t2")).andHalf("{\"changed\":{"),
          Answer.error(400),
          Answer.events(End.WELL, changed("b", 2, "t3"), synced("t4"), ScriptedWatch.errorOf(503)),
          Answer.events(
              End.SILENT,
              "{\"reset\":{},\"resumeToken\":\"t5\"}",
              changed("c", 3, "t6"),
              synced("t7")),
          Answer.error(403));

  @TempDir static Path temp;
  private PageServer pages;
  private Browser browser;
  private final Map<String, ScriptedWatch> watches = new TreeMap<>();
  private final Map<String, Transcript> transcripts = new TreeMap<>();
  private final Map<String, Program> programs = new TreeMap<>();

  private static String changed(String id, int version, String token) {
    return "{\"changed\":{\"operation\":{\"name\":\"operations/%s\"},\"version\":\"%d\"},\"resumeToken\":\"%s\"}"
        .formatted(id, version, token);
  }

  private static String synced(String token) {
    return "{\"bookmark\":{\"synced\":true},\"resumeToken\":\"%s\"}".formatted(token);
  }

  @BeforeAll
  void watch() throws Exception {
    pages = PageServer.start();
    var frames = new ArrayList<String>();
    for (String name : Program.names()) {
      var example = temp.resolve(name);
      var text = Files.readString(Program.EXAMPLES.resolve(name));
      Files.writeString(example, ScriptedWatch.impatient(text));
      var transcript = new Transcript(name);
      String url = scripted(name, transcript);
      programs.put(name, Program.run(example, url, transcript, temp.resolve(name + ".err")));
    }
    for (String name : List.of("fetch.js", "eventsource.js")) {
      String url = scripted(name, pages.transcript(name));
      var parameters = Map.of("module", "./impatient/" + name, "url", url);
      frames.add(PageServer.page(name, "watch.html", parameters));
    }
    browser = Browser.open(pages.frames(frames), temp);
  }

  /** The address of a collection whose watch goes by the script. */
  private String scripted(String example, Transcript transcript) {
    var watch = new ScriptedWatch(SCRIPT, transcript);
    transcripts.put(example, transcript);
    String path = "/scripted/" + example + "/operations";
    pages.put(path + ":watch", watch);
    watches.put(example, watch);
    return pages.origin() + path;
  }

  @AfterAll
  void stop() throws Exception {
    programs.values().forEach(Program::close);
    if (browser != null) {
      browser.close();
    }
    watches.values().forEach(ScriptedWatch::close);
    pages.close();
  }

  Stream<String> examples() {
    return transcripts.keySet().stream();
  }

  @ParameterizedTest
  @MethodSource("examples")
  void each_fault_is_answered_as_the_page_says(String example) throws Exception {
    var transcript = transcripts.get(example);
    if (programs.containsKey(example)) {
      assertThat(programs.get(example).awaitEnd()).as(programs.get(example).errors()).isPositive();
    } else {
      transcript.awaitLine("refused 403");
    }

    assertThat(transcript.lines().stream().filter(line -> line.matches("(oper|sync).*")))
        .containsExactly(
            "operations/a running 1",
            "synced: 1 operations",
            "operations/b running 2",
            "synced: 1 operations",
            "operations/c running 3",
            "synced: 1 operations");
    assertThat(watches.get(example).tokens()).containsExactly("", "", "t2", "", "t4", "t7");
  }
}
