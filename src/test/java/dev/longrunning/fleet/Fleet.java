package dev.longrunning.fleet;

import dev.longrunning.Main;
import dev.longrunning.testing.ApiClient;
import dev.longrunning.testing.ServerProcess;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/** Servers, each a process of its own, on one database; callers find them by their numbers. */
final class Fleet implements AutoCloseable {
  private static final Duration READY_LIMIT = Duration.ofMinutes(2);
  private static final int STARTS_MAX = 5;
  private static final int TERMINATED = 143;
  private static final List<String> OPTIONS =
      List.of(
          "-Xmx256m",
          "-XX:+UseSerialGC",
          // They do not live long enough for more.
          "-XX:TieredStopAtLevel=1");

  private static final String SETTINGS =
      """
      watch: {heartbeat: 1s}
      stop: {grace: 3s, drain: 1s}
      resume-window: 1d
      event-loops: 2
      """;

  private final Vertx vertx;
  private final Path folder;
  private final List<Member> members = new ArrayList<>();

  /** One of them; whoever comes in its place has its number. */
  private static final class Member {
    private final String database;
    private final Path errors;
    private final ApiClient client;
    private volatile int port;
    private ServerProcess process;

    Member(String database, Path errors, ApiClient client) {
      this.database = database;
      this.errors = errors;
      this.client = client;
    }
  }

  /** One for each URL of a database. */
  Fleet(Vertx vertx, Path folder, List<String> databases) throws Exception {
    this.vertx = vertx;
    this.folder = folder;
    Files.createDirectories(folder);
    Files.writeString(folder.resolve("settings.yaml"), SETTINGS);
    for (String database : databases) {
      var errors = folder.resolve("server-" + members.size() + ".log");
      Files.deleteIfExists(errors);
      members.add(new Member(database, errors, new ApiClient(vertx, 1)));
    }
  }

  void start() throws Exception {
    for (var member : members) {
      launchUntilReady(member, 0);
    }
  }

  /** As whatever manages services does: one that cannot start is started again. */
  private void launchUntilReady(Member member, int port) throws Exception {
    for (int attempt = 1; ; attempt++) {
      launch(member, port);
      try {
        int there = member.process.awaitReady(READY_LIMIT);
        member.client.moveTo(there);
        member.port = there;
        return;
      } catch (AssertionError failed) {
        if (attempt == STARTS_MAX) {
          throw failed;
        }
        member.process.kill();
        TimeUnit.SECONDS.sleep(1);
      }
    }
  }

  private void launch(Member member, int port) throws IOException {
    member.process =
        ServerProcess.run(
            OPTIONS,
            Main.class,
            member.errors,
            "serve",
            "--listen",
            "127.0.0.1:" + port,
            "--database",
            member.database,
            "--config",
            folder.resolve("settings.yaml").toString());
  }

  Vertx vertx() {
    return vertx;
  }

  int size() {
    return members.size();
  }

  /** Where to find one, also one that is not there at the moment. */
  int port(int number) {
    return members.get(number).port;
  }

  ApiClient client(int number) {
    return members.get(number).client;
  }

  /** Any but the one of this number. */
  int other(Random random, int number) {
    int chosen = random.nextInt(number < 0 ? size() : size() - 1);
    return number >= 0 && chosen >= number ? chosen + 1 : chosen;
  }

  /** Ends one as a machine's fault would, and starts another one elsewhere. */
  void killAndReplace(int number) throws Exception {
    var member = members.get(number);
    member.process.kill();
    launchUntilReady(member, 0);
  }

  /** Lets one end as it likes to, and starts another one at its port. */
  void drainAndReplace(int number) throws Exception {
    var member = members.get(number);
    int status = member.process.stop("TERM");
    if (status != TERMINATED) {
      throw new AssertionError("server " + number + " ended with " + status);
    }
    launchUntilReady(member, member.port);
  }

  /** Stops one in the middle of whatever it does. */
  void freeze(int number) throws Exception {
    members.get(number).process.signal("STOP");
  }

  void thaw(int number) throws Exception {
    members.get(number).process.signal("CONT");
  }

  /** The newest lines that they said. */
  String said() throws IOException {
    var text = new StringBuilder();
    for (var member : members) {
      var lines = member.process.errors().lines().filter(line -> line.startsWith("2")).toList();
      text.append(member.errors.getFileName()).append('\n');
      lines
          .subList(Math.max(0, lines.size() - 30), lines.size())
          .forEach(line -> text.append("  ").append(line).append('\n'));
    }
    return text.toString();
  }

  @Override
  public void close() throws Exception {
    for (var member : members) {
      if (member.process != null) {
        member.process.signal("CONT");
        member.process.kill();
      }
    }
  }
}
