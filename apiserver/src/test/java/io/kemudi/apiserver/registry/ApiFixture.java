package io.kemudi.apiserver.registry;

import io.kemudi.apimachinery.codec.Json;
import io.kemudi.apimachinery.codec.ProtobufCodec;
import io.kemudi.apimachinery.codec.Trees;
import io.kemudi.apimachinery.schema.Schema;
import io.kemudi.apiserver.ApiCore;
import io.kemudi.apiserver.ApiCoreConfig;
import io.kemudi.store.Store;
import io.kemudi.store.memory.MemoryStore;
import io.kemudi.time.SystemTimers;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A registry on a memory store, and short ways to talk to it in JSON.
final class ApiFixture implements AutoCloseable {
  final Store store;
  final ApiCore core;
  final Registry registry;
  final SystemTimers timers = new SystemTimers();
  final RequestContext context =
      new RequestContext(
          User.of("admin", User.MASTERS), "test/1", Authorizer.ALLOW_ALL, AuditHook.NONE);

  ApiFixture() {
    this(new MemoryStore(new SystemTimers()));
  }

  ApiFixture(Store store) {
    this(store, ApiCoreConfig.DEFAULT);
  }

  ApiFixture(Store store, ApiCoreConfig config) {
    this.store = store;
    core = new ApiCore(store, config, timers);
    core.start();
    registry = core.registry();
  }

  Target in(String group, String version, String resource, String namespace, String name) {
    return new Target(registry.resources().need(group, version, resource), "", namespace, name);
  }

  Target core(String resource, String namespace, String name) {
    return in("", "v1", resource, namespace, name);
  }

  Reply create(Target target, String json) {
    return registry.create(context, target, body(json), WriteOptions.NONE);
  }

  Reply update(Target target, String json) {
    return registry.update(context, target, body(json), WriteOptions.NONE);
  }

  Reply merge(Target target, String json) {
    Patch patch = new Patch(Patch.Type.MERGE, json.getBytes(StandardCharsets.UTF_8), false);
    return registry.patch(context, target, patch, WriteOptions.NONE);
  }

  Reply configMap(String namespace, String name, String data) {
    return create(
        core("configmaps", namespace, ""),
        "{\"metadata\":{\"name\":\"" + name + "\"},\"data\":{\"a\":\"" + data + "\"}}");
  }

  void namespace(String name) {
    create(core("namespaces", "", ""), "{\"metadata\":{\"name\":\"" + name + "\"}}");
  }

  static Body body(String json) {
    return Body.json(json.getBytes(StandardCharsets.UTF_8));
  }

  static Map<String, @Nullable Object> tree(StoredObject object) {
    ObjectForm form = object.form();
    return ProtobufCodec.decode(
        Schema.message(form.messageType()), form.apiVersion(), form.kind(), object.bytes());
  }

  static String json(StoredObject object) {
    return new String(Json.write(tree(object)), StandardCharsets.UTF_8);
  }

  static @Nullable Object at(StoredObject object, String... path) {
    return Trees.at(tree(object), path);
  }

  @Override
  public void close() {
    core.close();
    timers.close();
  }
}
