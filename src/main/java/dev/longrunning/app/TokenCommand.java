package dev.longrunning.app;

import dev.longrunning.auth.TokenFile;
import dev.longrunning.auth.TokenHash;
import dev.longrunning.operation.Problem;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * Makes a token for the file that {@code auth.tokens-file} names.
 *
 * <p><b>Promise.</b> The token is random and shown once, apart from the lines for the file, which
 * do not tell it.
 */
@Command(
    name = "token",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Make a token for the file that auth.tokens-file names.",
      "",
      "The token goes to standard error, this once: give it to whoever calls. The lines for the"
          + " file, which hold its SHA-256 only, go to standard output.",
      "",
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  echo 'tokens:' > tokens.yaml",
      "  longrunning token --principal ci --groups builders --expires-in 90d >> tokens.yaml",
      "",
      "A running server takes the file within 2 seconds: docs/authentication.md.",
    })
public final class TokenCommand implements Callable<Integer> {
  private static final int BYTES = 32;
  private static final Duration LONGEST = Duration.ofDays(3_650);

  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--principal",
      paramLabel = "NAME",
      required = true,
      description = "Whom the token is of; policies call it token:NAME.")
  private String principal = "";

  @Option(
      names = "--groups",
      paramLabel = "GROUP",
      split = ",",
      description = "Groups of the principal, separated by commas.")
  private List<String> groups = List.of();

  @Option(
      names = "--scopes",
      paramLabel = "SCOPE",
      split = ",",
      description = "What alone the token is good for, separated by commas. Default: anything")
  private List<String> scopes = List.of();

  @Option(
      names = "--expires-in",
      paramLabel = "TIME",
      description = "When the token ends, such as 12h or 90d. Default: never")
  private @Nullable String expiresIn;

  @Override
  public Integer call() {
    check("--principal", List.of(principal), TokenFile::isName);
    check("--groups", groups, TokenFile::isGroup);
    check("--scopes", scopes, TokenFile::isScope);
    var end = Optional.ofNullable(expiresIn).map(this::end);
    var bytes = new byte[BYTES];
    new SecureRandom().nextBytes(bytes);
    String token = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    var out = command().commandLine().getOut();
    out.println("- principal: " + quoted(principal));
    out.println("  sha256: " + TokenHash.of(token).hex());
    list("groups", groups);
    list("scopes", scopes);
    end.ifPresent(time -> out.println("  expires: " + time));
    out.flush();
    var err = command().commandLine().getErr();
    err.println("Token of " + principal + ", shown this once:");
    err.println(token);
    err.flush();
    return 0;
  }

  private void list(String key, List<String> items) {
    if (!items.isEmpty()) {
      var words = items.stream().map(TokenCommand::quoted).collect(Collectors.joining(", "));
      command().commandLine().getOut().println("  " + key + ": [" + words + "]");
    }
  }

  /** As YAML reads it back, whatever it begins with. */
  private static String quoted(String text) {
    return '\'' + text.replace("'", "''") + '\'';
  }

  private void check(String option, List<String> texts, Predicate<String> good) {
    for (String text : texts) {
      if (!good.test(text)) {
        throw refused(option, text, "what docs/authentication.md says of the file");
      }
    }
  }

  private Instant end(String lifetime) {
    return SettingParsers.duration(Duration.ofMinutes(1), LONGEST)
        .apply(lifetime)
        .map(time -> InstantSource.system().instant().plus(time).truncatedTo(ChronoUnit.SECONDS))
        .orElseThrow(() -> refused("--expires-in", lifetime, "1m..3650d"));
  }

  private ParameterException refused(String option, String got, String allowed) {
    return new ParameterException(
        command().commandLine(), option + ": got " + Problem.shown(got) + ", allowed " + allowed);
  }

  private CommandSpec command() {
    if (spec == null) {
      throw new IllegalStateException("picocli fills the fields in before it calls");
    }
    return spec;
  }
}
