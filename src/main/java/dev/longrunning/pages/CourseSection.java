package dev.longrunning.pages;

import dev.longrunning.pages.Block.Fact;
import dev.longrunning.pages.Block.Facts;
import dev.longrunning.profile.Polling;
import dev.longrunning.profile.Profile;
import dev.longrunning.profile.StandardMethod;
import java.util.List;
import java.util.stream.Stream;

/** What holds while operations run, and where they end. */
final class CourseSection {
  private CourseSection() {}

  static Section of(Profile profile) {
    return Section.of(
        "course",
        "Polling, cancelling, results",
        new Facts(
            Stream.of(
                    Stream.of(new Fact("Polling", polling(profile))),
                    cancel(profile),
                    Stream.of(Fact.of("Result", Line.of(result(profile)))))
                .flatMap(each -> each)
                .toList()));
  }

  private static List<Line> polling(Profile profile) {
    var interval =
        profile
            .polling()
            .map(CourseSection::delays)
            .orElse("as each operation's own progress tells");
    return List.of(
        Line.of(interval),
        Line.of("said in answers, of what still runs: ")
            .code("Retry-After")
            .and(" over HTTP, ")
            .code("longrunning-poll-after-ms")
            .and(" over gRPC; a watch needs none"));
  }

  private static String delays(Polling polling) {
    return "after "
        + Words.seconds(polling.first())
        + ", then each time "
        + polling.multiplier()
        + " times as long, up to "
        + Words.seconds(polling.max());
  }

  private static Stream<Fact> cancel(Profile profile) {
    if (!profile.methods().containsKey(StandardMethod.CANCEL)) {
      return Stream.empty();
    }
    var running = profile.running();
    return Stream.of(
        Fact.of(
            "CancelOperation",
            running.isEverything()
                ? Line.of("is for every operation that is not done")
                : Line.of("is for operations that run, that is: ")
                    .code(running.text())
                    .and("; it changes nothing of others")));
  }

  private static String result(Profile profile) {
    return profile.resultOptional()
        ? "optional: an operation may be completed with neither response nor error"
        : "required: an operation is completed with a response or an error";
  }
}
