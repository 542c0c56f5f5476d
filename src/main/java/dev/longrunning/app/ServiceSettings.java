package dev.longrunning.app;

import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Which services the server presents itself as.
 *
 * @param active by the names of their files, without the ending
 * @param directory of files that go before those that the program brings along
 */
record ServiceSettings(List<String> active, Path directory) {
  private static final int ACTIVE_MAX = 64;
  private static final Pattern ID = Pattern.compile("[a-z][a-z0-9.-]{0,62}");

  static final Setting<List<String>> ACTIVE =
      new Setting<>(
          "services.active",
          "default",
          "up to 64 names of files, without .yaml",
          SettingParsers.list(ID, ACTIVE_MAX));
  static final Setting<Path> DIRECTORY =
      new Setting<>("services.directory", "conf/services", "a directory", SettingParsers::path);

  static final List<Setting<?>> ALL = List.of(ACTIVE, DIRECTORY);

  static ServiceSettings read(SettingSources sources) {
    return new ServiceSettings(sources.get(ACTIVE), sources.get(DIRECTORY));
  }
}
