package dev.longrunning.compat.rows;

import com.google.api.gax.rpc.ApiException;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/** Google's Java libraries against the server: the rows of {@code src/compat/run --help}. */
public final class Rows {
  /** Longer than anything here takes. */
  static final int SECONDS = 60;

  private static final Path RESULTS = Path.of(System.getenv("COMPAT_RESULTS"));
  private static final Path FAILURES = Path.of(System.getenv("COMPAT_WORK"), "failures.txt");

  private Rows() {}

  /** Something that may fail. */
  interface Step {
    void run() throws Exception;
  }

  /** The client or the service has no such thing; the message is the note. */
  static final class Cannot extends Exception {
    private static final long serialVersionUID = 1;

    Cannot(String why) {
      super(why);
    }
  }

  private interface Library {
    Client<?, ?> client(Pointed pointed) throws Exception;
  }

  public static void main(String[] args) throws Exception {
    List<Library> libraries =
        List.of(
            Gax::client,
            Services::functions,
            Services::insights,
            Services::transfer,
            Services::discovery);
    for (Library library : libraries) {
      for (String transport : List.of(Client.GRPC, Client.REST)) {
        var pointed = new Pointed(System.getenv("COMPAT_TARGET"), transport);
        try (var client = library.client(pointed)) {
          row(client, new Row<>(System.getenv("COMPAT_TARGET"), client));
        }
      }
    }
  }

  private static void row(Client<?, ?> client, Row<?, ?> row) throws IOException {
    Map<String, Step> columns = new LinkedHashMap<>();
    columns.put("get", row::get);
    columns.put("list", row::list);
    columns.put("wait", row::await);
    columns.put("future", row::future);
    columns.put("cancel", row::cancel);
    columns.put("delete", row::delete);
    columns.put("errors", row::errors);
    for (var column : columns.entrySet()) {
      try {
        column.getValue().run();
        write(client, column.getKey(), "ok", "");
      } catch (Cannot why) {
        write(client, column.getKey(), "cannot", why.getMessage());
      } catch (Exception | AssertionError failure) {
        try (var file = Files.newBufferedWriter(FAILURES, options())) {
          failure.printStackTrace(new PrintWriter(file));
        }
        write(client, column.getKey(), "failed", failure.toString());
      }
    }
  }

  private static StandardOpenOption[] options() {
    return new StandardOpenOption[] {StandardOpenOption.CREATE, StandardOpenOption.APPEND};
  }

  private static void write(Client<?, ?> client, String what, String result, String why)
      throws IOException {
    var cell = new JsonObject();
    cell.addProperty("library", client.library());
    cell.addProperty("version", client.version());
    cell.addProperty("transport", client.transport());
    cell.addProperty("profile", client.profile().name());
    cell.addProperty("what", what);
    cell.addProperty("result", result);
    cell.addProperty("why", why);
    Files.writeString(RESULTS, cell + "\n", StandardCharsets.UTF_8, options());
  }

  /** The project of a row, so that rows do not meet. */
  static String project(String library, Pointed pointed) {
    return "java-" + library + "-" + pointed.transport().toLowerCase(Locale.ROOT);
  }

  static void close(Iterable<? extends AutoCloseable> resources) throws Exception {
    for (var resource : resources) {
      resource.close();
    }
  }

  static void same(Object got, Object wanted) {
    if (!Objects.equals(got, wanted)) {
      throw new AssertionError("got " + got + ", wanted " + wanted);
    }
  }

  /** The failure of a call that has to fail with this. */
  static <F extends ApiException> F failure(Class<F> type, Step call) throws Exception {
    try {
      call.run();
    } catch (ApiException failure) {
      if (type.isInstance(failure)) {
        return type.cast(failure);
      }
      throw failure;
    }
    throw new AssertionError("it succeeded, and " + type.getSimpleName() + " was wanted");
  }
}
