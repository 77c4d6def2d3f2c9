package io.kemudi.client.rest;

import io.kemudi.apimachinery.resource.ResourceType;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/// The URLs of resources under one server.
final class RestPaths {
  private final String base;

  RestPaths(URI server) {
    String text = server.toString();
    this.base = text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
  }

  URI of(String path) {
    return URI.create(base + path);
  }

  URI collection(ResourceType<?> type, String namespace, Map<String, String> query) {
    return URI.create(root(type, namespace) + query(query));
  }

  URI object(
      ResourceType<?> type,
      String namespace,
      String name,
      String subresource,
      Map<String, String> query) {
    String below = subresource.isEmpty() ? "" : "/" + subresource;
    return URI.create(root(type, namespace) + "/" + encode(name) + below + query(query));
  }

  private String root(ResourceType<?> type, String namespace) {
    String group = type.group().isEmpty() ? "/api/" : "/apis/" + type.group() + "/";
    String within = namespace.isEmpty() ? "" : "/namespaces/" + encode(namespace);
    return base + group + type.version() + within + "/" + type.resource();
  }

  private static String query(Map<String, String> query) {
    Map<String, String> given = new LinkedHashMap<>(query);
    given.values().removeIf(String::isEmpty);
    return given.isEmpty()
        ? ""
        : given.entrySet().stream()
            .map(entry -> entry.getKey() + "=" + encode(entry.getValue()))
            .collect(Collectors.joining("&", "?", ""));
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
