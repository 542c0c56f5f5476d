package dev.longrunning.profile;

import dev.longrunning.operation.Percent;
import dev.longrunning.operation.Problem;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A request's path as it came: segments that are still encoded, and the verb split off the last.
 *
 * <p><b>Promise.</b> Every segment can be decoded, and is not empty, {@code .} or {@code ..} either
 * before or after. Nothing is normalised.
 *
 * <p><b>Bounds.</b> {@value #PATH_MAX} characters: a name of 512 bytes, each percent-encoded, is
 * 1,536, twice encoded 2,560.
 *
 * @param verb without the colon; empty: none
 */
public record RawPath(List<String> segments, String verb) {
  public static final int PATH_MAX = 4_096;

  private static final String FIELD = "path";
  private static final Pattern ENCODED_SLASH = Pattern.compile("%2[Ff]");

  /** Takes a path apart, or throws {@link Problem} INVALID. */
  public static RawPath parse(String path) {
    if (path.length() > PATH_MAX) {
      throw Problem.invalid(FIELD, path, "at most " + PATH_MAX + " characters");
    }
    if (!path.startsWith("/")) {
      throw Problem.invalid(FIELD, path, "a path that begins with '/'");
    }
    if (path.length() == 1) {
      return new RawPath(List.of(), "");
    }
    int colon = path.indexOf(':', path.lastIndexOf('/')) < 0 ? -1 : path.lastIndexOf(':');
    String verb = colon < 0 ? "" : path.substring(colon + 1);
    if (colon >= 0 && verb.isEmpty()) {
      throw Problem.invalid(FIELD, path, "a verb after the last ':'");
    }
    return of(path.substring(1, colon < 0 ? path.length() : colon), verb);
  }

  private static RawPath of(String path, String verb) {
    var segments = List.of(path.split("/", -1));
    for (String segment : segments) {
      String decoded = Percent.decoded(FIELD, segment);
      if (decoded.isEmpty() || decoded.equals(".") || decoded.equals("..")) {
        throw Problem.invalid(FIELD, '/' + path, "segments that are not empty, '.' or '..'");
      }
    }
    return new RawPath(segments, verb);
  }

  /** The same path with every encoded slash taken for a slash; empty if there is none. */
  public Optional<RawPath> withEncodedSlashes() {
    String path = String.join("/", segments);
    var encoded = ENCODED_SLASH.matcher(path);
    return encoded.find() ? Optional.of(of(encoded.replaceAll("/"), verb)) : Optional.empty();
  }

  /** Joins and decodes the segments from {@code from} to before {@code to}. */
  String value(int from, int to, boolean single) {
    if (single) {
      return Percent.decoded(FIELD, segments.get(from));
    }
    return Percent.decodedExceptSlash(FIELD, String.join("/", segments.subList(from, to)));
  }
}
