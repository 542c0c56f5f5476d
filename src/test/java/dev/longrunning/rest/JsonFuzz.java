package dev.longrunning.rest;

import com.google.longrunning.Operation;
import com.google.protobuf.Message;
import com.google.protobuf.Struct;
import com.google.protobuf.TypeRegistry;
import com.google.rpc.Status;
import dev.longrunning.rpc.MethodsDocs;
import dev.longrunning.testing.Fuzzed;
import dev.longrunning.types.TypeSources;
import dev.longrunning.types.TypesFault;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Text as JSON of every request, and of messages that hold others of any type. */
public final class JsonFuzz {
  private static final TypeRegistry REGISTRY = shipped();
  private static final List<Message> TYPES = new ArrayList<>();

  static {
    MethodsDocs.methods().forEach(method -> TYPES.add(method.request()));
    TYPES.add(Operation.getDefaultInstance());
    TYPES.add(Status.getDefaultInstance());
    TYPES.add(Struct.getDefaultInstance());
  }

  private JsonFuzz() {}

  private static TypeRegistry shipped() {
    try {
      return new TypeSources(Path.of("none"), true, List.of()).read().registry();
    } catch (TypesFault e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** Called by the fuzzer, once: loading classes takes its time, which is none of an input's. */
  public static void fuzzerInitialize() {
    Fuzzed.corpus("rest.JsonFuzz").forEach(input -> fuzzerTestOneInput(input.bytes().getBytes()));
  }

  /** The first byte chooses the type. */
  public static void fuzzerTestOneInput(byte[] data) {
    var type = TYPES.get(Fuzzed.choice(data, TYPES.size()));
    String json = new String(Fuzzed.rest(data), StandardCharsets.UTF_8);

    // A new one each time: the fuzzer sees what is compared, and would learn its random suffix.
    var messages = new JsonMessages(REGISTRY);
    Fuzzed.answer(() -> merged(messages, type, json)).ifPresent(read -> check(messages, read));
    Fuzzed.answer(() -> StrictJson.value(json));
  }

  private static Message merged(JsonMessages messages, Message type, String json) {
    var builder = type.newBuilderForType();
    messages.merge(json, builder);
    return builder.build();
  }

  private static void check(JsonMessages messages, Message message) {
    String printed = messages.print(message, JsonStyle.DEFAULT);
    var again = merged(messages, message.getDefaultInstanceForType(), printed);
    Fuzzed.holds(
        messages.print(again, JsonStyle.DEFAULT).equals(printed),
        "a message that is printed is read as it was");
  }
}
