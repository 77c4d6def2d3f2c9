package io.kemudi.simulation.replay;

import io.kemudi.apimachinery.codec.Json;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The objects that a scenario made, to be removed after it as was done between the recorded ones:
/// newest first, without grace, finalizers cleared.
final class Made {
  private static final String WITHOUT_GRACE = "?gracePeriodSeconds=0&propagationPolicy=Background";
  private static final String NAMESPACES = "/api/v1/namespaces/";

  private final Target target;
  private final Set<String> paths = new LinkedHashSet<>();

  Made(Target target) {
    this.target = target;
  }

  /// Looks whether a reply tells of a new object.
  void remember(HttpRequest request, int status, @Nullable Object reply) {
    if (status == 201
        && reply instanceof Map<?, ?> object
        && object.get("metadata") instanceof Map<?, ?> metadata
        && metadata.get("uid") != null
        && metadata.get("name") instanceof String name) {
      String path = request.uri().getRawPath();
      paths.add(request.method().equals("POST") ? path + "/" + name : path);
    }
  }

  /// Removes an object of this name, if there is one, as was done without being recorded where one
  /// scenario makes the same object twice.
  void removeBefore(HttpRequest request, Object body) throws IOException, InterruptedException {
    if (request.method().equals("POST")
        && body instanceof Map<?, ?> object
        && object.get("metadata") instanceof Map<?, ?> metadata
        && metadata.get("name") instanceof String name) {
      String path = request.uri().getRawPath() + "/" + name;
      if (paths.remove(path)) {
        target.send("DELETE", path + WITHOUT_GRACE, "");
      }
    }
  }

  void add(String path) {
    paths.add(path);
  }

  void remove() throws IOException, InterruptedException {
    for (String path : List.copyOf(paths).reversed()) {
      HttpResponse<String> answer = target.send("DELETE", path + WITHOUT_GRACE, "");
      if (answer.statusCode() == 200 && answer.body().contains("\"finalizers\"")) {
        release(path, answer.body());
      }
    }
    paths.clear();
  }

  private void release(String path, String body) throws IOException, InterruptedException {
    boolean namespace = path.startsWith(NAMESPACES) && path.indexOf('/', NAMESPACES.length()) < 0;
    if (namespace) {
      Map<String, @Nullable Object> object =
          Json.parseObject(body.getBytes(StandardCharsets.UTF_8));
      object.put("spec", Map.of());
      target.send(
          "PUT", path + "/finalize", new String(Json.write(object), StandardCharsets.UTF_8));
    }
    target.send(
        "PATCH",
        path,
        "{\"metadata\":{\"finalizers\":null}}",
        "Content-Type",
        "application/merge-patch+json");
  }
}
