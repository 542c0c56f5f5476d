package dev.longrunning.operation;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The replaceable parts; those that are not replaced keep their value.
 *
 * @param metadata serialized Any; null removes it
 * @param progress null removes it
 * @param labels kept sorted by key
 */
public record Contents(
    boolean replacesMetadata,
    @Nullable Bytes metadata,
    boolean replacesProgress,
    @Nullable Progress progress,
    boolean replacesLabels,
    Map<String, String> labels) {
  public static final Contents NONE = new Contents(false, null, false, null, false, Map.of());

  public Contents {
    labels = Labels.of(labels);
  }

  public boolean isEmpty() {
    return !replacesMetadata && !replacesProgress && !replacesLabels;
  }

  /** What these and then {@code later} ones leave behind, each part replaced as a whole. */
  Contents then(Contents later) {
    return new Contents(
        replacesMetadata || later.replacesMetadata,
        later.replacesMetadata ? later.metadata : metadata,
        replacesProgress || later.replacesProgress,
        later.replacesProgress ? later.progress : progress,
        replacesLabels || later.replacesLabels,
        later.replacesLabels ? later.labels : labels);
  }

  /** The producer's own estimate, if the progress brings one. */
  @Nullable Instant ownEstimate() {
    return replacesProgress && progress != null ? progress.estimatedEndTime() : null;
  }

  int weight() {
    int bytes = metadata == null ? 0 : metadata.length();
    bytes += progress == null ? 0 : progress.message().length();
    for (var label : labels.entrySet()) {
      bytes += label.getKey().length() + label.getValue().length();
    }
    return bytes;
  }
}
