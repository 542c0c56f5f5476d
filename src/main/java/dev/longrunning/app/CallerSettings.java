package dev.longrunning.app;

import java.util.List;

/**
 * What one caller may ask for at a time, so that others are served beside it.
 *
 * @param callsMax calls that are answered or wait, on one event loop
 * @param heldMax streams and WaitOperation calls, on one event loop
 * @param connectionsMax connections of one address, on all event loops
 */
record CallerSettings(int callsMax, int heldMax, int connectionsMax) {
  static final Setting<Integer> CALLS_MAX =
      new Setting<>("caller.calls-max", "4096", "16..65536", SettingParsers.count(16, 65_536));

  static final Setting<Integer> HELD_MAX =
      new Setting<>(
          "caller.streams-max", "100000", "1..1000000", SettingParsers.count(1, 1_000_000));

  static final Setting<Integer> CONNECTIONS_MAX =
      new Setting<>(
          "caller.connections-max", "1024", "1..1000000", SettingParsers.count(1, 1_000_000));

  static final List<Setting<?>> ALL = List.of(CALLS_MAX, HELD_MAX, CONNECTIONS_MAX);

  static CallerSettings read(SettingSources sources) {
    return new CallerSettings(
        sources.get(CALLS_MAX), sources.get(HELD_MAX), sources.get(CONNECTIONS_MAX));
  }
}
