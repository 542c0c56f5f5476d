package dev.longrunning.rpc;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.FieldMask;
import com.google.protobuf.MapEntry;
import com.google.protobuf.Message;
import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Durations;
import com.google.protobuf.util.FieldMaskUtil;
import com.google.protobuf.util.Timestamps;
import com.google.rpc.Status;
import dev.longrunning.operation.PlainText;
import dev.longrunning.operation.Problem.Violation;
import dev.longrunning.operation.Progress;
import io.grpc.reflection.v1.ExtensionRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.regex.Pattern;

/** The kinds of bound that {@link Bounds} is made of. */
final class FieldBounds {
  private static final int TYPE_URL_BYTES_MAX = 512;
  private static final Pattern UUID_FORM =
      Pattern.compile("\\p{XDigit}{8}(-\\p{XDigit}{4}){3}-\\p{XDigit}{12}");

  private FieldBounds() {}

  /** A field of which every value is allowed. */
  static Bound any() {
    return (path, value, faults) -> {};
  }

  /** Plain text of at most {@code max} bytes in UTF-8. */
  static Bound textBytes(int max) {
    return (path, value, faults) -> checkText(path, (String) value, max, faults);
  }

  private static void checkText(String path, String text, int max, List<Violation> faults) {
    // Every character is at least one byte, so the first test bounds the encoding of the second.
    if (text.length() > max || ByteString.copyFromUtf8(text).size() > max) {
      faults.add(Violation.of(path, text, "at most " + max + " bytes"));
    } else if (!PlainText.isPlain(text)) {
      faults.add(Violation.of(path, text, PlainText.ALLOWED));
    }
  }

  /** An extension to look up: any number, and a name like {@link #textBytes}. */
  static Bound extension(int max) {
    return (path, value, faults) ->
        checkText(path, ((ExtensionRequest) value).getContainingType(), max, faults);
  }

  /** At most {@code max} characters, whatever they are; what they mean is judged elsewhere. */
  static Bound opaque(int max) {
    return (path, value, faults) -> {
      if (((String) value).length() > max) {
        faults.add(Violation.of(path, value, "at most " + max + " characters"));
      }
    };
  }

  /** Empty, or of this form. */
  static Bound form(Pattern form, String allowed) {
    return (path, value, faults) -> {
      String text = (String) value;
      if (!text.isEmpty() && !form.matcher(text).matches()) {
        faults.add(Violation.of(path, text, allowed));
      }
    };
  }

  static Bound uuid() {
    return form(UUID_FORM, "a UUID of 36 characters, or none");
  }

  /** What {@code fault} says of the text. */
  static Bound text(BiFunction<String, String, Optional<Violation>> fault) {
    return (path, value, faults) -> fault.apply(path, (String) value).ifPresent(faults::add);
  }

  /** As {@code bound}, where the text is not empty. */
  static Bound unlessEmpty(Bound bound) {
    return (path, value, faults) -> {
      if (!((String) value).isEmpty()) {
        bound.check(path, value, faults);
      }
    };
  }

  static Bound notNegative() {
    return (path, value, faults) -> {
      if (((Number) value).longValue() < 0) {
        faults.add(Violation.of(path, value, "0 or more"));
      }
    };
  }

  /** A valid duration from {@code min} to {@code max}, both allowed. */
  static Bound duration(Duration min, Duration max) {
    return (path, value, faults) -> {
      var duration = (com.google.protobuf.Duration) value;
      boolean valid = Durations.isValid(duration);
      var length = valid ? Decoding.duration(duration) : Duration.ZERO;
      if (!valid || length.compareTo(min) < 0 || length.compareTo(max) > 0) {
        faults.add(Violation.of(path, shown(duration), seconds(min) + " to " + seconds(max)));
      }
    };
  }

  private static String shown(com.google.protobuf.Duration duration) {
    return Durations.isValid(duration)
        ? Durations.toString(duration)
        : duration.getSeconds() + " s and " + duration.getNanos() + " ns";
  }

  private static String seconds(Duration duration) {
    return duration.toSeconds() + "s";
  }

  /** A packed message of at most {@code max} bytes, its type URL included. */
  static Bound packed(int max) {
    return (path, value, faults) -> checkPacked(path, (Any) value, max, faults);
  }

  private static void checkPacked(String path, Any any, int max, List<Violation> faults) {
    String typeUrl = any.getTypeUrl();
    if (typeUrl.isEmpty() || typeUrl.indexOf('/') < 0) {
      faults.add(Violation.of(path + ".type_url", typeUrl, "{host}/{full name of a message}"));
    } else {
      checkText(path + ".type_url", typeUrl, TYPE_URL_BYTES_MAX, faults);
    }
    checkSize(path, any.getSerializedSize(), max, faults);
  }

  private static void checkSize(String path, int size, int max, List<Violation> faults) {
    if (size > max) {
      faults.add(Violation.of(path, size + " bytes", "at most " + max + " bytes"));
    }
  }

  /** An error: a code other than OK, and at most {@code max} bytes. */
  static Bound error(int max) {
    return (path, value, faults) -> {
      var status = (Status) value;
      if (status.getCode() < 1 || status.getCode() > 16) {
        faults.add(Violation.of(path + ".code", status.getCode(), "1 to 16"));
      }
      for (int i = 0; i < status.getDetailsCount(); i++) {
        checkPacked(path + ".details[" + i + ']', status.getDetails(i), max, faults);
      }
      checkSize(path, status.getSerializedSize(), max, faults);
    };
  }

  static Bound progress() {
    return (path, value, faults) -> {
      var progress = (dev.longrunning.v1.Progress) value;
      faults.addAll(
          new Progress(
                  progress.getDoneUnits(),
                  progress.getTotalUnits(),
                  progress.getUnit(),
                  progress.getMessage(),
                  null)
              .faults(path));
      time().check(path + ".estimated_end_time", progress.getEstimatedEndTime(), faults);
    };
  }

  static Bound time() {
    return (path, value, faults) -> {
      var time = (Timestamp) value;
      if (!Timestamps.isValid(time)) {
        faults.add(
            Violation.of(
                path,
                time.getSeconds() + " s",
                Instant.parse("0001-01-01T00:00:00Z") + " to the end of the year 9999"));
      }
    };
  }

  /** A mask of no other paths than these. */
  static Bound mask(Set<String> paths) {
    return (path, value, faults) -> {
      for (String masked : ((FieldMask) value).getPathsList()) {
        if (!paths.contains(masked)) {
          var allowed = "any of " + String.join(", ", paths.stream().sorted().toList());
          faults.add(Violation.of(path, masked, allowed));
          return;
        }
      }
    };
  }

  /** A mask of at most so many paths, each of a field that the message has. */
  static Bound paths(Message message, int max) {
    return (path, value, faults) -> {
      var mask = (FieldMask) value;
      if (mask.getPathsCount() > max) {
        faults.add(Violation.of(path, mask.getPathsCount() + " paths", "at most " + max));
        return;
      }
      for (String masked : mask.getPathsList()) {
        if (!FieldMaskUtil.isValid(message.getDescriptorForType(), masked)) {
          String of = message.getDescriptorForType().getName();
          faults.add(Violation.of(path, masked, "fields of " + of));
          return;
        }
      }
    };
  }

  /** A map of at most {@code max} texts, each under a key of this form. */
  static Bound map(int max, Pattern keys, String allowedKeys, int valueBytesMax) {
    return (path, value, faults) -> {
      var entries = new ArrayList<MapEntry<?, ?>>();
      for (var entry : (List<?>) value) {
        entries.add((MapEntry<?, ?>) entry);
      }
      if (entries.size() > max) {
        faults.add(Violation.of(path, entries.size() + " entries", "at most " + max));
        return;
      }
      for (var entry : entries) {
        String key = (String) entry.getKey();
        if (keys.matcher(key).matches()) {
          checkText(path + "[\"" + key + "\"]", (String) entry.getValue(), valueBytesMax, faults);
        } else {
          faults.add(Violation.of(path, key, allowedKeys));
        }
      }
    };
  }
}
