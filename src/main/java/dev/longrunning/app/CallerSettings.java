package dev.longrunning.app;

import java.util.List;

/**
 * What one caller may ask for at a time, so that others are served beside it.
 *
 * @param callsMax calls that are answered or wait, on one event loop
 */
record CallerSettings(int callsMax) {
  static final Setting<Integer> CALLS_MAX =
      new Setting<>("caller.calls-max", "4096", "16..65536", SettingParsers.count(16, 65_536));

  static final List<Setting<?>> ALL = List.of(CALLS_MAX);

  static CallerSettings read(SettingSources sources) {
    return new CallerSettings(sources.get(CALLS_MAX));
  }
}
