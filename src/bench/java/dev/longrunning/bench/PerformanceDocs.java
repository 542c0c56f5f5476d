package dev.longrunning.bench;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Tables and charts of docs/performance.md. */
final class PerformanceDocs {
  private final Path docs;

  PerformanceDocs(Path docs) {
    this.docs = docs;
  }

  void write(Markdown markdown, List<JsonObject> stages) throws IOException {
    throw new IOException("not yet: " + docs);
  }
}
