package dev.longrunning.app;

import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * The settings file: YAML, flattened to dotted keys.
 *
 * <p><b>Promise.</b> Strict: a duplicate key, or anything but nested maps of plain values and lists
 * of them, is a fault.
 *
 * <p><b>Bounds.</b> {@value #CHARACTERS_MAX} characters.
 */
final class SettingsFile {
  private static final int CHARACTERS_MAX = 256 * 1_024;

  private SettingsFile() {}

  /** Reads a file; what is wrong goes to {@code faults}. */
  static Map<String, String> read(Path file, List<String> faults) {
    try {
      return parse(Files.readString(file), file.toString(), faults);
    } catch (NoSuchFileException e) {
      faults.add("config: got " + file + ", allowed a file that exists");
    } catch (MalformedInputException e) {
      faults.add("config: got " + file + ", allowed a file in UTF-8");
    } catch (IOException e) {
      faults.add("config: got " + file + ", allowed a file that can be read");
    }
    return Map.of();
  }

  static Map<String, String> parse(String text, String source, List<String> faults) {
    var settings =
        LoadSettings.builder()
            .setLabel(source)
            .setAllowDuplicateKeys(false)
            .setCodePointLimit(CHARACTERS_MAX)
            .build();
    var values = new LinkedHashMap<String, String>();
    try {
      Object document = new Load(settings).loadFromString(text);
      if (document instanceof Map<?, ?> map) {
        flatten("", map, values, faults);
      } else if (document != null) {
        faults.add("config: got " + source + ", allowed a YAML map of settings");
      }
    } catch (MarkedYamlEngineException e) {
      String line = e.getProblemMark().map(mark -> ":" + (mark.getLine() + 1)).orElse("");
      faults.add("config: " + source + line + ": " + e.getProblem());
    } catch (YamlEngineException e) {
      faults.add("config: " + source + ": " + firstLine(e));
    } catch (IllegalArgumentException e) {
      // What the parser says of "\\u" without digits, and of numbers that are no character.
      faults.add("config: " + source + ": got an escape that is no character");
    }
    return values;
  }

  private static String firstLine(YamlEngineException e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse("no YAML");
  }

  private static void flatten(
      String prefix, Map<?, ?> map, Map<String, String> values, List<String> faults) {
    map.forEach(
        (key, value) -> {
          String name = prefix + key;
          if (value instanceof Map<?, ?> inner) {
            flatten(name + '.', inner, values, faults);
          } else if (value instanceof List<?> list && isPlain(list)) {
            values.put(name, list.stream().map(String::valueOf).collect(Collectors.joining(",")));
          } else if (value instanceof List<?>) {
            faults.add(name + ": got a nested list, allowed a list of plain values");
          } else if (values.put(name, value == null ? "" : value.toString()) != null) {
            faults.add(name + ": got it twice, allowed once");
          }
        });
  }

  private static boolean isPlain(List<?> list) {
    return list.stream()
        .noneMatch(
            item ->
                item instanceof Map
                    || item instanceof List
                    || item == null
                    || item.toString().contains(","));
  }
}
