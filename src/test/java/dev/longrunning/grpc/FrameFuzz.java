package dev.longrunning.grpc;

import dev.longrunning.operation.Bytes;
import dev.longrunning.rpc.BodyBudget;
import dev.longrunning.rpc.MethodsDocs;
import dev.longrunning.rpc.Row;
import dev.longrunning.testing.Fuzzed;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Bodies of unary calls, in every framing and encoding, and their deadlines. */
public final class FrameFuzz {
  private static final List<String> ENCODINGS = Arrays.asList(null, "identity", "gzip", "br");
  private static final List<Framing> FRAMINGS = List.of(Framing.values());
  private static final List<Row<?, ?>> METHODS = List.copyOf(MethodsDocs.methods());
  private static final BodyBudget BUDGET = new BodyBudget();
  private static final int PREFIX_BYTES = 5;

  private FrameFuzz() {}

  /** Called by the fuzzer, once: loading classes takes its time, which is none of an input's. */
  public static void fuzzerInitialize() {
    Fuzzed.corpus("grpc.FrameFuzz").forEach(input -> fuzzerTestOneInput(input.bytes().getBytes()));
  }

  /** The first byte chooses framing, encoding and method. */
  public static void fuzzerTestOneInput(byte[] data) {
    int choice = Fuzzed.choice(data, 256);
    var framing = FRAMINGS.get(choice % FRAMINGS.size());
    var encoding = ENCODINGS.get(choice / FRAMINGS.size() % ENCODINGS.size());
    var method = METHODS.get(choice % METHODS.size());
    byte[] body = Fuzzed.rest(data);

    var message =
        Fuzzed.answer(() -> RequestFrame.message(framing.decoded(Buffer.buffer(body)), encoding));
    message.ifPresent(bytes -> check(method, bytes));
    if (message.isPresent() && framing != Framing.WEB_TEXT && body[0] == 0) {
      var content = Arrays.copyOfRange(body, PREFIX_BYTES, body.length);
      Fuzzed.holds(Arrays.equals(content, message.get().array()), "a message comes as it was sent");
    }
    pieces(body, choice);
    parts(body, choice, encoding);
    Fuzzed.answer(() -> GrpcHeaders.timeout(new String(body, StandardCharsets.ISO_8859_1)));
    Framing.of(new String(body, StandardCharsets.ISO_8859_1));
  }

  private static void check(Row<?, ?> method, Bytes bytes) {
    Fuzzed.holds(bytes.length() <= RequestFrame.MESSAGE_BYTES_MAX, "a message is bounded");
    Fuzzed.answer(() -> method.parse(bytes))
        .ifPresent(
            request ->
                Fuzzed.holds(
                    method.parse(Bytes.of(request.toByteArray())).equals(request),
                    "a request that is written is read as it was"));
  }

  /** A stream's messages are the same wherever the parts that they come in are cut. */
  private static void parts(byte[] body, int cut, @Nullable String encoding) {
    var whole = Fuzzed.answer(() -> messages(encoding, body));
    int at = Math.min(cut, body.length);
    var halves = Arrays.copyOfRange(body, at, body.length);
    var two = Fuzzed.answer(() -> messages(encoding, Arrays.copyOf(body, at), halves));
    Fuzzed.holds(whole.equals(two), "messages are the same in two parts");
  }

  private static List<Bytes> messages(@Nullable String encoding, byte[]... parts) {
    var frames = new RequestFrames(BUDGET, "fuzz", encoding);
    var messages = new ArrayList<Bytes>();
    try {
      for (byte[] part : parts) {
        frames.add(Buffer.buffer(part));
        for (var next = frames.next(); next.isPresent(); next = frames.next()) {
          messages.add(next.get());
        }
      }
      frames.end();
      return messages;
    } finally {
      frames.drop();
    }
  }

  /** Text in two pieces is what both hold. */
  private static void pieces(byte[] body, int choice) {
    int cut = Math.min(choice, body.length);
    String text =
        Base64.getEncoder().encodeToString(Arrays.copyOf(body, cut))
            + Base64.getEncoder().encodeToString(Arrays.copyOfRange(body, cut, body.length));
    var decoded = Framing.WEB_TEXT.decoded(Buffer.buffer(text));
    Fuzzed.holds(Arrays.equals(body, decoded.getBytes()), "pieces of text are read as one");
  }
}
