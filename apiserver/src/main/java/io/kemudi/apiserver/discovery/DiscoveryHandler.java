package io.kemudi.apiserver.discovery;

import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.apimachinery.errors.StatusReason;
import io.kemudi.apiserver.registry.Registry;
import io.kemudi.apiserver.registry.ResourceTable;
import io.kemudi.apiserver.rest.ApiRequest;
import io.kemudi.http.Headers;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Answers `/api`, `/apis`, `/apis/GROUP` and `/apis/GROUP/VERSION`, in the old form and in the
/// aggregated one.
public final class DiscoveryHandler {
  private static final String AGGREGATED_TYPE =
      "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";

  private final Registry registry;
  private final Supplier<String> serverAddress;
  private volatile @Nullable Made made;

  private record Made(ResourceTable table, DiscoveryDocuments documents) {}

  public DiscoveryHandler(Registry registry, Supplier<String> serverAddress) {
    this.registry = registry;
    this.serverAddress = serverAddress;
  }

  /// Whether the path is one of discovery's and was answered.
  public boolean handle(ApiRequest request) throws IOException {
    String path = request.info().path();
    String plain = path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    DiscoveryDocuments documents = documents();
    DiscoveryDocuments.Document legacy = documents.legacy(plain);
    if (legacy == null) {
      return false;
    }
    String method = request.exchange().method();
    if (!method.equals("GET") && !method.equals("HEAD")) {
      throw new ApiException(
          StatusReason.METHOD_NOT_ALLOWED,
          "the server does not allow this method on the requested resource");
    }
    boolean root = plain.equals("/api") || plain.equals("/apis");
    switch (form(request.exchange().headers().list("accept"), root)) {
      case AGGREGATED -> aggregated(request, documents.aggregated(plain.equals("/api")));
      case LEGACY -> request.respond(200, "application/json", legacy.bytes());
    }
    return true;
  }

  /// The paths that it answers.
  public Set<String> paths() {
    return documents().paths();
  }

  private enum Form {
    AGGREGATED,
    LEGACY
  }

  /// The first entry of Accept that can be served.
  private static Form form(List<String> accept, boolean root) {
    if (accept.isEmpty()) {
      return Form.LEGACY;
    }
    for (String entry : accept) {
      String type = entry.replace(" ", "");
      if (type.startsWith("application/json") && type.contains("as=")) {
        boolean known =
            type.contains("g=apidiscovery.k8s.io")
                && type.contains("v=v2;")
                && type.contains("as=APIGroupDiscoveryList");
        if (root && (known || isV2AtEnd(type))) {
          return Form.AGGREGATED;
        }
      } else if (type.startsWith("application/json") || type.startsWith("*/*")) {
        return Form.LEGACY;
      } else if (type.startsWith("application/vnd.kubernetes.protobuf")
          || type.startsWith("application/yaml")) {
        // the documents are written in JSON only; a client that accepts nothing else is told so
        // below, one that does goes on
        continue;
      }
    }
    throw new ApiException(
        StatusReason.NOT_ACCEPTABLE,
        "only the following media types are accepted: application/json, application/yaml,"
            + " application/vnd.kubernetes.protobuf");
  }

  private static boolean isV2AtEnd(String type) {
    return type.contains("g=apidiscovery.k8s.io")
        && type.endsWith("v=v2")
        && type.contains("as=APIGroupDiscoveryList");
  }

  private static void aggregated(ApiRequest request, DiscoveryDocuments.Document document)
      throws IOException {
    Headers headers =
        request
            .headers(AGGREGATED_TYPE)
            .set("Cache-Control", "public")
            .add("ETag", document.etag())
            .add("Vary", "Accept");
    if (document.etag().equals(request.exchange().headers().first("if-none-match"))) {
      request.exchange().respond(304, headers, new byte[0]);
    } else {
      request.exchange().respond(200, headers, document.bytes());
    }
  }

  private DiscoveryDocuments documents() {
    ResourceTable table = registry.resources();
    Made current = made;
    if (current == null || current.table != table) {
      current = new Made(table, new DiscoveryDocuments(table, serverAddress.get()));
      made = current;
    }
    return current.documents;
  }
}
