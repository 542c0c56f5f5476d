package dev.longrunning.rest;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import dev.longrunning.operation.Problem;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What continues a stream: the field {@code resume_token} of its replies and of its request, and
 * between the two the id that an EventSource sends back by itself.
 *
 * <p><b>Bounds.</b> {@value #CHARACTERS_MAX} characters in {@value #HEADER}, visible ASCII.
 */
final class ResumeToken {
  static final String HEADER = "last-event-id";

  /** Room for a position inside a list, which holds a name of 512 bytes. */
  static final int CHARACTERS_MAX = 2_048;

  private static final String FIELD = "resume_token";

  /** The other way to say where to begin: an EventSource repeats its URL as it was. */
  private static final String CHANGES_ONLY = "changes_only";

  private static final Pattern VISIBLE = Pattern.compile("[!-~]*");

  private ResumeToken() {}

  /** That of a reply; empty if it has none, or one that would break the lines of an event. */
  static String of(Message reply) {
    return field(reply.getDescriptorForType())
        .map(field -> (String) reply.getField(field))
        .filter(token -> VISIBLE.matcher(token).matches())
        .orElse("");
  }

  /** Reads {@value #HEADER}; null: not sent. */
  static String parse(@Nullable String id) {
    String token = id == null ? "" : id.strip();
    if (token.length() > CHARACTERS_MAX || !VISIBLE.matcher(token).matches()) {
      throw Problem.invalid(
          HEADER, token, "at most " + CHARACTERS_MAX + " visible characters, as an event's id");
    }
    return token;
  }

  /** Puts a token in place of what the request says about where to begin. */
  static void put(String token, Message.Builder request) {
    var type = request.getDescriptorForType();
    if (token.isEmpty()) {
      return;
    }
    field(type).ifPresent(field -> request.setField(field, token));
    Optional.ofNullable(type.findFieldByName(CHANGES_ONLY)).ifPresent(request::clearField);
  }

  private static Optional<FieldDescriptor> field(Descriptor type) {
    return Optional.ofNullable(type.findFieldByName(FIELD))
        .filter(field -> field.getJavaType() == FieldDescriptor.JavaType.STRING)
        .filter(field -> !field.isRepeated());
  }
}
