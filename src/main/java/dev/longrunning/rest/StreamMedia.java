package dev.longrunning.rest;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What a stream may be written as; the first is the usual one. */
enum StreamMedia {
  /** One array, as Google's streaming REST clients expect. */
  JSON("application/json"),
  /** A message a line. */
  LINES("application/x-ndjson"),
  /** For EventSource. */
  EVENTS("text/event-stream");

  /** All of them, for error messages. */
  static final String ALLOWED = "application/json, application/x-ndjson or text/event-stream";

  final String type;

  StreamMedia(String type) {
    this.type = type;
  }

  /**
   * What the caller wants; empty if it is none of these.
   *
   * @param alt of the query; where it says something, it counts
   * @param accept all headers of that name
   */
  static Optional<StreamMedia> wanted(String alt, List<String> accept) {
    return switch (alt) {
      case "" -> accepted(AcceptHeader.parse(accept));
      case SystemParameters.LINES -> Optional.of(LINES);
      case SystemParameters.EVENTS -> Optional.of(EVENTS);
      default -> Optional.of(JSON);
    };
  }

  private static Optional<StreamMedia> accepted(AcceptHeader accept) {
    Comparator<StreamMedia> rank = Comparator.comparing(media -> accept.rank(media.type));
    return Stream.of(values())
        .filter(media -> accept.rank(media.type).quality() > 0)
        .max(rank.thenComparing(Comparator.reverseOrder()));
  }
}
