package io.kemudi.apiserver.audit;

import io.kemudi.apimachinery.codec.Json;
import io.kemudi.apimachinery.codec.Trees;
import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.apiserver.registry.Authorizer.Attributes;
import io.kemudi.apiserver.registry.User;
import io.kemudi.apiserver.rest.ObjectText;
import io.kemudi.apiserver.rest.Statuses;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One event in upstream's form (`audit.k8s.io/v1`), its fields in upstream's order.
///
/// @param code of the answer; 0 while there is none
record AuditEvent(
    AuditLevel level,
    AuditStage stage,
    AuditOrigin origin,
    User user,
    @Nullable User impersonated,
    Attributes asked,
    int code,
    @Nullable ApiException refusal,
    @Nullable Map<String, @Nullable Object> requestBody,
    @Nullable Map<String, @Nullable Object> responseBody,
    Instant received,
    Instant at,
    Map<String, String> annotations) {
  private static final DateTimeFormatter MICROS =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);

  Map<String, @Nullable Object> tree() {
    Map<String, @Nullable Object> tree = new LinkedHashMap<>();
    tree.put("kind", "Event");
    tree.put("apiVersion", "audit.k8s.io/v1");
    tree.put("level", level.text());
    tree.put("auditID", origin.id());
    tree.put("stage", stage.text());
    tree.put("requestURI", origin.uri());
    tree.put("verb", asked.verb());
    tree.put("user", tree(user));
    if (impersonated != null) {
      tree.put("impersonatedUser", tree(impersonated));
    }
    if (!origin.sourceIps().isEmpty()) {
      tree.put("sourceIPs", origin.sourceIps());
    }
    putText(tree, "userAgent", origin.userAgent());
    if (!asked.resource().isEmpty()) {
      tree.put("objectRef", objectRef());
    }
    if (code > 0) {
      tree.put("responseStatus", responseStatus());
    }
    if (requestBody != null) {
      tree.put("requestObject", requestBody);
    }
    if (responseBody != null) {
      tree.put("responseObject", responseBody);
    }
    tree.put("requestReceivedTimestamp", MICROS.format(received));
    tree.put("stageTimestamp", MICROS.format(at));
    if (!annotations.isEmpty()) {
      tree.put("annotations", new LinkedHashMap<>(annotations));
    }
    return tree;
  }

  private static Map<String, @Nullable Object> tree(User user) {
    Map<String, @Nullable Object> tree = new LinkedHashMap<>();
    putText(tree, "username", user.name());
    putText(tree, "uid", user.uid());
    if (!user.groups().isEmpty()) {
      tree.put("groups", List.copyOf(user.groups()));
    }
    if (!user.extra().isEmpty()) {
      tree.put("extra", new LinkedHashMap<>(user.extra()));
    }
    return tree;
  }

  /// What the URL did not name, the object does.
  private Map<String, @Nullable Object> objectRef() {
    Map<String, @Nullable Object> ref = new LinkedHashMap<>();
    ref.put("resource", asked.resource());
    putText(ref, "namespace", asked.namespace());
    putText(ref, "name", asked.name().isEmpty() ? ofObject("name") : asked.name());
    putText(ref, "uid", ofObject("uid"));
    putText(ref, "apiGroup", asked.group());
    putText(ref, "apiVersion", asked.version());
    putText(ref, "resourceVersion", ofObject("resourceVersion"));
    putText(ref, "subresource", asked.subresource());
    return ref;
  }

  private String ofObject(String field) {
    return Trees.at(requestBody, "metadata", field) instanceof String text ? text : "";
  }

  private Map<String, @Nullable Object> responseStatus() {
    Map<String, @Nullable Object> status = new LinkedHashMap<>();
    status.put("metadata", new LinkedHashMap<>());
    if (refusal == null) {
      status.put("code", (long) code);
      return status;
    }
    Map<String, @Nullable Object> told = Json.parseObject(ObjectText.json(Statuses.of(refusal)));
    told.remove("kind");
    told.remove("apiVersion");
    return told;
  }

  private static void putText(Map<String, @Nullable Object> tree, String field, String text) {
    if (!text.isEmpty()) {
      tree.put(field, text);
    }
  }
}
