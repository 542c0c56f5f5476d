package dev.longrunning.auth;

import dev.longrunning.operation.CallerProblems;
import dev.longrunning.operation.KeyRing;
import dev.longrunning.operation.Problem;
import dev.longrunning.operation.TokenSeal;
import io.vertx.core.Future;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Tokens that a caller gives to a page, to watch one thing with for some minutes.
 *
 * <p><b>Promise.</b> Every replica takes one for what the caller was who had it made, with no more
 * than its {@link Ticket}; the policy decides anew whenever it is used. It is sealed: it can be
 * neither read nor changed.
 *
 * <p><b>Bounds.</b> {@value #LENGTH_MAX} characters, so that it fits into a cookie.
 */
public final class WatchTokens implements BearerTokens {
  public static final int LENGTH_MAX = 3_800;

  private static final TokenSeal SEAL = new TokenSeal((byte) 4);
  private static final String BOUND = "watch-token";

  private final Supplier<KeyRing> keys;
  private final InstantSource clock;

  public WatchTokens(Supplier<KeyRing> keys, InstantSource clock) {
    this.keys = keys;
    this.clock = clock;
  }

  /**
   * Makes one.
   *
   * @param caller who lends its name; without what means nothing for the ticket, as it is repeated
   *     in the token
   */
  public String mint(Identity caller, Ticket ticket, Instant expires) {
    String token = SEAL.sealed(keys.get(), BOUND, body(caller, ticket, expires));
    if (token.length() > LENGTH_MAX) {
      throw Problem.overLimit(
          "token", token.length() + " characters", LENGTH_MAX + ": a caller of fewer groups");
    }
    return token;
  }

  private static byte[] body(Identity caller, Ticket ticket, Instant expires) {
    var bytes = new ByteArrayOutputStream();
    try (var out = new DataOutputStream(bytes)) {
      out.writeLong(expires.getEpochSecond());
      out.writeUTF(ticket.service());
      out.writeUTF(ticket.name());
      out.writeBoolean(ticket.collection());
      out.writeUTF(caller.principal());
      write(out, caller.groups());
      out.writeBoolean(caller.scopes().isPresent());
      write(out, caller.scopes().orElse(Set.of()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private static void write(DataOutputStream out, Collection<String> texts) throws IOException {
    out.writeShort(texts.size());
    for (String text : texts) {
      out.writeUTF(text);
    }
  }

  @Override
  public Optional<Future<Identity>> identify(String token) {
    return token.length() > LENGTH_MAX
        ? Optional.empty()
        : SEAL.opened(keys.get(), BOUND, token).map(opened -> read(opened).at(clock.instant()));
  }

  private static Identity read(ByteBuffer sealed) {
    var bytes = new byte[sealed.remaining()];
    sealed.get(bytes);
    try (var in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      var expires = Instant.ofEpochSecond(in.readLong());
      var ticket = new Ticket(in.readUTF(), in.readUTF(), in.readBoolean());
      String principal = in.readUTF();
      var groups = readAll(in);
      boolean limited = in.readBoolean();
      var scopes = readAll(in);
      return new Identity(
          principal,
          groups,
          limited ? Optional.of(scopes) : Optional.empty(),
          new Lent(expires),
          Optional.of(ticket));
    } catch (IOException e) {
      throw new UncheckedIOException("a watch token of ours cannot be read", e);
    }
  }

  private static Set<String> readAll(DataInputStream in) throws IOException {
    var texts = new HashSet<String>();
    int count = in.readUnsignedShort();
    for (int i = 0; i < count; i++) {
      texts.add(in.readUTF());
    }
    return texts;
  }

  /** Good until then. */
  private record Lent(Instant until) implements Credential {
    @Override
    public Optional<Problem> fault(Instant now) {
      return now.isBefore(until)
          ? Optional.empty()
          : Optional.of(CallerProblems.credentialsExpired());
    }

    @Override
    public Optional<Instant> expires() {
      return Optional.of(until);
    }
  }
}
