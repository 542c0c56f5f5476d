package dev.longrunning.filter;

import java.util.List;
import java.util.Optional;

/**
 * Which value of an operation is compared: a known field, and where it is open, the names below it.
 *
 * @param segments all of them from the operation down, known ones as they are documented
 */
record Path(Field field, List<String> segments) {
  Path {
    segments = List.copyOf(segments);
  }

  /** One that the code itself names. */
  static Path of(String text) {
    var segments = List.of(text.split("\\."));
    return find(segments).orElseThrow(() -> new IllegalStateException("no field " + text));
  }

  /** The known field that these names lead to, with what is below it. */
  static Optional<Path> find(List<String> names) {
    return Field.find(names).map(field -> new Path(field, field.segments(names)));
  }

  int length() {
    return segments.size();
  }

  String segment(int index) {
    return segments.get(index);
  }

  /** The names below the known field. */
  List<String> below() {
    return segments.subList(field.depth(), segments.size());
  }
}
