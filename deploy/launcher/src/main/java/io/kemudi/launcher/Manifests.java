package io.kemudi.launcher;

import io.kemudi.apimachinery.codec.Json;
import io.kemudi.apimachinery.codec.Yaml;
import io.kemudi.apimachinery.kinds.ResourceInfo;
import io.kemudi.apimachinery.kinds.ResourceInfos;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The objects of the files that `up -f` names, read and checked before anything is started.
record Manifests(List<Manifest> objects) {

  /// One object with the place it comes from, for messages. Its namespace is filled in.
  record Manifest(
      String source, ResourceInfo resource, String namespace, String name, byte[] json) {

    /// `deployment.apps/hello`, as kubectl names objects.
    String title() {
      String group = resource.group();
      return resource.singular() + (group.isEmpty() ? "" : "." + group) + "/" + name;
    }
  }

  static Manifests read(List<Path> files) {
    var objects = new ArrayList<Manifest>();
    for (Path file : files) {
      byte[] text = bytes(file);
      List<Json.Parsed> documents;
      try {
        documents = Yaml.parseAll(text);
      } catch (RuntimeException e) {
        throw new UserError(file + ": " + Main.describe(e));
      }
      int number = 0;
      for (Json.Parsed document : documents) {
        number++;
        String source = file + ", document " + number;
        if (!document.duplicates().isEmpty()) {
          throw new UserError(source + ": " + String.join(", ", document.duplicates()));
        }
        if (document.value() != null) {
          add(objects, source, document.value());
        }
      }
    }
    return new Manifests(List.copyOf(objects));
  }

  private static byte[] bytes(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      throw new UserError("-f " + file + ": there is no such file");
    } catch (IOException e) {
      throw new UserError("-f " + file + ": cannot be read: " + Main.describe(e));
    }
  }

  private static void add(List<Manifest> objects, String source, Object document) {
    Map<String, Object> tree = map(source, document);
    String apiVersion = text(source, tree, "apiVersion");
    String kind = text(source, tree, "kind");
    if (kind.equals("List") && apiVersion.equals("v1")) {
      if (tree.get("items") instanceof List<?> items) {
        for (int i = 0; i < items.size(); i++) {
          Object item = items.get(i);
          if (item != null) {
            add(objects, source + ", item " + (i + 1), item);
          }
        }
      }
      return;
    }
    int slash = apiVersion.indexOf('/');
    String group = slash < 0 ? "" : apiVersion.substring(0, slash);
    ResourceInfo resource =
        ResourceInfos.ofKind(group, apiVersion.substring(slash + 1), kind)
            .orElseThrow(() ->
                new UserError(
                    source
                        + ": no kind \""
                        + kind
                        + "\" in \""
                        + apiVersion
                        + "\": see `kubectl api-resources` for what there is"));
    Map<String, Object> metadata =
        map(source + ": metadata", tree.computeIfAbsent("metadata", m -> new LinkedHashMap<>()));
    String name = text(source + ": metadata", metadata, "name");
    String namespace = "";
    if (resource.namespaced()) {
      metadata.putIfAbsent("namespace", "default");
      namespace = text(source + ": metadata", metadata, "namespace");
    }
    objects.add(new Manifest(source, resource, namespace, name, Json.write(tree)));
  }

  private static String text(String source, Map<String, Object> tree, String field) {
    if (tree.get(field) instanceof String text && !text.isEmpty()) {
      return text;
    }
    throw new UserError(source + ": " + field + " is missing, or not text");
  }

  @SuppressWarnings("unchecked") // parsed objects have text keys
  private static Map<String, Object> map(String source, Object tree) {
    if (tree instanceof Map<?, ?> map) {
      return (Map<String, Object>) map;
    }
    throw new UserError(source + ": not an object but " + tree.getClass().getSimpleName());
  }
}
