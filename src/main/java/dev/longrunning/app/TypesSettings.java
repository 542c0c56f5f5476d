package dev.longrunning.app;

import java.nio.file.Path;
import java.util.List;

/**
 * Where the descriptor sets of message types are.
 *
 * @param optional whether the directory need not be there: nobody asked for it
 */
record TypesSettings(Path directory, boolean optional) {
  static final Setting<Path> DIRECTORY =
      new Setting<>("types.directory", "conf/types", "a directory", SettingParsers::path);

  static final List<Setting<?>> ALL = List.of(DIRECTORY);

  static TypesSettings read(SettingSources sources) {
    var directory = sources.get(DIRECTORY);
    return new TypesSettings(directory, directory.equals(Path.of(DIRECTORY.fallback())));
  }
}
