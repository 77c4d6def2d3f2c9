package io.kemudi.apiserver.auth;

import io.kemudi.apimachinery.codec.CodecException;
import io.kemudi.apimachinery.codec.Trees;
import io.kemudi.apimachinery.codec.Yaml;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Upstream's `AuthenticationConfiguration` (`apiserver.config.k8s.io`), as far as it says where
/// anonymous clients are let in. Authenticators of JSON web tokens are refused by name.
public final class AuthenticationConfiguration {
  private static final Set<String> VERSIONS =
      Set.of(
          "apiserver.config.k8s.io/v1",
          "apiserver.config.k8s.io/v1beta1",
          "apiserver.config.k8s.io/v1alpha1");

  private AuthenticationConfiguration() {}

  /// @throws IllegalArgumentException saying what is wrong and where
  public static AnonymousAccess parse(byte[] yaml) {
    Map<String, @Nullable Object> tree;
    try {
      tree = Trees.object(Yaml.parse(yaml).value(), "the configuration");
    } catch (CodecException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
    requireKnown(tree, "", Set.of("apiVersion", "kind", "jwt", "anonymous"));
    if (!VERSIONS.contains(Trees.string(tree, "apiVersion"))
        || !"AuthenticationConfiguration".equals(tree.get("kind"))) {
      throw new IllegalArgumentException(
          "it is not an AuthenticationConfiguration of apiserver.config.k8s.io/v1");
    }
    List<@Nullable Object> jwt = Trees.listOrNull(tree.get("jwt"));
    if (tree.get("jwt") != null && (jwt == null || !jwt.isEmpty())) {
      throw new IllegalArgumentException(
          "jwt: authenticators of JSON web tokens are not supported: leave them out");
    }
    return tree.get("anonymous") == null
        ? AnonymousAccess.EVERYWHERE
        : anonymous(object(tree.get("anonymous"), "anonymous"));
  }

  private static AnonymousAccess anonymous(Map<String, @Nullable Object> tree) {
    requireKnown(tree, "anonymous.", Set.of("enabled", "conditions"));
    Object enabled = tree.get("enabled");
    if (enabled != null && !(enabled instanceof Boolean)) {
      throw new IllegalArgumentException("anonymous.enabled: true or false is needed");
    }
    List<@Nullable Object> conditions = Trees.listOrNull(tree.get("conditions"));
    if (!Boolean.TRUE.equals(enabled)) {
      if (conditions != null && !conditions.isEmpty()) {
        throw new IllegalArgumentException(
            "anonymous.conditions: there are none when anonymous clients are not enabled");
      }
      return AnonymousAccess.NOWHERE;
    }
    if (conditions == null || conditions.isEmpty()) {
      return AnonymousAccess.EVERYWHERE;
    }
    Set<String> paths = new LinkedHashSet<>();
    for (int i = 0; i < conditions.size(); i++) {
      String at = "anonymous.conditions[" + i + "]";
      Map<String, @Nullable Object> condition = object(conditions.get(i), at);
      requireKnown(condition, at + ".", Set.of("path"));
      if (!(condition.get("path") instanceof String path) || !path.startsWith("/")) {
        throw new IllegalArgumentException(at + ".path: a path such as /livez is needed");
      }
      paths.add(path);
    }
    return new AnonymousAccess(paths);
  }

  private static Map<String, @Nullable Object> object(@Nullable Object value, String at) {
    Map<String, @Nullable Object> object = Trees.objectOrNull(value);
    if (object == null) {
      throw new IllegalArgumentException(at + ": an object is needed");
    }
    return object;
  }

  private static void requireKnown(
      Map<String, @Nullable Object> tree, String at, Set<String> known) {
    for (String field : tree.keySet()) {
      if (!known.contains(field)) {
        throw new IllegalArgumentException(at + field + ": unknown field");
      }
    }
  }
}
