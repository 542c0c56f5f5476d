package dev.longrunning.testing;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** The metrics of a server at one moment, read from Prometheus' text format. */
public final class Scrape {
  private static final Pattern TYPE = Pattern.compile("# TYPE (\\S+) (\\S+)");
  private static final Pattern SAMPLE =
      Pattern.compile("([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\\{(.*)})? (\\S+)");
  private static final Pattern LABEL =
      Pattern.compile("([a-zA-Z_]\\w*)=\"((?:[^\"\\\\]|\\\\.)*)\"");
  private static final Set<String> OF_BUCKETS = Set.of("le", "quantile");

  private final Map<String, String> types = new TreeMap<>();
  private final List<Sample> samples = new ArrayList<>();

  private record Sample(String name, Map<String, String> labels, double value) {}

  /** A metric as the documentation names it. */
  public record Kind(String name, String type, String labels) {}

  private Scrape(String text) {
    text.lines().forEach(this::read);
  }

  /** Takes one from a management port. */
  public static Scrape of(String base) throws Exception {
    var request = HttpRequest.newBuilder(URI.create(base + "/metrics")).build();
    return new Scrape(HttpClient.newHttpClient().send(request, BodyHandlers.ofString()).body());
  }

  private void read(String line) {
    var type = TYPE.matcher(line);
    if (type.matches()) {
      types.put(type.group(1), type.group(2));
    } else if (!line.startsWith("#")) {
      var sample = SAMPLE.matcher(line);
      if (!sample.matches()) {
        throw new AssertionError("no sample: " + line);
      }
      var labels = new TreeMap<String, String>();
      if (sample.group(2) != null) {
        LABEL.matcher(sample.group(2)).results().forEach(l -> labels.put(l.group(1), l.group(2)));
      }
      samples.add(new Sample(sample.group(1), labels, Double.parseDouble(sample.group(3))));
    }
  }

  /** Every metric that has a series, with the names of its labels in their order. */
  public Set<Kind> kinds() {
    var names = new TreeMap<String, TreeSet<String>>();
    for (var sample : samples) {
      var labels = names.computeIfAbsent(family(sample.name()), any -> new TreeSet<>());
      sample.labels().keySet().stream()
          .filter(label -> !OF_BUCKETS.contains(label))
          .forEach(labels::add);
    }
    var kinds = new java.util.HashSet<Kind>();
    names.forEach((name, labels) -> kinds.add(new Kind(name, types.get(name), words(labels))));
    return kinds;
  }

  private static String words(Set<String> labels) {
    return labels.isEmpty() ? "none" : String.join(", ", labels);
  }

  private String family(String sample) {
    if (types.containsKey(sample)) {
      return sample;
    }
    String family = sample.replaceFirst("_(bucket|count|sum)$", "");
    if (!types.containsKey(family)) {
      throw new AssertionError("a sample without a type: " + sample);
    }
    return family;
  }

  /** The sum of a sample over all series with these labels, as {@code name} or {@code value}. */
  public double sum(String name, String... labels) {
    var wanted = new TreeMap<String, String>();
    for (int i = 0; i < labels.length; i += 2) {
      wanted.put(labels[i], labels[i + 1]);
    }
    return samples.stream()
        .filter(sample -> sample.name().equals(name))
        .filter(sample -> sample.labels().entrySet().containsAll(wanted.entrySet()))
        .mapToDouble(Sample::value)
        .sum();
  }
}
