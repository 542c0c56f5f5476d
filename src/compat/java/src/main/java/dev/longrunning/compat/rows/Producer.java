package dev.longrunning.compat.rows;

import com.google.protobuf.Any;
import com.google.protobuf.Message;
import com.google.protobuf.TypeRegistry;
import com.google.protobuf.util.JsonFormat;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;

/** The program that does the work, as far as the server sees it: over plain HTTP, without gax. */
final class Producer {
  // Over HTTP/2 a host that is not the one connected to would stand beside the :authority.
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final String target;
  private final String project;
  private final Profile<?, ?> profile;

  Producer(String target, String project, Profile<?, ?> profile) {
    this.target = target;
    this.project = project;
    this.profile = profile;
  }

  /** Starts an operation; its name. */
  String start(String key) throws IOException, InterruptedException {
    var naming = profile.naming();
    post(
        naming.startedAt(project) + ":start",
        String.format(
            "{%s, \"metadata\": %s}",
            naming.started(project, key), json(profile.metadata().apply(project))));
    return naming.name(project, key);
  }

  void complete(String name) throws IOException, InterruptedException {
    post(name + ":complete", "{\"response\": " + json(profile.response()) + "}");
  }

  void fail(String name) throws IOException, InterruptedException {
    post(name + ":complete", "{\"error\": {\"code\": 10, \"message\": \"gave up\"}}");
  }

  private static String json(Message message) throws IOException {
    var types = TypeRegistry.newBuilder().add(message.getDescriptorForType()).build();
    return JsonFormat.printer().usingTypeRegistry(types).print(Any.pack(message));
  }

  private void post(String path, String json) throws IOException, InterruptedException {
    var request =
        HttpRequest.newBuilder(URI.create("http://" + target + "/v1/" + path))
            .header("content-type", "application/json")
            .POST(BodyPublishers.ofString(json));
    if (!profile.host().isEmpty()) {
      request.header("host", profile.host());
    }
    var response = http.send(request.build(), BodyHandlers.ofString());
    if (response.statusCode() != 200) {
      throw new IOException(path + ": " + response.statusCode() + " " + response.body());
    }
  }
}
