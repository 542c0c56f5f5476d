package dev.longrunning.profile;

import dev.longrunning.operation.Signal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A further verb of a service, such as {@code pause}: a {@link Signal} for the operation's
 * producer.
 *
 * @param method that callers of gRPC know it by, such as {@code package.Service/PauseThing}; its
 *     request has the operation's name in its first field, its response has none
 */
public record SignalVerb(String verb, String method, Access access) {
  static final String KEY = "signals";
  static final Set<String> KEYS = Set.of("verb", "method", "scopes", "permissions");

  /** What an operation remembers of signals is bounded by it. */
  static final int VERBS_MAX = 8;

  /** What callers need where the service does not say. */
  public static final String PERMISSION = "longrunning.operations.signal";

  private static final Pattern VERB = Pattern.compile("[a-z][A-Za-z]{0,31}");
  private static final Pattern METHOD =
      Pattern.compile("([a-zA-Z_]\\w*\\.)+[A-Za-z_]\\w*\\.[A-Za-z_]\\w*");

  /** Have a meaning already. */
  private static final Set<String> TAKEN =
      Set.of("cancel", "wait", "watch", "start", "update", "complete", "adopt");

  /** Methods of these packages are the server's own. */
  private static final List<String> OURS = List.of("google.longrunning.", "longrunning.", "grpc.");

  /** Reads those of a service. */
  static List<SignalVerb> read(YamlMap own, Access.Combine combine, Access.Resource resource) {
    var verbs = new ArrayList<SignalVerb>();
    var known = new HashSet<String>();
    for (var map : own.maps(KEY)) {
      map.onlyHas(KEYS);
      String verb = map.text("verb").orElse("");
      if (!VERB.matcher(verb).matches() || TAKEN.contains(verb) || !known.add(verb)) {
        map.fault(
            "verb", verb, "1 to 32 letters, a small one first, not " + taken() + ", each once");
      }
      String selector = map.text("method").orElse("");
      int dot = selector.lastIndexOf('.');
      boolean ours = OURS.stream().anyMatch(selector::startsWith);
      if (!METHOD.matcher(selector).matches() || ours || !known.add(selector)) {
        map.fault("method", selector, "package.Service.Method of the service's own, each once");
        continue;
      }
      String method = selector.substring(0, dot) + '/' + selector.substring(dot + 1);
      var permissions = map.texts("permissions");
      verbs.add(
          new SignalVerb(
              verb,
              method,
              new Access(
                  map.texts("scopes"),
                  permissions.isEmpty() ? List.of(PERMISSION) : permissions,
                  combine,
                  resource)));
    }
    if (verbs.size() > VERBS_MAX) {
      own.fault(KEY, verbs.size() + " verbs", "at most " + VERBS_MAX);
    }
    return verbs;
  }

  private static String taken() {
    return String.join(", ", TAKEN.stream().sorted().toList());
  }
}
