package io.kemudi.apiserver.storage;

import io.kemudi.apimachinery.codec.CodecException;
import io.kemudi.apimachinery.codec.Json;
import io.kemudi.apimachinery.errors.ApiException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Where a list goes on: at the revision of its first page (-1: at the latest, which gives up
/// consistency), from a key relative to what is listed. Written as upstream writes it.
record ContinueToken(long revision, String start) {
  private static final String VERSION = "meta.k8s.io/v1";
  static final long INCONSISTENT = -1;

  String encode() {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("v", VERSION);
    tree.put("rv", revision);
    tree.put("start", start);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(Json.write(tree));
  }

  /// @throws ApiException 400 when it is no token of ours
  static ContinueToken decode(String token) {
    Map<String, ?> tree;
    try {
      byte[] json = Base64.getUrlDecoder().decode(token.getBytes(StandardCharsets.ISO_8859_1));
      tree = Json.parseObject(json);
    } catch (IllegalArgumentException | CodecException e) {
      throw invalid(String.valueOf(e.getMessage()));
    }
    if (!VERSION.equals(tree.get("v"))) {
      throw invalid("server does not recognize this encoded version " + text(tree.get("v")));
    }
    if (!(tree.get("rv") instanceof Long revision) || revision == 0) {
      throw invalid("incorrect encoded start resourceVersion (version meta.k8s.io/v1)");
    }
    if (!(tree.get("start") instanceof String start) || start.isEmpty()) {
      throw invalid("encoded start key empty (version meta.k8s.io/v1)");
    }
    String key = start.startsWith("/") ? start : "/" + start;
    if (("/" + key + "/").contains("/../")) {
      throw invalid(start);
    }
    return new ContinueToken(revision, key.substring(1));
  }

  private static String text(@Nullable Object value) {
    return value == null ? "" : value.toString();
  }

  private static ApiException invalid(String why) {
    return ApiException.badRequest("invalid continue token: continue key is not valid: " + why);
  }
}
