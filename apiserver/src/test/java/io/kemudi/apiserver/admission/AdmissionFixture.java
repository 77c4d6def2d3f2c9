package io.kemudi.apiserver.admission;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kemudi.apimachinery.codec.Json;
import io.kemudi.apimachinery.codec.ProtobufCodec;
import io.kemudi.apimachinery.codec.Trees;
import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.apimachinery.schema.Schema;
import io.kemudi.apiserver.ApiCore;
import io.kemudi.apiserver.ApiCoreConfig;
import io.kemudi.apiserver.registry.AuditHook;
import io.kemudi.apiserver.registry.Authorizer;
import io.kemudi.apiserver.registry.Body;
import io.kemudi.apiserver.registry.DeleteOptions;
import io.kemudi.apiserver.registry.ObjectForm;
import io.kemudi.apiserver.registry.Patch;
import io.kemudi.apiserver.registry.Registry;
import io.kemudi.apiserver.registry.RequestContext;
import io.kemudi.apiserver.registry.StoredObject;
import io.kemudi.apiserver.registry.Target;
import io.kemudi.apiserver.registry.User;
import io.kemudi.apiserver.registry.WriteOptions;
import io.kemudi.store.Store;
import io.kemudi.store.memory.MemoryStore;
import io.kemudi.time.SystemTimers;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.assertj.core.api.AbstractThrowableAssert;
import org.jspecify.annotations.Nullable;

/// A registry with all plugins on a memory store, spoken to in JSON.
final class AdmissionFixture implements AutoCloseable {
  static final User ADMIN = User.of("admin", User.MASTERS);
  static final User NODE = User.of("system:node:n1", User.NODES);

  final SystemTimers timers = new SystemTimers();
  final ApiCore core;
  final Registry registry;
  RequestContext context;
  WriteOptions options = WriteOptions.NONE;

  AdmissionFixture() {
    this(new MemoryStore(new SystemTimers()));
  }

  AdmissionFixture(Store store) {
    core = new ApiCore(store, ApiCoreConfig.DEFAULT, timers);
    core.start();
    registry = core.registry();
    as(ADMIN, Authorizer.ALLOW_ALL);
  }

  void as(User user) {
    as(user, Authorizer.ALLOW_ALL);
  }

  void as(User user, Authorizer authorizer) {
    context = new RequestContext(user, "test/1", authorizer, AuditHook.NONE);
  }

  /// `v1 pods ns/name/sub`: version, resource, place.
  Target target(String text) {
    String[] words = text.split(" ");
    int slash = words[0].indexOf('/');
    String group = slash < 0 ? "" : words[0].substring(0, slash);
    String version = words[0].substring(slash + 1);
    String[] place = (words.length > 2 ? words[2] : "").split("/", -1);
    return new Target(
        registry.resources().need(group, version, words[1]),
        place.length > 2 ? place[2] : "",
        place[0],
        place.length > 1 ? place[1] : "");
  }

  Map<String, @Nullable Object> create(String target, String json) {
    return tree(registry.create(context, target(target), body(json), options).object());
  }

  Map<String, @Nullable Object> merge(String target, String json) {
    Patch patch = new Patch(Patch.Type.MERGE, bytes(json), false);
    return tree(registry.patch(context, target(target), patch, options).object());
  }

  Map<String, @Nullable Object> get(String target) {
    return tree(registry.get(context, target(target), ""));
  }

  void delete(String target) {
    registry.delete(context, target(target), new DeleteOptions(0L, null, null, null, null, false));
  }

  /// A namespace with its service account.
  void namespace(String name, String labels) {
    create("v1 namespaces", "{'metadata':{'name':'" + name + "','labels':{" + labels + "}}}");
    create("v1 serviceaccounts " + name, "{'metadata':{'name':'default'}}");
  }

  Map<String, @Nullable Object> pod(String place, String spec) {
    return create("v1 pods " + place.split("/")[0], podJson(place.split("/")[1], spec));
  }

  /// A pod of one container `c`; `spec` may bring more fields, and a `containers` of its own.
  static String podJson(String name, String spec) {
    String containers =
        spec.contains("'containers'") ? "" : "'containers':[{'name':'c','image':'i'}],";
    String fields = containers + spec;
    if (fields.endsWith(",")) {
      fields = fields.substring(0, fields.length() - 1);
    }
    return "{'metadata':{'name':'" + name + "'},'spec':{" + fields + "}}";
  }

  static AbstractThrowableAssert<?, ? extends Throwable> assertRefused(Runnable write) {
    return assertThatThrownBy(write::run).isInstanceOf(ApiException.class);
  }

  static Body body(String json) {
    return Body.json(bytes(json));
  }

  private static byte[] bytes(String json) {
    return json.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
  }

  static Map<String, @Nullable Object> tree(StoredObject object) {
    ObjectForm form = object.form();
    return ProtobufCodec.decode(
        Schema.message(form.messageType()), form.apiVersion(), form.kind(), object.bytes());
  }

  static String json(@Nullable Object tree, String... path) {
    Object value = Trees.at(tree, path);
    return value == null ? "null" : new String(Json.write(value), StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    core.close();
    timers.close();
  }
}
