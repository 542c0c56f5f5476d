package dev.longrunning.filter;

import dev.longrunning.operation.Snapshot;
import dev.longrunning.testing.Fuzzed;
import dev.longrunning.types.FilterSamples;
import dev.longrunning.types.TestTypes;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Filters in every dialect, and what they make of operations. */
public final class FilterFuzz {
  private static final List<Dialect> DIALECTS = Dialect.all();
  private static final List<Snapshot> OPERATIONS = operations();
  private static final Payloads PAYLOADS = TestTypes.payloads();

  private FilterFuzz() {}

  private static List<Snapshot> operations() {
    var all = new ArrayList<>(FilterSamples.all().values());
    all.addAll(FilterSamples.ofServices().values());
    return all;
  }

  /** Called by the fuzzer, once: loading classes takes its time, which is none of an input's. */
  public static void fuzzerInitialize() {
    Fuzzed.corpus("filter.FilterFuzz")
        .forEach(input -> fuzzerTestOneInput(input.bytes().getBytes()));
  }

  /** The first byte chooses the dialect, the rest is the filter. */
  public static void fuzzerTestOneInput(byte[] data) {
    var dialect = DIALECTS.get(Fuzzed.choice(data, DIALECTS.size()));
    String text = new String(Fuzzed.rest(data), StandardCharsets.UTF_8);

    Fuzzed.answer(() -> dialect.parse(text)).ifPresent(FilterFuzz::judge);
    var parser = new Parser(text, new FieldRules());
    Fuzzed.answer(parser::parse);
    Fuzzed.holds(parser.charactersRead() <= text.length(), "no more is read than there is");
  }

  private static void judge(Filter filter) {
    var narrowing = filter.narrowing();
    for (var operation : OPERATIONS) {
      boolean matches = filter.matches(operation, PAYLOADS);
      boolean passes = Narrowed.letsThrough(narrowing, operation);
      Fuzzed.holds(passes || !matches, "what matches is let through");
      Fuzzed.holds(passes == matches || !filter.isExact(), "an exact narrowing is the filter");
    }
  }
}
