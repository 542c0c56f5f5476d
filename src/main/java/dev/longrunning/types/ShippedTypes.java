package dev.longrunning.types;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The sets that the program brings along: those of the services that it has profiles of. They stand
 * in {@code conf/types} and are made by {@code src/types/run}.
 */
final class ShippedTypes {
  static final List<String> NAMES =
      List.of(
          "aiplatform.v1.binpb",
          "alloydb.v1.binpb",
          "bigtableadmin.v2.binpb",
          "cloudfunctions.v1.binpb",
          "cloudfunctions.v2.binpb",
          "contactcenterinsights.v1.binpb",
          "dataproc.v1.binpb",
          "discoveryengine.v1.binpb",
          "run.v2.binpb",
          "servicemanagement.v1.binpb",
          "spanner.v1.binpb",
          "speech.v1.binpb",
          "storagetransfer.v1.binpb");

  private ShippedTypes() {}

  /** The sets by their names. */
  static Map<String, byte[]> read() {
    var sets = new LinkedHashMap<String, byte[]>();
    for (String name : NAMES) {
      try (var in = ShippedTypes.class.getResourceAsStream(name)) {
        if (in == null) {
          throw new IllegalStateException("the program was built without " + name);
        }
        sets.put(name, in.readAllBytes());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return sets;
  }
}
