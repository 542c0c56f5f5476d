package dev.longrunning.testing;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Operations in JSON as public services return them: their types are real, their values not. */
public final class ServiceOperations {
  /** One of them, and what it is called. */
  public record Sample(String label, JsonObject operation) {
    @Override
    public String toString() {
      return label;
    }
  }

  public static final List<Sample> ALL = read();

  private ServiceOperations() {}

  private static List<Sample> read() {
    try (var in = ServiceOperations.class.getResourceAsStream("/operations-of-services.json")) {
      return new JsonArray(new String(in.readAllBytes(), StandardCharsets.UTF_8))
          .stream()
              .map(JsonObject.class::cast)
              .map(each -> new Sample(each.getString("label"), each.getJsonObject("operation")))
              .toList();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
