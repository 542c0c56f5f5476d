package dev.longrunning.app;

import static java.util.stream.Collectors.toMap;
import static java.util.stream.Collectors.toSet;

import dev.longrunning.observe.EffectiveSetting;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Settings, and other files that matter, read again while the server runs.
 *
 * <p><b>Promise.</b> Settings are taken as a whole or not at all: one fault, and nothing changes.
 * What can be changed while it runs is; of the rest the log says that it wants a restart. Each
 * change is logged once.
 *
 * <p><b>Threads.</b> {@link #check} runs on one plain thread of its own; the others are for any.
 */
final class Reloading {
  /** How long a change of a file may go unseen. */
  static final Duration PERIOD = Duration.ofSeconds(10);

  /** The same of what callers may do: streams that go on are judged by it. */
  static final Duration URGENT = Duration.ofSeconds(2);

  /** Files are emptied before they are written anew: this may be half of a change. */
  private static final String EMPTIED =
      "config: got a file without settings, allowed one with settings once there were some";

  private static final Logger log = LoggerFactory.getLogger(Reloading.class);

  /** Where settings are read. */
  interface Source {
    /** Reads them all; fails with all faults. */
    Effective read() throws SettingsFault;
  }

  /** Files besides those of settings. */
  interface Files {
    /**
     * Looks at them, and does what follows.
     *
     * @param asked whether somebody asked for it now
     */
    void check(boolean asked);
  }

  /**
   * Settings that hold.
   *
   * @param texts each as it was written, by key
   * @param inFile whether a file says any of them
   */
  record Effective(Settings settings, Map<String, String> texts, boolean inFile) {
    Effective {
      texts = Map.copyOf(texts);
    }
  }

  /** What is shown of the settings while some of the first are in force, and some of the live. */
  static List<EffectiveSetting> shown(Settings first, Settings live) {
    Set<String> changing = Settings.RELOADED.stream().map(Setting::key).collect(toSet());
    Map<String, EffectiveSetting> now =
        live.effective().stream().collect(toMap(EffectiveSetting::key, Function.identity()));
    return first.effective().stream()
        .map(old -> changing.contains(old.key()) ? now.getOrDefault(old.key(), old) : old)
        .toList();
  }

  private final Source source;
  private final Consumer<Settings> apply;
  private final List<Files> others;
  private final Files urgent;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            var made = new Thread(task, "reload");
            made.setDaemon(true);
            return made;
          });
  private Map<String, String> texts;
  private boolean inFile;
  private List<String> faults = List.of();

  /**
   * Begins with what holds.
   *
   * @param apply called when something has changed that can
   * @param urgent looked at more often than the others
   */
  Reloading(
      Effective first, Source source, Consumer<Settings> apply, List<Files> others, Files urgent) {
    this.texts = first.texts();
    this.inFile = first.inFile();
    this.source = source;
    this.apply = apply;
    this.others = List.copyOf(others);
    this.urgent = urgent;
  }

  /** Looks at the files from now on. */
  void start() {
    var ignored =
        thread.scheduleWithFixedDelay(
            () -> check(false), PERIOD.toMillis(), PERIOD.toMillis(), TimeUnit.MILLISECONDS);
    var unused =
        thread.scheduleWithFixedDelay(
            () -> check(urgent, false),
            URGENT.toMillis(),
            URGENT.toMillis(),
            TimeUnit.MILLISECONDS);
  }

  /** Looks at the files soon, and says again what is wrong with them. */
  void now() {
    if (!thread.isShutdown()) {
      thread.execute(
          () -> {
            faults = List.of();
            check(true);
          });
    }
  }

  void stop() {
    thread.shutdownNow();
  }

  /**
   * Looks at all files.
   *
   * @param asked whether somebody asked for it now
   */
  void check(boolean asked) {
    others.forEach(files -> check(files, asked));
    check(urgent, asked);
    try {
      var read = source.read();
      if (inFile && !read.inFile()) {
        throw new SettingsFault(List.of(EMPTIED));
      }
      changed(read);
      faults = List.of();
    } catch (SettingsFault fault) {
      refused(fault.lines());
    } catch (Throwable failure) {
      // The thread would not look again.
      log.atError().setCause(failure).log("settings.not_read");
    }
  }

  private static void check(Files files, boolean asked) {
    try {
      files.check(asked);
    } catch (Throwable failure) {
      // As below; and the other files are looked at all the same.
      log.atError().setCause(failure).log("files.not_read");
    }
  }

  private void refused(List<String> lines) {
    if (!lines.equals(faults)) {
      faults = lines;
      lines.forEach(line -> log.atWarn().addKeyValue("reason", line).log("settings.refused"));
    }
  }

  private void changed(Effective read) {
    var before = texts;
    texts = read.texts();
    inFile = read.inFile();
    boolean applied = false;
    for (var setting : Settings.ALL) {
      String old = before.getOrDefault(setting.key(), "");
      String now = texts.getOrDefault(setting.key(), "");
      if (!old.equals(now)) {
        boolean can = Settings.RELOADED.contains(setting);
        applied |= can;
        var line =
            log.atInfo()
                .addKeyValue("setting", setting.key())
                .addKeyValue("before", setting.secret() ? "***" : old)
                .addKeyValue("after", setting.secret() ? "***" : now);
        if (can) {
          line.log("setting.changed");
        } else {
          line.log("setting.wants_restart");
        }
      }
    }
    if (applied) {
      apply.accept(read.settings());
    }
  }
}
