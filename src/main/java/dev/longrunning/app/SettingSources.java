package dev.longrunning.app;

import dev.longrunning.observe.EffectiveSetting;
import dev.longrunning.operation.Problem;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Where settings come from: flags first, then the environment, then the file, then defaults.
 *
 * <p><b>Promise.</b> Every fault is gathered; a value is judged although another one hides it only
 * if it is the one that counts.
 */
final class SettingSources {
  /**
   * What Kubernetes puts into the environment of every pod for a Service that is called {@code
   * longrunning} or {@code longrunning-…}.
   */
  private static final Pattern KUBERNETES =
      Pattern.compile(
          "LONGRUNNING_([A-Z0-9_]+_)?(SERVICE_(HOST|PORT(_[A-Z0-9_]+)?)|PORT(_[A-Z0-9_]+)?)");

  private final Map<String, String> flags;
  private final Map<String, String> environment;
  private final Map<String, String> file;
  private final List<String> faults;
  private final Map<String, EffectiveSetting> effective = new LinkedHashMap<>();

  SettingSources(
      Map<String, String> flags,
      Map<String, String> environment,
      Map<String, String> file,
      List<String> faults) {
    this.flags = flags;
    this.environment = environment;
    this.file = file;
    this.faults = new ArrayList<>(faults);
  }

  /** As it was written where it counts, and where that is. */
  private record Written(String text, String where) {}

  private Written written(Setting<?> setting) {
    if (flags.containsKey(setting.key())) {
      return new Written(flags.get(setting.key()), "flag --" + setting.key());
    }
    if (environment.containsKey(setting.environmentName())) {
      return new Written(
          environment.get(setting.environmentName()), "environment " + setting.environmentName());
    }
    return file.containsKey(setting.key())
        ? new Written(file.get(setting.key()), "file")
        : new Written(setting.fallback(), "default");
  }

  /** The text that counts. */
  String text(Setting<?> setting) {
    return written(setting).text().strip();
  }

  /** The value that counts, or the default where it is a fault. */
  <T> T get(Setting<T> setting) {
    String text = written(setting).text();
    String where = written(setting).where();
    boolean hidden = setting.secret() && !text.equals(setting.fallback());
    shows(setting, hidden ? "***" : text.strip(), where);
    var value = setting.parser().apply(text.strip());
    if (value.isEmpty()) {
      String got = setting.secret() ? "something else" : Problem.shown(text);
      String by = where.equals("file") ? "" : " by " + where;
      fault(setting.key() + ": got " + got + by + ", allowed " + setting.allowed());
    }
    return value
        .or(() -> setting.parser().apply(setting.fallback()))
        .orElseThrow(() -> new IllegalStateException("a default is allowed: " + setting.key()));
  }

  /** What people are shown of a setting in place of what was written. */
  void shows(Setting<?> setting, String value) {
    effective.computeIfPresent(
        setting.key(), (key, known) -> new EffectiveSetting(key, value, known.source()));
  }

  private void shows(Setting<?> setting, String value, String source) {
    effective.put(setting.key(), new EffectiveSetting(setting.key(), value, source));
  }

  /** Everything that was asked for, and where it came from; no secrets. */
  List<EffectiveSetting> effective() {
    return List.copyOf(effective.values());
  }

  /** Gathers a fault of another kind. */
  void fault(String line) {
    faults.add(line);
  }

  /** Ends the reading; fails with all faults, those of unknown keys last. */
  void close(List<Setting<?>> known) throws SettingsFault {
    Set<String> keys =
        known.stream().map(Setting::key).collect(Collectors.toCollection(LinkedHashSet::new));
    file.keySet().stream()
        .filter(key -> !keys.contains(key))
        .forEach(key -> fault(Problem.shown(key) + ": no such setting, allowed " + join(keys)));
    Set<String> names =
        known.stream()
            .map(Setting::environmentName)
            .collect(Collectors.toCollection(LinkedHashSet::new));
    environment.keySet().stream()
        .filter(name -> name.startsWith(Setting.PREFIX) && !names.contains(name))
        .filter(name -> !name.equals(Setting.PREFIX + "CONFIG"))
        .filter(name -> !KUBERNETES.matcher(name).matches())
        .sorted()
        .forEach(name -> fault(Problem.shown(name) + ": no such setting, allowed " + join(names)));
    if (!faults.isEmpty()) {
      throw new SettingsFault(faults);
    }
  }

  private static String join(Set<String> words) {
    return String.join(", ", words);
  }
}
