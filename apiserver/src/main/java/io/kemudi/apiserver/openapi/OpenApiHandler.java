package io.kemudi.apiserver.openapi;

import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.apimachinery.errors.StatusReason;
import io.kemudi.apiserver.registry.Registry;
import io.kemudi.apiserver.registry.ResourceTable;
import io.kemudi.apiserver.rest.ApiRequest;
import io.kemudi.http.Headers;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// Answers `/openapi/v3` and the document of each group version below it, and `/openapi/v2` for old
/// clients.
public final class OpenApiHandler {
  private static final String ROOT = "/openapi/v3";

  private final Registry registry;
  private volatile @Nullable OpenApiDocuments documents;

  public OpenApiHandler(Registry registry) {
    this.registry = registry;
  }

  /// Whether the path is one of OpenAPI's and was answered.
  public boolean handle(ApiRequest request) throws IOException {
    String path = request.info().path();
    if (path.equals(ROOT) || path.equals(ROOT + "/")) {
      request.respond(200, "application/json", documents().index());
      return true;
    }
    if (path.equals("/openapi/v2")) {
      version2(request);
      return true;
    }
    if (!path.startsWith(ROOT + "/")) {
      return false;
    }
    OpenApiDocuments.Document document = documents().find(path.substring(ROOT.length() + 1));
    if (document == null) {
      return false;
    }
    answer(request, document);
    return true;
  }

  private void version2(ApiRequest request) throws IOException {
    boolean wanted =
        request.exchange().headers().list("accept").stream()
            .anyMatch(type ->
                type.startsWith(OpenApiV2.MEDIA_TYPE) || type.startsWith(OpenApiV2.ANSWER_TYPE));
    if (!wanted) {
      throw new ApiException(
          StatusReason.NOT_ACCEPTABLE,
          "only the following media types are accepted: " + OpenApiV2.MEDIA_TYPE);
    }
    request.respond(200, OpenApiV2.ANSWER_TYPE, documents().version2());
  }

  /// A document asked for by its hash never changes, so it may be kept for long.
  private static void answer(ApiRequest request, OpenApiDocuments.Document document)
      throws IOException {
    String etag = "\"" + document.hash() + "\"";
    Headers headers = request.headers("application/json").add("ETag", etag).add("Vary", "Accept");
    if (request.query().first("hash").equals(document.hash())) {
      headers.set("Cache-Control", "public, immutable").add("Expires", inAYear());
    }
    if (etag.equals(request.exchange().headers().first("if-none-match"))) {
      request.exchange().respond(304, headers, new byte[0]);
      return;
    }
    boolean gzip = request.exchange().headers().hasToken("accept-encoding", "gzip");
    if (gzip) {
      headers.add("Content-Encoding", "gzip");
    }
    request.exchange().respond(200, headers, gzip ? document.gzipped() : document.bytes());
  }

  private static String inAYear() {
    return java.time.format.DateTimeFormatter.RFC_1123_DATE_TIME.format(
        java.time.ZonedDateTime.now(java.time.ZoneOffset.UTC).plusYears(1));
  }

  private OpenApiDocuments documents() {
    ResourceTable table = registry.resources();
    OpenApiDocuments current = documents;
    if (current == null || !current.isOf(table)) {
      current = new OpenApiDocuments(table);
      documents = current;
    }
    return current;
  }
}
