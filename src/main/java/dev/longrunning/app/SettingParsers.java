package dev.longrunning.app;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How values are spelled: the same in the file, the environment and flags. Empty for a fault. */
final class SettingParsers {
  private static final Pattern AMOUNT = Pattern.compile("([0-9]{1,9})(ms|s|m|h|d|KiB|MiB|GiB)?");
  private static final Map<String, Duration> TIMES =
      Map.of(
          "ms", Duration.ofMillis(1),
          "s", Duration.ofSeconds(1),
          "m", Duration.ofMinutes(1),
          "h", Duration.ofHours(1),
          "d", Duration.ofDays(1));
  private static final Map<String, Long> SIZES =
      Map.of("KiB", 1L << 10, "MiB", 1L << 20, "GiB", 1L << 30);

  private SettingParsers() {}

  static Function<String, Optional<Duration>> duration(Duration min, Duration max) {
    return text ->
        amount(text)
            .flatMap(
                amount ->
                    Optional.ofNullable(TIMES.get(unit(amount)))
                        .map(unit -> unit.multipliedBy(number(amount))))
            .filter(value -> value.compareTo(min) >= 0 && value.compareTo(max) <= 0);
  }

  static Function<String, Optional<Long>> size(long min, long max) {
    return text ->
        amount(text)
            .flatMap(
                amount ->
                    Optional.ofNullable(SIZES.get(unit(amount))).map(unit -> unit * number(amount)))
            .filter(value -> value >= min && value <= max);
  }

  static Function<String, Optional<Integer>> count(int min, int max) {
    return text ->
        amount(text)
            .filter(amount -> unit(amount).isEmpty())
            .map(amount -> Math.toIntExact(number(amount)))
            .filter(value -> value >= min && value <= max);
  }

  private static Optional<Matcher> amount(String text) {
    return Optional.of(AMOUNT.matcher(text)).filter(Matcher::matches);
  }

  private static long number(Matcher amount) {
    return Long.parseLong(amount.group(1));
  }

  private static String unit(Matcher amount) {
    return Optional.ofNullable(amount.group(2)).orElse("");
  }

  static Optional<Boolean> flag(String text) {
    return switch (text) {
      case "true" -> Optional.of(true);
      case "false" -> Optional.of(false);
      default -> Optional.empty();
    };
  }

  static Optional<Path> path(String text) {
    try {
      return text.isEmpty() ? Optional.empty() : Optional.of(Path.of(text));
    } catch (InvalidPathException e) {
      return Optional.empty();
    }
  }

  /** A file, or none. */
  static Optional<Optional<Path>> file(String text) {
    return text.isEmpty() ? Optional.of(Optional.empty()) : path(text).flatMap(it -> present(it));
  }

  /** What may be absent, and is there. */
  static <T> Optional<Optional<T>> present(T value) {
    return Optional.of(Optional.of(value));
  }

  /** A comma-separated list, at most {@code max} long, of what fits {@code pattern}. */
  static Function<String, Optional<List<String>>> list(Pattern pattern, int max) {
    return text -> {
      var items = new ArrayList<String>();
      for (String item : text.isBlank() ? new String[0] : text.split(",", -1)) {
        items.add(item.strip());
      }
      boolean fits = items.size() <= max;
      for (String item : items) {
        fits &= pattern.matcher(item).matches();
      }
      return fits ? Optional.of(List.copyOf(items)) : Optional.empty();
    };
  }

  /** The constants of an enum, spelled in lower case. */
  static <E extends Enum<E>> Function<String, Optional<E>> word(Class<E> type) {
    return text -> {
      for (E constant : type.getEnumConstants()) {
        if (constant.name().toLowerCase(java.util.Locale.ROOT).equals(text)) {
          return Optional.of(constant);
        }
      }
      return Optional.empty();
    };
  }

  /** {@code otherwise} for one word, the parser for all others. */
  static <T> Function<String, Optional<T>> or(
      String word, T otherwise, Function<String, Optional<T>> parser) {
    return text -> text.equals(word) ? Optional.of(otherwise) : parser.apply(text);
  }

  /** An address to listen on, or nowhere. */
  static Optional<Listen> listen(String text) {
    return text.equals("off")
        ? Optional.of(Listen.OFF)
        : HostPort.parse(text).map(address -> new Listen(Optional.of(address)));
  }

  /** Where to listen; empty: nowhere. */
  record Listen(Optional<HostPort> address) {
    static final Listen OFF = new Listen(Optional.empty());
  }
}
