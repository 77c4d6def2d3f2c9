package io.kemudi.apiserver.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.apimachinery.errors.StatusReason;
import io.kemudi.apiserver.registry.ObjectEvent.Type;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RegistryWatchTest {
  private ApiFixture api;

  @BeforeEach
  void start() {
    api = new ApiFixture();
    api.namespace("lists");
  }

  @AfterEach
  void stop() {
    api.close();
  }

  @Test
  void pagesOfAListAreOneSnapshot() {
    for (int i = 0; i < 7; i++) {
      api.configMap("lists", "c" + i, "1");
    }
    Target maps = api.core("configmaps", "lists", "");

    ObjectPage first = api.registry.list(api.context, maps, ListOptions.ALL.page(3, ""));
    api.configMap("lists", "c1a", "late");
    api.registry.delete(api.context, maps.named("c6"), DeleteOptions.NONE);
    ObjectPage rest =
        api.registry.list(api.context, maps, ListOptions.ALL.page(9, first.continueToken()));

    assertThat(names(first)).containsExactly("c0", "c1", "c2");
    assertThat(first.remaining()).isEqualTo(4);
    assertThat(names(rest)).containsExactly("c3", "c4", "c5", "c6");
    assertThat(rest.revision()).isEqualTo(first.revision());
    assertThat(rest.continueToken()).isEmpty();
  }

  @Test
  void exactAndNotOlderThanReadDifferentStates() {
    long before = api.configMap("lists", "a", "1").object().revision();
    long after = api.configMap("lists", "b", "1").object().revision();
    Target maps = api.core("configmaps", "lists", "");

    ObjectPage exact =
        api.registry.list(api.context, maps, ListOptions.ALL.at(Long.toString(before), "Exact"));
    ObjectPage newer =
        api.registry.list(
            api.context, maps, ListOptions.ALL.at(Long.toString(before), "NotOlderThan"));

    assertThat(names(exact)).containsExactly("a");
    assertThat(exact.revision()).isEqualTo(before);
    assertThat(names(newer)).containsExactly("a", "b");
    assertThat(newer.revision()).isEqualTo(after);
  }

  @Test
  void listsRefuseWhatUpstreamRefuses() {
    Target maps = api.core("configmaps", "lists", "");

    assertThatThrownBy(() -> api.registry.list(api.context, maps, ListOptions.ALL.at("x", "")))
        .hasMessage(
            "invalid resource version: resourceVersion: Invalid value: \"x\":"
                + " strconv.ParseUint: parsing \"x\": invalid syntax");
    assertThatThrownBy(() -> api.registry.list(api.context, maps, ListOptions.ALL.at("", "Exact")))
        .hasMessage(
            "ListOptions.meta.k8s.io \"\" is invalid: resourceVersionMatch: Forbidden:"
                + " resourceVersionMatch is forbidden unless resourceVersion is provided");
    assertThatThrownBy(
            () -> api.registry.list(api.context, maps, ListOptions.ALL.fields("spec.x=1")))
        .hasMessage(
            "\"spec.x\" is not a known field selector: only \"metadata.name\","
                + " \"metadata.namespace\"");
    assertThatThrownBy(() ->
            api.registry.list(
                api.context,
                maps,
                ListOptions.ALL.page(
                    1, "eyJ2IjoibWV0YS5rOHMuaW8vdjEiLCJydiI6NSwic3RhcnQiOiIuLi94In0")))
        .hasMessage("invalid continue token: continue key is not valid: ../x");
  }

  @Test
  void selectorTransitionsShowAsAdditionsAndDeletions() {
    long start = api.configMap("lists", "other", "1").object().revision();
    Target maps = api.core("configmaps", "lists", "");
    try (ObjectWatch watch =
        api.registry.watch(
            api.context, maps, WatchOptions.after(Long.toString(start)).labels("a=1"))) {
      api.configMap("lists", "w", "1");
      Target w = maps.named("w");
      api.merge(w, "{\"metadata\":{\"labels\":{\"a\":\"1\"}}}");
      api.merge(w, "{\"data\":{\"a\":\"2\"}}");
      long left = api.merge(w, "{\"metadata\":{\"labels\":null}}").object().revision();
      api.registry.delete(api.context, w, DeleteOptions.NONE);

      List<ObjectEvent> events = take(watch, 3);

      assertThat(events)
          .extracting(ObjectEvent::type)
          .containsExactly(Type.ADDED, Type.MODIFIED, Type.DELETED);
      ObjectEvent gone = events.getLast();
      assertThat(gone.revision()).isEqualTo(left);
      assertThat(ApiFixture.at(gone.object(), "metadata", "labels", "a")).isEqualTo("1");
      assertThat(ApiFixture.at(gone.object(), "metadata", "resourceVersion"))
          .isEqualTo(Long.toString(left));
    }
  }

  @Test
  void initialEventsEndWithTheirBookmark() {
    api.configMap("lists", "a", "1");
    Target maps = api.core("configmaps", "lists", "");
    try (ObjectWatch watch = api.registry.watch(api.context, maps, WatchOptions.FROM_NOW)) {
      api.configMap("lists", "b", "1");

      assertThat(take(watch, 3))
          .extracting(ObjectEvent::type)
          .containsExactly(Type.ADDED, Type.INITIAL_EVENTS_END, Type.ADDED);
    }
  }

  @Test
  void aWatchOfOneObjectSeesOnlyThat() {
    long start = api.configMap("lists", "other", "1").object().revision();
    Target maps = api.core("configmaps", "lists", "");
    WatchOptions one = WatchOptions.after(Long.toString(start)).fields("metadata.name=w");
    try (ObjectWatch watch = api.registry.watch(api.context, maps, one)) {
      api.configMap("lists", "more", "1");
      api.configMap("lists", "w", "1");

      assertThat(take(watch, 1)).extracting(e -> e.object().name()).containsExactly("w");
    }
  }

  @Test
  void agentsSeeThePodsOfTheirNodeEnterAndLeave() {
    long start = api.store.revision();
    serviceAccount("lists");
    Target pods = api.core("pods", "lists", "");
    WatchOptions mine = WatchOptions.after(Long.toString(start)).fields("spec.nodeName=n1");
    try (ObjectWatch watch = api.registry.watch(api.context, api.core("pods", "", ""), mine)) {
      api.create(
          pods,
          "{\"metadata\":{\"name\":\"p\"},\"spec\":{\"containers\":[{\"name\":\"c\",\"image\":\"i\"}]}}");
      bind("p", "n1");
      api.registry.delete(api.context, pods.named("p"), DeleteOptions.grace(0));

      assertThat(take(watch, 2))
          .extracting(ObjectEvent::type)
          .containsExactly(Type.ADDED, Type.DELETED);
    }
    ObjectPage none =
        api.registry.list(
            api.context, api.core("pods", "", ""), ListOptions.ALL.fields("spec.nodeName=n1"));
    assertThat(none.size()).isZero();
  }

  private void serviceAccount(String namespace) {
    api.create(api.core("serviceaccounts", namespace, ""), "{\"metadata\":{\"name\":\"default\"}}");
  }

  private void bind(String pod, String node) {
    api.registry.create(
        api.context,
        api.core("pods", "lists", pod).sub("binding"),
        ApiFixture.body(
            "{\"metadata\":{\"name\":\""
                + pod
                + "\"},\"target\":{\"kind\":\"Node\",\"name\":\""
                + node
                + "\"}}"),
        WriteOptions.NONE);
  }

  @Test
  void aSecondServerOnTheStoreResumesTheWatchesOfTheFirst() {
    long start = api.configMap("lists", "a", "1").object().revision();
    api.configMap("lists", "b", "1");
    api.registry.delete(api.context, api.core("configmaps", "lists", "a"), DeleteOptions.NONE);
    try (ApiFixture second = new ApiFixture(api.store);
        ObjectWatch watch =
            second.registry.watch(
                second.context,
                second.core("configmaps", "lists", ""),
                WatchOptions.after(Long.toString(start)))) {
      api.configMap("lists", "c", "1");

      List<ObjectEvent> events = take(watch, 3);

      assertThat(events)
          .extracting(e -> e.type() + " " + e.object().name())
          .containsExactly("ADDED b", "DELETED a", "ADDED c");
      assertThat(ApiFixture.at(events.get(1).object(), "data", "a")).isEqualTo("1");
    }
  }

  @Test
  void aRevisionFromBeforeTheHistoryIsExpired() {
    for (int i = 0; i < 20; i++) {
      api.configMap("lists", "c" + i, "1");
    }
    api.store.compact(api.store.revision() - 2);
    try (ApiFixture second = new ApiFixture(api.store)) {
      Target maps = second.core("configmaps", "lists", "");

      assertThatThrownBy(() -> second.registry.watch(second.context, maps, WatchOptions.after("2")))
          .isInstanceOfSatisfying(
              ApiException.class, e -> assertThat(e.is(StatusReason.EXPIRED)).isTrue())
          .hasMessageStartingWith("too old resource version: 2 (");
    }
  }

  @Test
  void aTransactionSharesItsRevisionAndAResumedWatchGetsItWhole() {
    Target maps = api.core("configmaps", "lists", "");
    List<Registry.Operation> both =
        List.of(
            new Registry.Operation.Create(
                maps, ApiFixture.body("{\"metadata\":{\"name\":\"x\"}}"), WriteOptions.NONE),
            new Registry.Operation.Create(
                maps, ApiFixture.body("{\"metadata\":{\"name\":\"y\"}}"), WriteOptions.NONE));

    List<Reply> replies = api.registry.transact(api.context, both).orThrow();

    long revision = replies.getFirst().object().revision();
    assertThat(replies.getLast().object().revision()).isEqualTo(revision);
    WatchOptions resumed = WatchOptions.after(Long.toString(revision));
    try (ObjectWatch watch = api.registry.watch(api.context, maps, resumed)) {
      assertThat(take(watch, 2)).extracting(e -> e.object().name()).containsExactly("x", "y");
    }
    assertThatThrownBy(() -> api.registry.transact(api.context, both).orThrow())
        .hasMessage("configmaps \"x\" already exists");
  }

  private static List<String> names(ObjectPage page) {
    List<String> names = new ArrayList<>();
    page.forEach(object -> names.add(object.name()));
    return names;
  }

  /// Polls until there are `count` events (or far too much time has passed).
  static List<ObjectEvent> take(ObjectWatch watch, int count) {
    List<ObjectEvent> events = new ArrayList<>();
    for (int i = 0; i < 5_000 && events.size() < count; i++) {
      events.addAll(watch.poll());
      try {
        Thread.sleep(1);
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
    return events;
  }
}
