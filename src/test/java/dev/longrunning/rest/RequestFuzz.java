package dev.longrunning.rest;

import com.google.protobuf.Message;
import dev.longrunning.operation.Problem;
import dev.longrunning.profile.TestProfiles;
import dev.longrunning.rpc.Bounds;
import dev.longrunning.rpc.Call;
import dev.longrunning.rpc.HttpRoutes;
import dev.longrunning.rpc.Method;
import dev.longrunning.rpc.MethodTable;
import dev.longrunning.rpc.MethodsDocs;
import dev.longrunning.rpc.Row;
import dev.longrunning.testing.Fuzzed;
import dev.longrunning.types.Types;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Whole requests without a filter, from their path to their bounds; reads down to their answer. */
public final class RequestFuzz {
  private static final HttpRoutes ROUTES =
      HttpRoutes.of(MethodTable.of(List.copyOf(MethodsDocs.methods())), TestProfiles.DEFAULT.all());
  private static final JsonMessages JSON = new JsonMessages(Types.builtIn().registry());
  private static final List<String> VERBS = List.of("GET", "POST", "DELETE");
  private static final Call CALL =
      new Call(
          TestProfiles.DEFAULT.all(), "127.0.0.1", Optional.empty(), false, Call.Transport.REST);

  /** Those that leave nothing behind in the store. */
  private static final Set<String> READS = Set.of("GetOperation", "ListOperations");

  private RequestFuzz() {}

  /** Called by the fuzzer, once: loading classes takes its time, which is none of an input's. */
  public static void fuzzerInitialize() {
    Fuzzed.corpus("rest.RequestFuzz")
        .forEach(input -> fuzzerTestOneInput(input.bytes().getBytes()));
  }

  /** The first byte chooses the verb; then come path, query, two headers and the body, by lines. */
  public static void fuzzerTestOneInput(byte[] data) {
    String verb = VERBS.get(Fuzzed.choice(data, VERBS.size()));
    var lines = Fuzzed.lines(data, 5);

    Fuzzed.answer(() -> ServerTimeout.parse(lines.get(2)));
    Fuzzed.answer(() -> Call.isCached(lines.get(3)));
    RequestBody.fault(lines.get(2), lines.get(3)).ifPresent(Fuzzed::check);
    Etags.matches(lines.get(3), "v1");
    Fuzzed.answer(() -> ROUTES.find(verb, lines.get(0)))
        .flatMap(match -> match)
        .ifPresent(match -> request(match, lines.get(1), lines.get(4)));
  }

  private static void request(HttpRoutes.Match match, String query, String body) {
    var method = match.method();
    Fuzzed.answer(() -> bound(match, query, body)).ifPresent(request -> answered(method, request));
  }

  private static Message bound(HttpRoutes.Match match, String query, String body) {
    var builder = match.method().request().newBuilderForType();
    var system = SystemParameters.ofAnswer();
    var parameters =
        QueryString.parse(query).parameters().stream()
            .filter(
                p ->
                    FieldPath.find(builder.getDescriptorForType(), p.name()).isPresent()
                        || !system.takes(p))
            .toList();
    String text = RequestBody.text(Buffer.buffer(body.getBytes(StandardCharsets.ISO_8859_1)));
    new RequestBinding(match, parameters, text).fill(builder, JSON);
    return builder.build();
  }

  @SuppressWarnings("unchecked")
  private static <Q extends Message> void answered(Row<Q, ?> row, Message request) {
    if (!READS.contains(row.name()) || !(row instanceof Method<Q, ?> method)) {
      Fuzzed.answer(
          () -> {
            Bounds.check(request);
            return request;
          });
      return;
    }
    var answer = method.handler().handle(CALL, (Q) request);
    Fuzzed.holds(answer.isComplete(), "a read of nothing is answered at once");
    if (answer.failed()) {
      Fuzzed.holds(answer.cause() instanceof Problem, "a failure is a problem: " + answer.cause());
      Fuzzed.check((Problem) answer.cause());
    }
  }
}
