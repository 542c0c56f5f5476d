package dev.longrunning.app;

import java.util.List;

/** The settings as the table in {@code docs/settings.md} must have them. */
public final class SettingsDocs {
  private SettingsDocs() {}

  /** Each row up to its last column, which says what the setting is for. */
  public static List<String> rows() {
    return Settings.ALL.stream()
        .map(
            setting ->
                "| `"
                    + setting.key()
                    + "` | `"
                    + setting.environmentName()
                    + "` | "
                    + (setting.fallback().isEmpty() ? "none" : "`" + setting.fallback() + "`")
                    + " | "
                    + setting.allowed()
                    + " |")
        .toList();
  }

  /** The keys that can change while the server runs, in the order of the table. */
  public static List<String> reloaded() {
    return Settings.ALL.stream().filter(Settings.RELOADED::contains).map(Setting::key).toList();
  }
}
