package dev.longrunning.testing;

import dev.longrunning.operation.Problem;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** What every target of the fuzzer does: takes input apart, and lets nothing but a Problem pass. */
public final class Fuzzed {
  private static final Set<Problem.Kind> ALLOWED =
      Set.of(
          Problem.Kind.INVALID,
          Problem.Kind.NOT_FOUND,
          Problem.Kind.OVER_LIMIT,
          Problem.Kind.UNIMPLEMENTED);

  private static final Path CORPUS = Path.of("src/fuzz/corpus");

  private Fuzzed() {}

  /** One file of a corpus. */
  public record Input(String name, Buffer bytes) {}

  /** What the fuzzer of a target begins with: among it what it has found. */
  public static List<Input> corpus(String target) {
    try (var files = Files.list(CORPUS.resolve(target))) {
      var inputs = new ArrayList<Input>();
      for (Path file : files.sorted().toList()) {
        inputs.add(
            new Input(file.getFileName().toString(), Buffer.buffer(Files.readAllBytes(file))));
      }
      return inputs;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A result, or nothing if the input is refused as it may be; anything else is a finding. */
  public static <T> Optional<T> answer(Supplier<T> work) {
    try {
      return Optional.of(work.get());
    } catch (Problem problem) {
      check(problem);
      return Optional.empty();
    }
  }

  /** A problem that input may cause, which every caller can be told. */
  public static void check(Problem problem) {
    boolean tellable = StandardCharsets.UTF_8.newEncoder().canEncode(problem.message());
    if (!ALLOWED.contains(problem.kind()) || !tellable) {
      throw new AssertionError(problem.kind() + ": " + problem.message(), problem);
    }
  }

  /** Throws a finding if it does not hold. */
  public static void holds(boolean holds, String rule) {
    if (!holds) {
      throw new AssertionError(rule);
    }
  }

  /** The first byte, which chooses among so many; 0 if there is none. */
  public static int choice(byte[] data, int count) {
    return data.length == 0 ? 0 : (data[0] & 0xFF) % count;
  }

  /** What follows the first byte. */
  public static byte[] rest(byte[] data) {
    return data.length == 0 ? data : Arrays.copyOfRange(data, 1, data.length);
  }

  /** The lines of what follows the first byte, one character a byte, filled up to {@code count}. */
  public static List<String> lines(byte[] data, int count) {
    var lines = new String(rest(data), StandardCharsets.ISO_8859_1).split("\n", count);
    var all = new String[count];
    Arrays.fill(all, "");
    System.arraycopy(lines, 0, all, 0, lines.length);
    return List.of(all);
  }
}
