package dev.longrunning.profile;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/**
 * A map of a YAML file that knows its lines.
 *
 * <p><b>Promise.</b> A value of another kind than is asked for is noted as a fault with its line,
 * and is as if it were not there.
 *
 * <p><b>Bounds.</b> {@value #CHARACTERS_MAX} characters a file; the parser's own for depth and
 * aliases.
 */
public final class YamlMap {
  /** The largest of Google's configurations has a fifth. */
  static final int CHARACTERS_MAX = 1_048_576;

  private record Entry(Node key, Node value) {}

  private final Map<String, Entry> entries = new LinkedHashMap<>();
  private final int line;
  private final Faults faults;

  private YamlMap(Faults faults) {
    this.line = 0;
    this.faults = faults;
  }

  private YamlMap(MappingNode node, Faults faults) {
    this.line = line(node);
    this.faults = faults;
    for (var tuple : node.getValue()) {
      if (tuple.getKeyNode() instanceof ScalarNode key) {
        var entry = new Entry(key, tuple.getValueNode());
        if (entries.putIfAbsent(key.getValue(), entry) != null) {
          faults.add(line(key), key.getValue() + ": got it twice, allowed once");
        }
      }
    }
  }

  /**
   * Reads a file; what is wrong with it goes to {@code faults}.
   *
   * @param what is to be in it
   */
  public static Optional<YamlMap> parse(String text, String what, Faults faults) {
    var settings = LoadSettings.builder().setCodePointLimit(CHARACTERS_MAX).build();
    try {
      var node = new Compose(settings).composeString(text);
      if (node.isPresent() && node.get() instanceof MappingNode map) {
        return Optional.of(new YamlMap(map, faults));
      }
      faults.add(1, "got no YAML map, allowed " + what);
    } catch (MarkedYamlEngineException e) {
      faults.add(e.getProblemMark().map(YamlMap::line).orElse(0), String.valueOf(e.getProblem()));
    } catch (YamlEngineException e) {
      faults.add(0, String.valueOf(e.getMessage()).lines().findFirst().orElse("no YAML"));
    } catch (IllegalArgumentException e) {
      // What the parser says of "\\u" without digits, and of numbers that are no character.
      faults.add(0, "got an escape that is no character, allowed such as \\u0041");
    }
    return Optional.empty();
  }

  /** A map that is not there. */
  static YamlMap none() {
    return new YamlMap(new Faults(""));
  }

  private static int line(Node node) {
    return node.getStartMark().map(YamlMap::line).orElse(0);
  }

  private static int line(Mark mark) {
    return mark.getLine() + 1;
  }

  public int line() {
    return line;
  }

  /** Where a key is, or else the map. */
  int line(String key) {
    var entry = entries.get(key);
    return entry == null ? line : line(entry.key());
  }

  /** Notes what is wrong with the value of a key. */
  public void fault(String key, String got, String allowed) {
    faults.add(line(key), key + ": got " + got + ", allowed " + allowed);
  }

  /** The value of a key as one of several words; the first is what holds without the key. */
  public String choice(String key, String... words) {
    String text = text(key).orElse(words[0]);
    if (List.of(words).contains(text)) {
      return text;
    }
    fault(key, text, String.join(" or ", words));
    return words[0];
  }

  /** The same, of words that are constants in small letters. */
  <E extends Enum<E>> E choice(String key, Class<E> type) {
    var all = type.getEnumConstants();
    var words = Arrays.stream(all).map(YamlMap::word).toList();
    return all[words.indexOf(choice(key, words.toArray(String[]::new)))];
  }

  private static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  public Set<String> keys() {
    return entries.keySet();
  }

  /** Notes each key that is none of these. */
  public void onlyHas(Set<String> known) {
    for (String key : entries.keySet()) {
      if (!known.contains(key)) {
        fault(key, "a key that nobody knows", String.join(", ", new TreeSet<>(known)));
      }
    }
  }

  public Optional<String> text(String key) {
    return value(key)
        .flatMap(
            node -> {
              if (node instanceof ScalarNode scalar) {
                return Optional.of(scalar.getValue());
              }
              fault(key, "more than a value", "a plain value");
              return Optional.empty();
            });
  }

  /** The texts of a list, or the one that is there without one. */
  public List<String> texts(String key) {
    var texts = new ArrayList<String>();
    for (var node : items(key)) {
      if (node instanceof ScalarNode scalar) {
        texts.add(scalar.getValue());
      } else {
        faults.add(line(node), key + ": got more than a value, allowed plain values");
      }
    }
    return texts;
  }

  public Optional<YamlMap> map(String key) {
    return value(key)
        .flatMap(
            node -> {
              if (node instanceof MappingNode map) {
                return Optional.of(new YamlMap(map, faults));
              }
              fault(key, "a value", "a map");
              return Optional.empty();
            });
  }

  /** The maps of a list. */
  public List<YamlMap> maps(String key) {
    var maps = new ArrayList<YamlMap>();
    for (var node : items(key)) {
      if (node instanceof MappingNode map) {
        maps.add(new YamlMap(map, faults));
      } else {
        faults.add(line(node), key + ": got a value, allowed maps");
      }
    }
    return maps;
  }

  private List<Node> items(String key) {
    return value(key)
        .map(node -> node instanceof SequenceNode list ? list.getValue() : List.of(node))
        .orElse(List.of());
  }

  /** Empty also where nothing is behind the colon. */
  private Optional<Node> value(String key) {
    return Optional.ofNullable(entries.get(key)).map(Entry::value).filter(YamlMap::isThere);
  }

  private static boolean isThere(Node value) {
    return !(value instanceof ScalarNode scalar)
        || !scalar.getValue().isEmpty()
        || !scalar.isPlain();
  }
}
