package io.kemudi.apiserver.openapi;

import io.kemudi.apiserver.registry.Registry;
import io.kemudi.apiserver.registry.ResourceTable;
import io.kemudi.apiserver.rest.Acceptable;
import io.kemudi.apiserver.rest.ApiRequest;
import io.kemudi.http.Headers;
import java.io.IOException;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Answers `/openapi/v3` and the documents below it, and `/openapi/v2` for old clients, as JSON or
/// in gnostic's protobuf form.
public final class OpenApiHandler {
  private static final String ROOT = "/openapi/v3";
  private static final List<String> V2_TYPES =
      List.of(
          "application/json",
          "application/com.github.proto-openapi.spec.v2@v1.0+protobuf",
          "application/com.github.proto-openapi.spec.v2.v1.0+protobuf");
  private static final List<String> V3_TYPES =
      List.of(
          "application/json",
          "application/com.github.proto-openapi.spec.v3@v1.0+protobuf",
          "application/com.github.proto-openapi.spec.v3.v1.0+protobuf");

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
      answer(request, V2_TYPES, documents()::version2);
      return true;
    }
    if (!path.startsWith(ROOT + "/")) {
      return false;
    }
    String name = path.substring(ROOT.length() + 1);
    OpenApiDocuments documents = documents();
    if (!documents.has(name)) {
      return false;
    }
    answer(request, V3_TYPES, form -> documents.document(name, form));
    return true;
  }

  /// A document asked for by its hash never changes, so it may be kept for long.
  private static void answer(
      ApiRequest request,
      List<String> types,
      Function<OpenApiDocuments.Form, OpenApiDocuments.Document> find)
      throws IOException {
    String type = Acceptable.choose(request, types);
    OpenApiDocuments.Form form =
        type.equals(types.getFirst()) ? OpenApiDocuments.Form.JSON : OpenApiDocuments.Form.PROTOBUF;
    OpenApiDocuments.Document document = find.apply(form);
    String etag = "\"" + document.hash() + (form == OpenApiDocuments.Form.JSON ? "\"" : "-P\"");
    // Go's parser of media types refuses the `@` of the name that clients ask by
    Headers headers =
        request.headers(type.replace("@", ".")).add("ETag", etag).add("Vary", "Accept");
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
    Packed content = document.content();
    request.exchange().respond(200, headers, gzip ? content.gzipped() : content.bytes());
  }

  private static String inAYear() {
    return java.time.format.DateTimeFormatter.RFC_1123_DATE_TIME.format(
        java.time.ZonedDateTime.now(java.time.ZoneOffset.UTC).plusYears(1));
  }

  private OpenApiDocuments documents() {
    ResourceTable table = registry.resources();
    OpenApiDocuments current = documents;
    if (current == null || !current.isOf(table)) {
      current =
          current == null ? new OpenApiDocuments(table) : new OpenApiDocuments(table, current);
      documents = current;
    }
    return current;
  }
}
