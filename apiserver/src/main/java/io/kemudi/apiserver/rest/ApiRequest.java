package io.kemudi.apiserver.rest;

import io.kemudi.apimachinery.codec.Json;
import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.apimachinery.errors.StatusReason;
import io.kemudi.apiserver.registry.Body;
import io.kemudi.apiserver.registry.ObjectPage;
import io.kemudi.apiserver.registry.RequestContext;
import io.kemudi.apiserver.registry.StoredObject;
import io.kemudi.apiserver.registry.User;
import io.kemudi.apiserver.server.QueryParameters;
import io.kemudi.apiserver.server.RequestInfo;
import io.kemudi.http.BodyTooLargeException;
import io.kemudi.http.Headers;
import io.kemudi.http.HttpExchange;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/// One request that has been authenticated, and the ways of answering it.
///
/// @param auditId names the request in the audit log and in the answer's headers
public record ApiRequest(
    HttpExchange exchange,
    RequestInfo info,
    QueryParameters query,
    RequestContext context,
    String auditId) {
  /// Upstream's bound on a request's body.
  public static final int MAX_BODY_BYTES = 3 * 1024 * 1024;

  /// Answers below this are not worth compressing; upstream's number.
  private static final long GZIP_BYTES = 128 * 1024;

  private static final String WANTED_TYPES =
      "application/json, application/yaml, application/vnd.kubernetes.protobuf";

  public User user() {
    return context.user();
  }

  /// The body as an object to decode; its media type decides how.
  ///
  /// @throws ApiException for other media types, and for bodies over the limit
  public Body body() throws IOException {
    String type = exchange.headers().first("content-type", "");
    Body.Form form =
        switch (MediaType.parse(type).type()) {
          case "", MediaType.JSON -> Body.Form.JSON;
          case MediaType.YAML -> Body.Form.YAML;
          case MediaType.PROTOBUF -> Body.Form.PROTOBUF;
          default ->
              throw new ApiException(
                  StatusReason.UNSUPPORTED_MEDIA_TYPE,
                  "the body of the request was in an unknown format - accepted media types include: "
                      + WANTED_TYPES);
        };
    return new Body(form, bytes());
  }

  public byte[] bytes() throws IOException {
    try {
      return exchange.readBody(MAX_BODY_BYTES);
    } catch (BodyTooLargeException e) {
      throw new ApiException(
          StatusReason.REQUEST_ENTITY_TOO_LARGE,
          "Request entity too large: limit is " + MAX_BODY_BYTES);
    }
  }

  public void respond(int status, StoredObject object, Representation how) throws IOException {
    byte[] bytes = ObjectText.encode(object, how);
    respond(status, how.encoding().mediaType(), bytes);
  }

  /// Answers a tree that is no stored object, such as a Table or a discovery document, as JSON.
  public void respondJson(int status, @Nullable Object tree, boolean pretty) throws IOException {
    respondJson(status, tree, pretty, MediaType.JSON);
  }

  /// As [#respondJson(int, Object, boolean)], under another media type whose form is JSON.
  public void respondJson(int status, @Nullable Object tree, boolean pretty, String contentType)
      throws IOException {
    byte[] json = Json.write(tree);
    respond(status, contentType, line(pretty ? Json.indent(json) : json));
  }

  public void respond(int status, String contentType, byte[] bytes) throws IOException {
    Headers headers = headers(contentType);
    if (bytes.length > GZIP_BYTES && acceptsGzip()) {
      headers.add("Content-Encoding", "gzip").add("Vary", "Accept-Encoding");
      var packed = new java.io.ByteArrayOutputStream(bytes.length / 4);
      try (OutputStream out = new FastGzip(packed)) {
        out.write(bytes);
      }
      exchange.respond(status, headers, packed.toByteArray());
    } else {
      exchange.respond(status, headers, bytes);
    }
  }

  void respond(int status, ListText list, Representation how) throws IOException {
    Headers headers = headers(how.encoding().mediaType());
    long estimate = list.estimatedBytes();
    if (estimate < 16 * 1024) {
      var bytes = new java.io.ByteArrayOutputStream((int) estimate * 2);
      list.write(how, bytes);
      exchange.respond(status, headers, bytes.toByteArray());
      return;
    }
    boolean gzip = estimate > GZIP_BYTES && acceptsGzip();
    if (gzip) {
      headers.add("Content-Encoding", "gzip").add("Vary", "Accept-Encoding");
    }
    try (OutputStream stream = exchange.respondStreaming(status, headers)) {
      if (gzip) {
        try (OutputStream packed = new FastGzip(stream)) {
          list.write(how, packed);
        }
      } else {
        list.write(how, stream);
      }
    }
  }

  /// Answers the Status of a refusal.
  public void refuse(ApiException e) throws IOException {
    context.audit().refused(e);
    StoredObject status = Statuses.of(e);
    Representation how = Representation.forStatus(exchange.headers(), query);
    Headers headers = headers(how.encoding().mediaType());
    int retryAfter = Statuses.retryAfterSeconds(e);
    if (retryAfter > 0) {
      headers.add("Retry-After", Integer.toString(retryAfter));
    }
    exchange.respond(e.code(), headers, ObjectText.encode(status, how));
  }

  public void text(int status, String text) throws IOException {
    respond(status, "text/plain; charset=utf-8", text.getBytes(StandardCharsets.UTF_8));
  }

  /// The fields that every answer has; warnings are those given so far.
  public Headers headers(String contentType) {
    Headers headers =
        Headers.of(
            "Audit-Id", auditId,
            "Cache-Control", "no-cache, private",
            "Content-Type", contentType);
    for (String warning : context.warnings()) {
      headers.add("Warning", "299 - " + quoted(warning));
    }
    return headers;
  }

  private boolean acceptsGzip() {
    return exchange.headers().hasToken("accept-encoding", "gzip");
  }

  /// A quoted-string of RFC 9110, without what a header cannot hold.
  private static String quoted(String text) {
    StringBuilder quoted = new StringBuilder(text.length() + 8).append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        quoted.append('\\');
      }
      quoted.append(c < 0x20 || c == 0x7f ? ' ' : c);
    }
    return quoted.append('"').toString();
  }

  private static byte[] line(byte[] json) {
    byte[] ended = java.util.Arrays.copyOf(json, json.length + 1);
    ended[json.length] = '\n';
    return ended;
  }

  static ListText text(ObjectPage page, String listKind) {
    java.util.List<StoredObject> items = new java.util.ArrayList<>(page.size());
    page.forEach(items::add);
    return new ListText(
        page.itemForm().apiVersion(),
        listKind,
        !page.itemForm().isCustom(),
        page.revision(),
        page.continueToken(),
        page.remaining(),
        items);
  }

  /// Level 1: four times as fast as the default for a tenth more bytes; upstream's choice too.
  private static final class FastGzip extends GZIPOutputStream {
    FastGzip(OutputStream out) throws IOException {
      super(out, 16 * 1024);
      def.setLevel(java.util.zip.Deflater.BEST_SPEED);
    }
  }
}
