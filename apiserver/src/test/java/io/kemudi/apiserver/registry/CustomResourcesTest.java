package io.kemudi.apiserver.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kemudi.apimachinery.codec.Json;
import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.apimachinery.errors.StatusReason;
import io.kemudi.store.KeyValue;
import io.kemudi.store.RangeRequest;
import io.kemudi.store.memory.MemoryStore;
import io.kemudi.time.SystemTimers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Custom resources in the same table, cache and write path as all others.
@Timeout(60)
class CustomResourcesTest {
  private static final long PATIENCE_NS = TimeUnit.SECONDS.toNanos(20);
  private static final String GROUP = "things.example.dev";

  private static final String SCHEMA =
      """
      {"type":"object","properties":{
        "spec":{"type":"object","properties":{
          "color":{"type":"string","default":"red"},
          "maybe":{"type":"string","nullable":true,"default":"set"},
          "size":{"type":"integer","minimum":1,
            "x-kubernetes-validations":[{"rule":"self >= oldSelf","message":"never shrinks"}]},
          "low":{"type":"integer"},"high":{"type":"integer"},
          "port":{"x-kubernetes-int-or-string":true},
          "free":{"type":"object","x-kubernetes-preserve-unknown-fields":true},
          "template":{"type":"object","x-kubernetes-embedded-resource":true,
            "properties":{"spec":{"type":"object","properties":{"a":{"type":"string"}}}}},
          "names":{"type":"array","x-kubernetes-list-type":"set","items":{"type":"string"}},
          "parts":{"type":"array","x-kubernetes-list-type":"map",
            "x-kubernetes-list-map-keys":["id"],
            "items":{"type":"object","required":["id"],"properties":{
              "id":{"type":"string"},"value":{"type":"string"}}}},
          "replicas":{"type":"integer"}},
          "x-kubernetes-validations":[
            {"rule":"!has(self.low) || !has(self.high) || self.low <= self.high",
             "message":"low is above high"}]},
        "status":{"type":"object","properties":{"replicas":{"type":"integer"},
          "selector":{"type":"string"}}}}}
      """;

  private final SystemTimers timers = new SystemTimers();
  private final MemoryStore store = new MemoryStore(timers);
  private ApiFixture api = new ApiFixture(store);

  @BeforeEach
  void namespace() {
    api.namespace("ns");
  }

  @AfterEach
  void close() {
    api.close();
    store.close();
    timers.close();
  }

  // ---- definitions ----

  @Test
  void whatWasDefinedIsServedAtOnceAfterARestart() throws Exception {
    define("Thing", version("v1", true, SCHEMA));
    create("things", "{\"metadata\":{\"name\":\"a\"},\"spec\":{\"size\":3}}");

    restart();

    assertThat(ApiFixture.at(get("things", "a"), "spec", "size")).isEqualTo(3L);
    assertThat(ApiFixture.at(get("things", "a"), "spec", "color")).isEqualTo("red");
  }

  @Test
  void aWatchGoesOnAcrossARestartWithoutListingAnew() throws Exception {
    define("Thing", version("v1", true, SCHEMA));
    long before = create("things", thing("a")).revision();
    create("things", thing("b"));
    api.registry.delete(api.context, at("things", "a"), DeleteOptions.NONE);

    restart();

    try (ObjectWatch watch = watch("things", String.valueOf(before))) {
      create("things", thing("c"));
      assertThat(events(watch, 3)).containsExactly("ADDED b", "DELETED a", "ADDED c");
    }
  }

  @Test
  void twoServersOnOneStoreSeeEachOthersDefinitions() throws Exception {
    try (ApiFixture other = new ApiFixture(store)) {
      define("Thing", version("v1", true, SCHEMA));
      create("things", thing("a"));
      await(() -> other.registry.resources().find(GROUP, "v1", "things").isPresent());
      Target seen = other.in(GROUP, "v1", "things", "ns", "a");
      assertThat(other.registry.get(other.context, seen, "").name()).isEqualTo("a");

      api.registry.delete(api.context, definition("things"), DeleteOptions.NONE);
      await(() -> other.registry.resources().find(GROUP, "v1", "things").isEmpty());
      await(() -> api.registry.resources().find(GROUP, "v1", "things").isEmpty());
      assertThat(stored("/registry/" + GROUP + "/things/")).isEmpty();
    }
  }

  @Test
  void aDefinitionWaitsForTheFinalizersOfItsObjects() throws Exception {
    define("Thing", version("v1", true, SCHEMA));
    create("things", "{\"metadata\":{\"name\":\"held\",\"finalizers\":[\"example.dev/hold\"]}}");
    api.registry.delete(api.context, definition("things"), DeleteOptions.NONE);

    await(() -> ApiFixture.at(get("things", "held"), "metadata", "deletionTimestamp") != null);
    assertThat(ApiFixture.json(api.registry.get(api.context, definition("things"), "")))
        .contains("\"Terminating\"");
    assertRefused(
        () -> create("things", thing("late")),
        StatusReason.FORBIDDEN,
        "create not allowed while custom resource definition is terminating");

    api.merge(at("things", "held"), "{\"metadata\":{\"finalizers\":null}}");
    await(() -> api.registry.resources().find(GROUP, "v1", "things").isEmpty());
  }

  @Test
  void aNameThatIsTakenIsNotServedAndIsOnceItIsFree() throws Exception {
    define("Thing", version("v1", true, SCHEMA));
    api.create(
        api.in("apiextensions.k8s.io", "v1", "customresourcedefinitions", "", ""),
        definition("Other", version("v1", true, SCHEMA)).replace("\"Other\"", "\"Thing\""));
    await(() ->
        ApiFixture.json(api.registry.get(api.context, definition("others"), ""))
            .contains("\"ListKindConflict\""));
    assertThat(api.registry.resources().find(GROUP, "v1", "others")).isEmpty();

    api.registry.delete(api.context, definition("things"), DeleteOptions.NONE);
    await(() -> api.registry.resources().find(GROUP, "v1", "others").isPresent());
  }

  // ---- stored form ----

  @Test
  void objectsAreStoredAsJsonInTheStorageVersion() throws Exception {
    define("Thing", version("v1", true, SCHEMA), version("v1beta1", false, SCHEMA));
    api.create(
        api.in(GROUP, "v1beta1", "things", "ns", ""),
        "{\"metadata\":{\"name\":\"a\"},\"spec\":{\"size\":1}}");

    KeyValue pair = stored("/registry/" + GROUP + "/things/").getFirst();
    assertThat(pair.key()).isEqualTo("/registry/" + GROUP + "/things/ns/a");
    String value = new String(pair.value(), StandardCharsets.UTF_8);
    assertThat(value).endsWith("}\n");
    var tree = Json.parseObject(pair.value());
    assertThat(tree).containsEntry("apiVersion", GROUP + "/v1").containsEntry("kind", "Thing");
    assertThat(value).doesNotContain("resourceVersion").contains("\"size\":1");
    assertThat(get("things", "a").form().apiVersion()).isEqualTo(GROUP + "/v1");
  }

  @Test
  void eachVersionShowsWhatItsSchemaLetsIn() throws Exception {
    String old =
        "{\"type\":\"object\",\"properties\":{\"spec\":{\"type\":\"object\",\"properties\":"
            + "{\"size\":{\"type\":\"integer\"},\"mode\":{\"type\":\"string\",\"default\":\"slow\"}}}}}";
    define("Thing", version("v1", true, SCHEMA), version("v1beta1", false, old));
    create("things", "{\"metadata\":{\"name\":\"a\"},\"spec\":{\"size\":1,\"low\":2}}");

    Target beta = api.in(GROUP, "v1beta1", "things", "ns", "");
    StoredObject shown = api.registry.get(api.context, beta.named("a"), "");
    assertThat(ApiFixture.at(shown, "spec", "low")).isNull();
    assertThat(ApiFixture.at(shown, "spec", "mode")).isEqualTo("slow");
    StoredObject listed = api.registry.list(api.context, beta, ListOptions.ALL).iterator().next();
    assertThat(ApiFixture.json(listed)).isEqualTo(ApiFixture.json(shown));
    assertThat(ApiFixture.at(get("things", "a"), "spec", "low")).isEqualTo(2L);
  }

  @Test
  void aNewDefaultIsSeenInWhatWasStoredBefore() throws Exception {
    define("Thing", version("v1", true, SCHEMA));
    create("things", "{\"metadata\":{\"name\":\"a\"},\"spec\":{\"size\":1,\"low\":2}}");
    try (ObjectWatch watch = watch("things", "")) {
      events(watch, 1);
      String changed =
          SCHEMA
              .replace(
                  "\"low\":{\"type\":\"integer\"}",
                  "\"fresh\":{\"type\":\"string\",\"default\":\"new\"}")
              .replace("!has(self.low) || !has(self.high) || self.low <= self.high", "true");
      api.merge(
          definition("things"), "{\"spec\":{\"versions\":[" + version("v1", true, changed) + "]}}");
      await(() -> "new".equals(ApiFixture.at(get("things", "a"), "spec", "fresh")));
      assertThat(ApiFixture.at(get("things", "a"), "spec", "low")).isNull();

      // the watch that was there goes on
      create("things", thing("b"));
      assertThat(events(watch, 1)).containsExactly("ADDED b");
    }
    long generation = generation(get("things", "a"));
    api.merge(at("things", "a"), "{\"metadata\":{\"labels\":{\"x\":\"y\"}}}");
    assertThat(generation(get("things", "a"))).isEqualTo(generation);
    String value =
        new String(
            stored("/registry/" + GROUP + "/things/ns/a").getFirst().value(),
            StandardCharsets.UTF_8);
    assertThat(value).contains("\"fresh\":\"new\"").doesNotContain("\"low\"");
  }

  @Test
  void aVersionThatOnlyAWebhookCouldMakeIsRefusedByName() throws Exception {
    Target definitions = api.in("apiextensions.k8s.io", "v1", "customresourcedefinitions", "", "");
    String hooked =
        definition("Thing", version("v1", true, SCHEMA), version("v1beta1", false, SCHEMA))
            .replace(
                "\"scope\"",
                "\"conversion\":{\"strategy\":\"Webhook\",\"webhook\":{\"conversionReviewVersions\":"
                    + "[\"v1\"],\"clientConfig\":{\"url\":\"https://127.0.0.1:1/convert\"}}},\"scope\"");
    List<String> warnings = new ArrayList<>();
    RequestContext warned =
        new RequestContext(
            User.of("admin", User.MASTERS), "test/1", Authorizer.ALLOW_ALL, AuditHook.NONE);
    api.registry.create(warned, definitions, ApiFixture.body(hooked), WriteOptions.NONE);
    warnings.addAll(warned.warnings());
    assertThat(warnings).anyMatch(each -> each.contains("no conversion webhook is called"));
    await(() -> api.registry.resources().find(GROUP, "v1", "things").isPresent());

    create("things", thing("a"));
    assertRefused(
        () -> api.registry.get(api.context, api.in(GROUP, "v1beta1", "things", "ns", "a"), ""),
        StatusReason.INTERNAL_ERROR,
        "conversion webhook for things.example.dev/v1beta1, Kind=Thing failed: this server calls no"
            + " conversion webhooks; use things.example.dev/v1");
    api.registry.delete(api.context, definition("things"), DeleteOptions.NONE);
    await(() -> api.registry.resources().find(GROUP, "v1", "things").isEmpty());
  }

  // ---- schemas ----

  @Test
  void whatIsUnknownIsDroppedAndWhatIsMissingFilledIn() throws Exception {
    define("Thing", version("v1", true, SCHEMA));
    StoredObject made =
        create(
            "things",
            """
            {"metadata":{"name":"a"},"spec":{"unknown":1,"maybe":null,"port":"http",
             "free":{"anything":{"goes":[1,2]}},
             "template":{"apiVersion":"v1","kind":"Pod","metadata":{"name":"x"},
               "spec":{"a":"b","c":"d"},"extra":1}}}
            """);

    assertThat(ApiFixture.at(made, "spec", "unknown")).isNull();
    assertThat(ApiFixture.at(made, "spec", "color")).isEqualTo("red");
    assertThat(ApiFixture.json(made)).contains("\"maybe\":null");
    assertThat(ApiFixture.at(made, "spec", "port")).isEqualTo("http");
    assertThat(String.valueOf(ApiFixture.at(made, "spec", "free")))
        .isEqualTo("{anything={goes=[1, 2]}}");
    assertThat(ApiFixture.at(made, "spec", "template", "metadata", "name")).isEqualTo("x");
    assertThat(ApiFixture.at(made, "spec", "template", "spec", "c")).isNull();
    assertThat(ApiFixture.at(made, "spec", "template", "extra")).isNull();
    assertInvalid("{\"metadata\":{\"name\":\"b\"},\"spec\":{\"port\":true}}", "spec.port");
    assertInvalid(
        "{\"metadata\":{\"name\":\"b\"},\"spec\":{\"template\":{\"spec\":{}}}}",
        "spec.template.apiVersion");
    assertInvalid(
        "{\"metadata\":{\"name\":\"b\"},\"spec\":{\"names\":[\"x\",\"x\"]}}", "spec.names[1]");
    assertInvalid(
        "{\"metadata\":{\"name\":\"b\"},\"spec\":{\"parts\":[{\"id\":\"1\"},{\"id\":\"1\"}]}}",
        "spec.parts[1]");
  }

  @Test
  void rulesHoldForWhatChanges() throws Exception {
    define("Thing", version("v1", true, SCHEMA));
    assertInvalid(
        "{\"metadata\":{\"name\":\"b\"},\"spec\":{\"low\":2,\"high\":1}}", "low is above high");
    create("things", "{\"metadata\":{\"name\":\"a\"},\"spec\":{\"size\":3,\"low\":1}}");
    assertRefused(
        () -> api.merge(at("things", "a"), "{\"spec\":{\"size\":2}}"),
        StatusReason.INVALID,
        "never shrinks");
    api.merge(at("things", "a"), "{\"spec\":{\"size\":4}}");

    // a stricter rule leaves alone what does not change
    String stricter = SCHEMA.replace("\"minimum\":1", "\"minimum\":100");
    api.merge(
        definition("things"), "{\"spec\":{\"versions\":[" + version("v1", true, stricter) + "]}}");
    await(() -> refusesSmall());
    api.merge(at("things", "a"), "{\"spec\":{\"low\":2}}");
    assertRefused(
        () -> api.merge(at("things", "a"), "{\"spec\":{\"size\":5}}"),
        StatusReason.INVALID,
        "spec.size");
  }

  private boolean refusesSmall() {
    try {
      api.registry.create(
          api.context,
          collection("things"),
          ApiFixture.body("{\"metadata\":{\"name\":\"try\"},\"spec\":{\"size\":1}}"),
          new WriteOptions(true, "", ""));
      return false;
    } catch (ApiException e) {
      return e.is(StatusReason.INVALID);
    }
  }

  // ---- subresources ----

  @Test
  void statusAndScaleAreWrittenApart() throws Exception {
    define("Thing", version("v1", true, SCHEMA));
    StoredObject made =
        create(
            "things",
            "{\"metadata\":{\"name\":\"a\"},\"spec\":{\"replicas\":2},\"status\":{\"replicas\":9}}");
    assertThat(ApiFixture.at(made, "status")).isNull();
    Target status = at("things", "a").sub("status");
    StoredObject reported =
        api.merge(
                status, "{\"status\":{\"replicas\":1,\"selector\":\"a=b\"},\"spec\":{\"size\":7}}")
            .object();
    assertThat(ApiFixture.at(reported, "status", "replicas")).isEqualTo(1L);
    assertThat(ApiFixture.at(reported, "spec", "size")).isNull();
    assertThat(generation(reported)).isEqualTo(1);

    Target scale = at("things", "a").sub("scale");
    StoredObject read = api.registry.get(api.context, scale, "");
    assertThat(ApiFixture.at(read, "spec", "replicas")).isEqualTo(2L);
    assertThat(ApiFixture.at(read, "status", "selector")).isEqualTo("a=b");
    api.merge(scale, "{\"spec\":{\"replicas\":5}}");
    assertThat(ApiFixture.at(get("things", "a"), "spec", "replicas")).isEqualTo(5L);
    assertThat(generation(get("things", "a"))).isEqualTo(2);
  }

  // ---- reading ----

  @Test
  void listsInPagesAndSelectsByLabelsAndFields() throws Exception {
    define("Thing", version("v1", true, SCHEMA));
    for (int i = 0; i < 5; i++) {
      create(
          "things",
          "{\"metadata\":{\"name\":\"t%d\",\"labels\":{\"odd\":\"%d\"}},\"spec\":{\"color\":\"%s\"}}"
              .formatted(i, i % 2, i < 2 ? "blue" : "green"));
    }
    ObjectPage first = list("", "", 2, "");
    assertThat(names(first)).containsExactly("t0", "t1");
    assertThat(first.remaining()).isEqualTo(3);
    assertThat(names(list("", "", 0, first.continueToken()))).containsExactly("t2", "t3", "t4");
    assertThat(names(list("odd=1", "", 0, ""))).containsExactly("t1", "t3");
    assertThat(names(list("", "spec.color=blue", 0, ""))).containsExactly("t0", "t1");
    assertThat(names(list("", "metadata.name=t4", 0, ""))).containsExactly("t4");
    assertRefused(
        () -> list("", "spec.size=1", 0, ""),
        StatusReason.BAD_REQUEST,
        "field label not supported: spec.size");

    WatchOptions blue = new WatchOptions("", "spec.color=blue", "", "", null, false, "");
    try (ObjectWatch watch = api.registry.watch(api.context, collection("things"), blue)) {
      assertThat(events(watch, 2)).containsExactly("ADDED t0", "ADDED t1");
      api.merge(at("things", "t0"), "{\"spec\":{\"color\":\"green\"}}");
      api.merge(at("things", "t4"), "{\"spec\":{\"color\":\"blue\"}}");
      assertThat(events(watch, 2)).containsExactly("DELETED t0", "ADDED t4");
    }
  }

  // ---- writing ----

  @Test
  void appliesListsByTheirKeys() throws Exception {
    define("Thing", version("v1", true, SCHEMA));
    apply("one", "{\"spec\":{\"parts\":[{\"id\":\"a\",\"value\":\"1\"}]}}");
    StoredObject both =
        apply("two", "{\"spec\":{\"parts\":[{\"id\":\"b\",\"value\":\"2\"}],\"names\":[\"n\"]}}");
    assertThat(String.valueOf(ApiFixture.at(both, "spec", "parts")))
        .isEqualTo("[{id=a, value=1}, {id=b, value=2}]");
    assertRefused(
        () -> apply("two", "{\"spec\":{\"parts\":[{\"id\":\"a\",\"value\":\"3\"}]}}"),
        StatusReason.CONFLICT,
        ".spec.parts[id=\"a\"].value");
    StoredObject without = apply("one", "{\"spec\":{}}");
    assertThat(String.valueOf(ApiFixture.at(without, "spec", "parts")))
        .isEqualTo("[{id=b, value=2}]");
  }

  private StoredObject apply(String manager, String spec) {
    String body =
        "{\"apiVersion\":\"%s/v1\",\"kind\":\"Thing\",\"metadata\":{\"name\":\"ap\"},%s"
            .formatted(GROUP, spec.substring(1));
    return api.registry
        .patch(
            api.context,
            at("things", "ap"),
            new Patch(Patch.Type.APPLY, body.getBytes(StandardCharsets.UTF_8), false),
            new WriteOptions(false, manager, ""))
        .object();
  }

  @Test
  void generatesNamesAndTriesWithoutWriting() throws Exception {
    define("Thing", version("v1", true, SCHEMA));
    StoredObject made = create("things", "{\"metadata\":{\"generateName\":\"gen-\"}}");
    assertThat(made.name()).startsWith("gen-").hasSizeGreaterThan(4);

    StoredObject tried =
        api.registry
            .create(
                api.context,
                collection("things"),
                ApiFixture.body("{\"metadata\":{\"name\":\"tried\"},\"spec\":{}}"),
                new WriteOptions(true, "", ""))
            .object();
    assertThat(ApiFixture.at(tried, "spec", "color")).isEqualTo("red");
    assertThat(names(list("", "", 0, ""))).containsExactly(made.name());
  }

  // ---- lessons ----

  /// LESSONS row 9, CVE-2022-3162: one type's prefix must not be another's beginning.
  @Test
  void oneTypeIsNotReadThroughTheKeyPrefixOfAnother() throws Exception {
    define("Thing", version("v1", true, SCHEMA));
    define("Thingssecret", version("v1", true, SCHEMA));
    create("thingssecrets", thing("hidden"));
    api.namespace("ns2");
    api.create(api.in(GROUP, "v1", "things", "ns2", ""), thing("elsewhere"));
    create("things", thing("open"));

    assertThat(names(list("", "", 0, ""))).containsExactly("open");
    for (String name : List.of("../thingssecrets/ns/hidden", "..", "ns2/elsewhere")) {
      assertThatThrownBy(() -> get("things", name)).isInstanceOf(ApiException.class);
    }
    for (ResourceRow row : api.registry.resources().rows()) {
      if (row.info().stored()) {
        assertThat(row.info().keyPrefix()).startsWith("/registry/").endsWith("/");
      }
    }
  }

  // ---- helpers ----

  private void restart() {
    api.close();
    api = new ApiFixture(store);
  }

  private void define(String kind, String... versions) throws Exception {
    api.create(
        api.in("apiextensions.k8s.io", "v1", "customresourcedefinitions", "", ""),
        definition(kind, versions));
    String plural = kind.toLowerCase(java.util.Locale.ROOT) + "s";
    await(() -> api.registry.resources().find(GROUP, "v1", plural).isPresent());
  }

  private static String definition(String kind, String... versions) {
    String singular = kind.toLowerCase(java.util.Locale.ROOT);
    return """
    {"metadata":{"name":"%ss.%s"},"spec":{"group":"%s","scope":"Namespaced",
     "names":{"plural":"%ss","singular":"%s","kind":"%s"},"versions":[%s]}}
    """
        .formatted(singular, GROUP, GROUP, singular, singular, kind, String.join(",", versions));
  }

  private static String version(String name, boolean stored, String schema) {
    return """
    {"name":"%s","served":true,"storage":%s,"schema":{"openAPIV3Schema":%s},
     "selectableFields":%s,
     "subresources":{"status":{},"scale":{"specReplicasPath":".spec.replicas",
       "statusReplicasPath":".status.replicas","labelSelectorPath":".status.selector"}}}
    """
        .formatted(
            name,
            stored,
            schema,
            schema.contains("\"color\"") ? "[{\"jsonPath\":\".spec.color\"}]" : "[]");
  }

  private Target definition(String plural) {
    return api.in(
        "apiextensions.k8s.io", "v1", "customresourcedefinitions", "", plural + "." + GROUP);
  }

  private static String thing(String name) {
    return "{\"metadata\":{\"name\":\"" + name + "\"}}";
  }

  private Target collection(String resource) {
    return api.in(GROUP, "v1", resource, "ns", "");
  }

  private Target at(String resource, String name) {
    return api.in(GROUP, "v1", resource, "ns", name);
  }

  private StoredObject create(String resource, String json) {
    return api.create(collection(resource), json).object();
  }

  private StoredObject get(String resource, String name) {
    return api.registry.get(api.context, at(resource, name), "");
  }

  private static long generation(StoredObject object) {
    return object(ApiFixture.at(object, "metadata", "generation"));
  }

  private static long object(@Nullable Object number) {
    return number instanceof Number value ? value.longValue() : -1;
  }

  private ObjectPage list(String labels, String fields, int limit, String from) {
    return api.registry.list(
        api.context, collection("things"), new ListOptions(labels, fields, "", "", limit, from));
  }

  private static List<String> names(ObjectPage page) {
    List<String> names = new ArrayList<>();
    page.forEach(object -> names.add(object.name()));
    return names;
  }

  private List<KeyValue> stored(String prefix) {
    return store.range(RangeRequest.prefix(prefix)).pairs();
  }

  private ObjectWatch watch(String resource, String revision) {
    return api.registry.watch(
        api.context, collection(resource), new WatchOptions("", "", revision, "", null, false, ""));
  }

  private static List<String> events(ObjectWatch watch, int count) throws Exception {
    List<String> seen = new ArrayList<>();
    await(() -> {
      for (ObjectEvent event : watch.poll()) {
        if (!event.isBookmark()) {
          seen.add(event.type() + " " + event.object().name());
        }
      }
      return seen.size() >= count;
    });
    return seen;
  }

  private void assertInvalid(String json, String why) {
    assertRefused(() -> create("things", json), StatusReason.INVALID, why);
  }

  private static void assertRefused(Callable<?> call, StatusReason reason, String why) {
    assertThatThrownBy(call::call)
        .isInstanceOfSatisfying(ApiException.class, e -> assertThat(e.is(reason)).isTrue())
        .hasMessageContaining(why);
  }

  private static void await(Callable<Boolean> condition) throws Exception {
    long giveUp = System.nanoTime() + PATIENCE_NS;
    while (!condition.call()) {
      assertThat(System.nanoTime()).as("waited too long").isLessThan(giveUp);
      Thread.sleep(10);
    }
  }
}
