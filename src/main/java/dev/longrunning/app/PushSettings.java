package dev.longrunning.app;

import dev.longrunning.watch.HubSettings;
import java.time.Duration;
import java.util.List;

/**
 * How watches are kept.
 *
 * @param hub what can change
 * @param ringBytes weight of the states that each event loop keeps for watches that are behind
 */
record PushSettings(HubSettings hub, long ringBytes) {
  static final Setting<Duration> HEARTBEAT =
      new Setting<>(
          "watch.heartbeat",
          "15s",
          "1s..5m",
          SettingParsers.duration(Duration.ofSeconds(1), Duration.ofMinutes(5)));
  static final Setting<Duration> STALL =
      new Setting<>(
          "watch.stall",
          "30s",
          "1s..5m",
          SettingParsers.duration(Duration.ofSeconds(1), Duration.ofMinutes(5)));
  static final Setting<Long> RING_BYTES =
      new Setting<>(
          "watch.ring-bytes", "64MiB", "1MiB..8GiB", SettingParsers.size(1L << 20, 8L << 30));

  static final List<Setting<?>> ALL = List.of(HEARTBEAT, STALL, RING_BYTES);

  static PushSettings read(SettingSources sources) {
    var hub = new HubSettings(sources.get(HEARTBEAT), sources.get(STALL));
    return new PushSettings(hub, sources.get(RING_BYTES));
  }
}
