package io.kemudi.apimachinery.kinds;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The built-in resources, read once from `resources.txt`, in discovery's order.
public final class ResourceInfos {
  private static final String FILE = "resources.txt";
  private static final List<String> USUAL_VERBS =
      List.of("create", "delete", "deletecollection", "get", "list", "patch", "update", "watch");

  private static final List<ResourceInfo> ALL = read();
  private static final Map<String, ResourceInfo> BY_RESOURCE = new HashMap<>();
  private static final Map<String, ResourceInfo> BY_KIND = new HashMap<>();

  static {
    for (ResourceInfo info : ALL) {
      BY_RESOURCE.put(id(info.group(), info.version(), info.resource()), info);
      BY_KIND.put(id(info.group(), info.version(), info.kind()), info);
    }
  }

  private ResourceInfos() {}

  public static List<ResourceInfo> all() {
    return ALL;
  }

  public static Optional<ResourceInfo> find(String group, String version, String resource) {
    return Optional.ofNullable(BY_RESOURCE.get(id(group, version, resource)));
  }

  public static Optional<ResourceInfo> ofKind(String group, String version, String kind) {
    return Optional.ofNullable(BY_KIND.get(id(group, version, kind)));
  }

  /// The resource in the version it is stored in, where that version is served; else the first
  /// served. This is the hub on which the functions of a [Kind] work.
  public static Optional<ResourceInfo> hub(String group, String kind) {
    ResourceInfo first = null;
    for (ResourceInfo info : ALL) {
      if (info.group().equals(group) && info.kind().equals(kind)) {
        if (info.isStorageVersion()) {
          return Optional.of(info);
        }
        first = first == null ? info : first;
      }
    }
    return Optional.ofNullable(first);
  }

  private static String id(String group, String version, String name) {
    return group + '/' + version + '/' + name;
  }

  private static List<ResourceInfo> read() {
    InputStream stream = ResourceInfos.class.getResourceAsStream(FILE);
    if (stream == null) {
      throw new IllegalStateException("no " + FILE + " beside " + ResourceInfos.class.getName());
    }
    try (var lines = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
      return parse(lines.lines().toList());
    } catch (IOException e) {
      throw new UncheckedIOException("reading " + FILE, e);
    }
  }

  private static List<ResourceInfo> parse(List<String> lines) {
    List<ResourceInfo> infos = new ArrayList<>();
    String group = "";
    String version = "";
    Map<String, ResourceInfo.Subresource> subresources = new LinkedHashMap<>();
    for (String line : lines) {
      String[] words = line.strip().split(" +");
      switch (words[0]) {
        case "", "#" -> {}
        case "group" -> {
          group = words[1].equals("core") ? "" : words[1];
          version = words[2];
        }
        case "resource" -> {
          subresources = new LinkedHashMap<>();
          infos.add(resource(group, version, words, Collections.unmodifiableMap(subresources)));
        }
        case "sub" -> subresources.put(words[1], subresource(words));
        default -> throw new IllegalStateException(FILE + ": what is \"" + line + "\"?");
      }
    }
    return List.copyOf(infos);
  }

  private static ResourceInfo resource(
      String group,
      String version,
      String[] words,
      Map<String, ResourceInfo.Subresource> subresources) {
    Map<String, String> attributes = new HashMap<>();
    for (int i = 4; i < words.length; i++) {
      int equals = words[i].indexOf('=');
      attributes.put(
          equals < 0 ? words[i] : words[i].substring(0, equals), words[i].substring(equals + 1));
    }
    String kind = words[2];
    String apiVersion = group.isEmpty() ? version : group + "/" + version;
    String key = attributes.getOrDefault("key", "");
    String stored = attributes.getOrDefault("stored", key.isEmpty() ? "" : apiVersion);
    return new ResourceInfo(
        group,
        version,
        words[1],
        kind.toLowerCase(Locale.ROOT),
        kind,
        attributes.containsKey("nolist") ? "" : kind + "List",
        list(attributes.get("short")),
        list(attributes.get("categories")),
        words[3].equals("namespaced"),
        attributes.containsKey("verbs") ? list(attributes.get("verbs")) : USUAL_VERBS,
        subresources,
        key.isEmpty() ? "" : key + "/",
        stored,
        key.isEmpty() ? "" : kind,
        key.isEmpty() ? "" : mediaType(attributes),
        messageType(apiVersion, kind),
        stored.isEmpty() ? "" : messageType(stored, kind),
        attributes.getOrDefault("hash", ""));
  }

  private static ResourceInfo.Subresource subresource(String[] words) {
    int slash = words[2].indexOf('/');
    return new ResourceInfo.Subresource(
        words[1],
        slash < 0 ? "" : words[2].substring(0, slash),
        words[2].substring(slash + 1),
        words[3],
        list(words[4]));
  }

  private static String mediaType(Map<String, String> attributes) {
    return "json".equals(attributes.get("media")) ? ResourceInfo.JSON : ResourceInfo.PROTOBUF;
  }

  /// The schema's packages are named by the first label of the group:
  /// `rbac.authorization.k8s.io/v1` is `rbac.v1`.
  private static String messageType(String apiVersion, String kind) {
    int slash = apiVersion.indexOf('/');
    if (slash < 0) {
      return "core." + apiVersion + "." + kind;
    }
    String group = apiVersion.substring(0, slash);
    int dot = group.indexOf('.');
    String alias = dot < 0 ? group : group.substring(0, dot);
    return alias + "." + apiVersion.substring(slash + 1) + "." + kind;
  }

  private static List<String> list(@Nullable String commaSeparated) {
    return commaSeparated == null ? List.of() : List.of(commaSeparated.split(","));
  }
}
