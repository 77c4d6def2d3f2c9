package io.kemudi.simulation.replay;

import io.kemudi.apimachinery.codec.Json;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What the webhook server of the recording said, by path: some of it is wrong on purpose.
final class WebhookReplies {
  /// @param delay before it is sent
  record Reply(int status, @Nullable Object body, Duration delay) {}

  private static final String VERSION = "admission.k8s.io/v1";
  private static final Duration SLOW = Duration.ofSeconds(3);

  /// So long that the server shortens the warnings.
  private static final int LONG_WARNING = 5000;

  private WebhookReplies() {}

  static Reply to(String path, Map<String, ?> review) {
    Map<?, ?> request = map(review.get("request"));
    String uid = String.valueOf(request.get("uid"));
    return switch (path) {
      case "/conv" -> ok(converted(review, request, uid));
      case "/convfail" -> ok(notConverted(review, uid));
      case "/deny" ->
          answer(
              uid, false, "status", Map.of("code", 418L, "message", "no way", "reason", "Teapot"));
      case "/denyplain" -> answer(uid, false);
      case "/warn" ->
          answer(
              uid,
              true,
              "warnings",
              List.of(
                  "first warning",
                  "second \"quoted\" warning",
                  "x".repeat(LONG_WARNING),
                  "first warning"));
      case "/slow" -> new Reply(200, review(VERSION, response(uid, true)), SLOW);
      case "/e500" -> new Reply(500, "boom", Duration.ZERO);
      case "/notjson" -> ok("hello");
      case "/empty" -> ok(Map.of("apiVersion", VERSION, "kind", "AdmissionReview"));
      case "/wronguid" -> answer("zzz", true);
      case "/wrongversion" -> ok(review("admission.k8s.io/v9", response(uid, true)));
      case "/pa" -> labelled(uid, request, "a");
      case "/pb" -> labelled(uid, request, "b");
      case "/badpatch" -> patch(uid, Map.of("op", "remove", "path", "/data/zz"));
      case "/makeinvalid" ->
          patch(uid, Map.of("op", "add", "path", "/data", "value", Map.of("a b", "x")));
      case "/rename" ->
          patch(uid, Map.of("op", "replace", "path", "/metadata/name", "value", "renamed"));
      case "/patchonvalidate" ->
          patch(uid, Map.of("op", "add", "path", "/data", "value", Map.of()));
      case "/patchinval" ->
          answer(
              uid,
              true,
              "patchType",
              "JSONPatch",
              "patch",
              base64("xxx".getBytes(StandardCharsets.US_ASCII)));
      case "/patchtypeless" ->
          answer(uid, true, "patch", base64("[]".getBytes(StandardCharsets.US_ASCII)));
      default -> answer(uid, true);
    };
  }

  private static Reply ok(Object body) {
    return new Reply(200, body, Duration.ZERO);
  }

  private static Reply answer(String uid, boolean allowed, Object... more) {
    Map<String, Object> response = response(uid, allowed);
    for (int i = 0; i < more.length; i += 2) {
      response.put((String) more[i], more[i + 1]);
    }
    return ok(review(VERSION, response));
  }

  private static Map<String, Object> response(String uid, boolean allowed) {
    return new LinkedHashMap<>(Map.of("uid", uid, "allowed", allowed));
  }

  private static Map<String, Object> review(String version, Map<String, Object> response) {
    return Map.of("apiVersion", version, "kind", "AdmissionReview", "response", response);
  }

  private static Reply patch(String uid, Map<String, ?> operation) {
    byte[] patch = Json.write(List.of(operation));
    return answer(uid, true, "patchType", "JSONPatch", "patch", base64(patch));
  }

  private static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }

  /// Adds the label unless it is there.
  private static Reply labelled(String uid, Map<?, ?> request, String label) {
    if (!(request.get("object") instanceof Map<?, ?> object)) {
      return answer(uid, true);
    }
    if (!(map(object.get("metadata")).get("labels") instanceof Map<?, ?> labels)) {
      return patch(
          uid, Map.of("op", "add", "path", "/metadata/labels", "value", Map.of(label, "on")));
    }
    return labels.containsKey(label)
        ? answer(uid, true)
        : patch(uid, Map.of("op", "add", "path", "/metadata/labels/" + label, "value", "on"));
  }

  /// `hostPort: h:1` in v1 is `host: h` and `port: "1"` in v2.
  private static Object converted(Map<String, ?> review, Map<?, ?> request, String uid) {
    String version = String.valueOf(request.get("desiredAPIVersion"));
    var objects = new ArrayList<Object>();
    if (request.get("objects") instanceof List<?> list) {
      list.forEach(one -> objects.add(converted(map(one), version)));
    }
    return conversion(
        review,
        Map.of("uid", uid, "result", Map.of("status", "Success"), "convertedObjects", objects));
  }

  private static Object notConverted(Map<String, ?> review, String uid) {
    Map<String, ?> result = Map.of("status", "Failure", "message", "cannot convert");
    return conversion(review, Map.of("uid", uid, "result", result));
  }

  private static Object conversion(Map<String, ?> review, Map<String, ?> response) {
    return Map.of(
        "apiVersion",
        String.valueOf(review.get("apiVersion")),
        "kind",
        "ConversionReview",
        "response",
        response);
  }

  private static Object converted(Map<?, ?> object, String version) {
    var copy = new LinkedHashMap<Object, @Nullable Object>(object);
    copy.put("apiVersion", version);
    Map<?, ?> spec = map(object.get("spec"));
    if (spec.get("hostPort") instanceof String both && version.endsWith("/v2")) {
      int colon = both.indexOf(':');
      copy.put(
          "spec",
          Map.of("host", both.substring(0, Math.max(0, colon)), "port", both.substring(colon + 1)));
    } else if (spec.get("host") instanceof String host && version.endsWith("/v1")) {
      copy.put("spec", Map.of("hostPort", host + ":" + spec.get("port")));
    }
    return copy;
  }

  private static Map<?, ?> map(@Nullable Object tree) {
    return tree instanceof Map<?, ?> map ? map : Map.of();
  }
}
