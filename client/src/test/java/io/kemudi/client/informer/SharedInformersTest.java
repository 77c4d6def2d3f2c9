package io.kemudi.client.informer;

import static io.kemudi.apimachinery.resource.ResourceTypes.CONFIG_MAPS;
import static org.assertj.core.api.Assertions.assertThat;

import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.apimachinery.errors.StatusReason;
import io.kemudi.client.api.DeleteOptions;
import io.kemudi.client.api.FakeApiClient;
import io.kemudi.client.api.WriteOptions;
import io.kemudi.kubernetes.core.v1.ConfigMap;
import io.kemudi.time.ManualTime;
import io.kemudi.time.SystemTimers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SharedInformersTest {
  private final FakeApiClient server = new FakeApiClient();
  private final ManualTime time = new ManualTime();
  private final SharedInformers informers = new SharedInformers(server, time, 1);
  private final Informer<ConfigMap> informer = informers.informer(CONFIG_MAPS);
  private final List<String> told = new ArrayList<>();

  SharedInformersTest() {
    informer.addIndex(
        "color", map -> List.of(map.getMetadata().getLabelsOrDefault("color", "none")));
    informer.addHandler(
        new EventHandler<>() {
          @Override
          public void onAdd(ConfigMap object) {
            told.add("+" + object.getMetadata().getName());
          }

          @Override
          public void onUpdate(ConfigMap before, ConfigMap after) {
            told.add("~" + after.getMetadata().getName());
          }

          @Override
          public void onDelete(ConfigMap object) {
            told.add("-" + object.getMetadata().getName());
          }
        });
  }

  @Test
  void beginsWithWhatIsThereAndFollows() {
    create("a", "red");
    settle();
    assertThat(informer.hasSynced()).isTrue();
    create("b", "red");
    update("a", "blue");
    delete("b");
    settle();

    assertThat(told).containsExactly("+a", "+b", "~a", "-b");
    assertThat(names(informer.lister().list())).containsExactly("a");
    assertThat(names(informer.lister().byIndex("color", "blue"))).containsExactly("a");
    assertThat(informer.lister().byIndex("color", "red")).isEmpty();
    assertThat(names(informer.lister().list("ns"))).containsExactly("a");
  }

  @Test
  void isNotSyncedBeforeTheFirstStateArrived() {
    server.breakWatches(unavailable());
    assertThat(informer.hasSynced()).isFalse();
    assertThat(informer.resourceVersion()).isEmpty();
  }

  @Test
  void resumesAfterALostConnectionWithoutTellingAnythingTwice() {
    create("a", "red");
    settle();
    server.breakWatches(unavailable());
    create("b", "red");
    settle();
    assertThat(told).containsExactly("+a");
    time.advance(Duration.ofSeconds(1));
    settle();

    assertThat(told).containsExactly("+a", "+b");
  }

  @Test
  void startsAnewWhenHistoryIsGoneAndFindsWhatItMissed() {
    create("a", "red");
    create("b", "red");
    settle();
    server.breakWatches(unavailable());
    delete("a");
    update("b", "blue");
    create("c", "red");
    server.forgetHistory();
    waitOutBackOff();

    assertThat(told).containsExactlyInAnyOrder("+a", "+b", "-a", "~b", "+c");
    assertThat(names(informer.lister().list())).containsExactlyInAnyOrder("b", "c");
  }

  @Test
  void anObjectMadeAnewBetweenTwoLooksIsADeletionAndAnAddition() {
    create("a", "red");
    settle();
    server.breakWatches(unavailable());
    delete("a");
    create("a", "red");
    server.forgetHistory();
    waitOutBackOff();

    assertThat(told).containsExactly("+a", "-a", "+a");
  }

  @Test
  void backsOffLongerAfterEachFailure() {
    settle();
    int reconnections = 0;
    for (int i = 0; i < 600; i++) {
      server.breakWatches(unavailable());
      settle();
      time.advance(Duration.ofMillis(100));
      reconnections += informers.step() ? 1 : 0;
    }
    // 60 s of an absent server: 0.1, 0.8, 1.6, 3.2 ... plus jitter, not 600 attempts
    assertThat(reconnections).isBetween(4, 10);
  }

  @Test
  void aHandlerThatThrowsKeepsNothingFromTheOthers() {
    var seen = new ArrayList<String>();
    informer.addHandler(
        Handlers.each(map -> {
          throw new IllegalStateException("on purpose");
        }));
    informer.addHandler(Handlers.each(map -> seen.add(map.getMetadata().getName())));
    create("a", "red");
    create("b", "red");
    settle();

    assertThat(seen).containsExactly("a", "b");
  }

  @Test
  void equalQuestionsShareOneInformer() {
    assertThat(informers.informer(CONFIG_MAPS)).isSameAs(informer);
  }

  @Test
  void runsOnThreadsOfItsOwnWhenStarted() throws Exception {
    try (var timers = new SystemTimers();
        var started = new SharedInformers(server, timers, 1)) {
      create("a", "red");
      Informer<ConfigMap> own = started.informer(CONFIG_MAPS);
      started.start();

      assertThat(started.awaitSync(Duration.ofSeconds(10))).isTrue();
      assertThat(names(own.lister().list())).containsExactly("a");
    }
  }

  private void waitOutBackOff() {
    for (int i = 0; i < 5; i++) {
      settle();
      time.advance(Duration.ofSeconds(5));
    }
    settle();
  }

  private void settle() {
    while (informers.step()) {
      // until nothing moves
    }
  }

  private void create(String name, String color) {
    server.create(CONFIG_MAPS, map(name, color), WriteOptions.NONE);
  }

  private void update(String name, String color) {
    server.update(CONFIG_MAPS, map(name, color), WriteOptions.NONE);
  }

  private void delete(String name) {
    server.delete(CONFIG_MAPS, "ns", name, DeleteOptions.NONE);
  }

  private static ConfigMap map(String name, String color) {
    ConfigMap.Builder map = ConfigMap.newBuilder();
    map.getMetadataBuilder().setNamespace("ns").setName(name).putLabels("color", color);
    return map.build();
  }

  private static List<String> names(List<ConfigMap> maps) {
    return maps.stream().map(map -> map.getMetadata().getName()).toList();
  }

  private static ApiException unavailable() {
    return new ApiException(StatusReason.SERVICE_UNAVAILABLE, "connection refused");
  }
}
