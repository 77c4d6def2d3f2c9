package io.kemudi.apiserver.registry;

import io.kemudi.apimachinery.codec.CodecException;
import io.kemudi.apimachinery.codec.Json;
import io.kemudi.apimachinery.codec.Trees;
import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.apimachinery.kinds.ResourceInfo;
import io.kemudi.apimachinery.kinds.ResourceInfos;
import io.kemudi.fuzz.Fuzz;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The whole way of a write, with mutations of objects of every kind: defaulted, admitted,
/// validated, applied and stored, or refused with a status; nothing else.
@Timeout(120)
class RegistryFuzzTest {
  @Test
  void writes() throws Exception {
    List<byte[]> objects = objects();
    try (var api = new ApiFixture()) {
      api.namespace("fuzz");
      api.create(api.core("serviceaccounts", "fuzz", ""), "{\"metadata\":{\"name\":\"default\"}}");
      new Fuzz(RegistryFuzzTest.class, "writes", ApiException.class, CodecException.class)
          .memory(64 << 20, 1 << 16)
          .run(objects, 2500, text -> write(api, text));
    }
  }

  private static void write(ApiFixture api, byte[] text) {
    Map<String, @Nullable Object> tree = Json.parseObject(text);
    Optional<ResourceInfo> info = resource(tree);
    if (info.isEmpty() || !info.get().stored()) {
      return;
    }
    ResourceInfo resource = info.get();
    String namespace = resource.namespaced() ? "fuzz" : "";
    Trees.child(tree, "metadata").remove("namespace");
    Trees.child(tree, "metadata").putIfAbsent("name", "fuzz");
    byte[] body = Json.write(tree);
    Target collection =
        api.in(resource.group(), resource.version(), resource.resource(), namespace, "");
    refusable(() -> api.registry.create(api.context, collection, Body.json(body), DRY_RUN));
    if (Trees.at(tree, "metadata", "name") instanceof String name && !name.isEmpty()) {
      Trees.child(tree, "metadata").remove("managedFields");
      Target object =
          api.in(resource.group(), resource.version(), resource.resource(), namespace, name);
      Patch apply = new Patch(Patch.Type.APPLY, Json.write(tree), true);
      refusable(() -> api.registry.patch(api.context, object, apply, DRY_RUN_APPLY));
    }
  }

  private static final WriteOptions DRY_RUN = new WriteOptions(true, "fuzz", "Strict");
  private static final WriteOptions DRY_RUN_APPLY = new WriteOptions(true, "fuzz", "Warn");

  private static void refusable(Runnable step) {
    try {
      step.run();
    } catch (ApiException | CodecException e) {
      // the next write has its turn
    }
  }

  private static Optional<ResourceInfo> resource(Map<String, @Nullable Object> tree) {
    if (!(tree.get("apiVersion") instanceof String version)
        || !(tree.get("kind") instanceof String kind)) {
      return Optional.empty();
    }
    int slash = version.indexOf('/');
    return ResourceInfos.ofKind(
        slash < 0 ? "" : version.substring(0, slash), version.substring(slash + 1), kind);
  }

  /// What a real server answered.
  private static List<byte[]> objects() throws Exception {
    var objects = new ArrayList<byte[]>();
    try (var lines =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(
                    Objects.requireNonNull(
                        RegistryFuzzTest.class.getResourceAsStream("stored.jsonl.gz"))),
                StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        Map<String, @Nullable Object> row = Json.parseObject(line.getBytes(StandardCharsets.UTF_8));
        Map<String, @Nullable Object> object = Trees.objectOrNull(row.get("get"));
        if (object != null) {
          objects.add(Json.write(object));
        }
      }
    }
    return objects;
  }
}
