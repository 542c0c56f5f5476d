package dev.longrunning.auth;

import dev.longrunning.operation.CallerProblems;
import dev.longrunning.operation.Problem;
import io.vertx.core.Future;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The tokens of a file, for as long as the server runs.
 *
 * <p><b>Promise.</b> Known by their hashes only. The file is taken as a whole or not at all: what
 * {@link #check} finds changed and good is in force from then on, also for streams that were opened
 * with a token that is no longer in it; what is not good changes nothing, and each fault is logged
 * once until it is another.
 *
 * <p><b>Threads.</b> {@link #read} and {@link #check} block: plain ones, one at a time. All else is
 * for any.
 *
 * <p><b>Bounds.</b> {@value #FILE_BYTES_MAX} bytes, and those of {@link TokenFile}.
 */
public final class StaticTokens implements BearerTokens {
  static final int FILE_BYTES_MAX = 1_048_576;
  private static final Logger log = LoggerFactory.getLogger(StaticTokens.class);

  private final Path file;
  private final InstantSource clock;

  /** What the file was when it was looked at last, whether it was good or not. */
  private String seen;

  private volatile Map<TokenHash, Known> known;
  private volatile List<String> faults = List.of();

  private record Known(TokenEntry entry, Identity identity) {}

  private StaticTokens(Path file, InstantSource clock) throws TokenFileFault {
    this.file = file;
    this.clock = clock;
    this.seen = text();
    this.known = known(parsed(seen));
  }

  /** Reads them for the first time. */
  public static StaticTokens read(Path file, InstantSource clock) throws TokenFileFault {
    return new StaticTokens(file, clock);
  }

  @Override
  public Optional<Future<Identity>> identify(String token) {
    return Optional.ofNullable(known.get(TokenHash.of(token)))
        .map(found -> found.identity.at(clock.instant()));
  }

  /** How many there are. */
  public int count() {
    return known.size();
  }

  /** Whether the file holds others that cannot be used. */
  public boolean isRefused() {
    return !faults.isEmpty();
  }

  /**
   * Looks at the file.
   *
   * @param asked whether somebody asked for it now, and is to hear again what is wrong
   */
  public void check(boolean asked) {
    try {
      String text = text();
      if (asked || isRefused() || !text.equals(seen)) {
        seen = text;
        take(parsed(text));
      }
    } catch (TokenFileFault fault) {
      refused(fault.lines(), asked);
    }
  }

  private void take(Map<TokenHash, TokenEntry> read) {
    int before = known.size();
    known = known(read);
    faults = List.of();
    log.atInfo()
        .addKeyValue("before", before)
        .addKeyValue("tokens", read.size())
        .log("tokens.reloaded");
  }

  private void refused(List<String> lines, boolean asked) {
    if (asked || !lines.equals(faults)) {
      lines.forEach(line -> log.atWarn().addKeyValue("reason", line).log("tokens.refused"));
    }
    faults = lines;
  }

  private Map<TokenHash, Known> known(Map<TokenHash, TokenEntry> entries) {
    var all = new HashMap<TokenHash, Known>();
    entries.forEach((hash, entry) -> all.put(hash, new Known(entry, identity(hash, entry))));
    return all;
  }

  private Identity identity(TokenHash hash, TokenEntry entry) {
    return new Identity(
        "token:" + entry.principal(), entry.groups(), entry.scopes(), new Listed(hash, entry));
  }

  private String text() throws TokenFileFault {
    try (var stream = Files.newInputStream(file)) {
      var bytes = stream.readNBytes(FILE_BYTES_MAX + 1);
      if (bytes.length <= FILE_BYTES_MAX) {
        return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      }
    } catch (CharacterCodingException e) {
      throw fault("a file in UTF-8");
    } catch (IOException e) {
      throw fault("a file that can be read");
    }
    throw fault("a file of at most 1 MiB");
  }

  private TokenFileFault fault(String allowed) {
    return new TokenFileFault(List.of("auth.tokens-file: got " + file + ", allowed " + allowed));
  }

  private Map<TokenHash, TokenEntry> parsed(String text) throws TokenFileFault {
    var read = TokenFile.read(file.toString(), text);
    if (!read.faults().isEmpty()) {
      throw new TokenFileFault(read.faults());
    }
    return read.entries();
  }

  /** Holds as long as the file says the same of the token. */
  private final class Listed implements Credential {
    private final TokenHash hash;
    private final TokenEntry entry;

    private Listed(TokenHash hash, TokenEntry entry) {
      this.hash = hash;
      this.entry = entry;
    }

    @Override
    public Optional<Problem> fault(Instant now) {
      var current = known.get(hash);
      if (current == null) {
        return Optional.of(
            CallerProblems.credentialsInvalid("the token was taken back; get another one"));
      }
      if (!current.entry.standsForTheSame(entry)) {
        return Optional.of(
            CallerProblems.credentialsInvalid(
                "what the token stands for has changed; repeat the call with it"));
      }
      boolean over = current.entry.expires().filter(end -> !now.isBefore(end)).isPresent();
      return over ? Optional.of(CallerProblems.credentialsExpired()) : Optional.empty();
    }

    @Override
    public Optional<Instant> expires() {
      return Optional.ofNullable(known.get(hash)).flatMap(now -> now.entry.expires());
    }
  }
}
