package io.kemudi.apiserver.registry;

import static org.assertj.core.api.Assertions.assertThat;

import io.kemudi.apimachinery.errors.ApiException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/// Writers race on few objects of two servers on one store; watchers that began at different
/// moments all end up with what is listed, having seen every object's revisions grow.
class ConcurrentWritersTest {
  private static final int WRITERS = 8;
  private static final int WRITES = 150;
  private static final int NAMES = 6;

  @Test
  void watchersOfEitherServerEndWithWhatIsListed() throws Exception {
    try (ApiFixture one = new ApiFixture();
        ApiFixture two = new ApiFixture(one.store)) {
      one.namespace("race");
      List<ObjectWatch> watches = new ArrayList<>();
      for (ApiFixture api : List.of(one, two)) {
        watches.add(
            api.registry.watch(
                api.context, api.core("configmaps", "race", ""), WatchOptions.FROM_NOW));
      }
      try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
        List<Future<?>> writers = new ArrayList<>();
        for (int i = 0; i < WRITERS; i++) {
          int seed = i;
          writers.add(executor.submit(() -> write(seed % 2 == 0 ? one : two, new Random(seed))));
        }
        for (Future<?> writer : writers) {
          writer.get();
        }
      }
      one.configMap("race", "last", "1");

      Map<String, Long> listed = new HashMap<>();
      for (StoredObject object :
          two.registry.list(two.context, two.core("configmaps", "race", ""), ListOptions.ALL)) {
        listed.put(object.name(), object.revision());
      }
      for (ObjectWatch watch : watches) {
        assertThat(follow(watch)).isEqualTo(listed);
        watch.close();
      }
    }
  }

  private static void write(ApiFixture api, Random random) {
    for (int i = 0; i < WRITES; i++) {
      String name = "c" + random.nextInt(NAMES);
      Target target = api.core("configmaps", "race", name);
      try {
        switch (random.nextInt(3)) {
          case 0 -> api.configMap("race", name, "0");
          case 1 -> api.merge(target, "{\"data\":{\"a\":\"" + random.nextInt() + "\"}}");
          default -> api.registry.delete(api.context, target, DeleteOptions.NONE);
        }
      } catch (ApiException raced) {
        assertThat(raced.code()).isIn(404, 409);
      }
    }
  }

  /// Applies events until the last object shows up; checks that they make sense one by one.
  private static Map<String, Long> follow(ObjectWatch watch) throws InterruptedException {
    Map<String, Long> known = new HashMap<>();
    long revision = 0;
    for (int i = 0; i < 10_000 && !known.containsKey("last"); i++) {
      for (ObjectEvent event : watch.poll()) {
        if (event.isBookmark()) {
          continue;
        }
        String name = event.object().name();
        switch (event.type()) {
          case ADDED -> assertThat(known.put(name, event.revision())).as("%s", event).isNull();
          case MODIFIED ->
              assertThat(known.put(name, event.revision()))
                  .as("%s", event)
                  .isNotNull()
                  .isLessThan(event.revision());
          case DELETED ->
              assertThat(known.remove(name)).as("%s", event).isLessThan(event.revision());
          case BOOKMARK, INITIAL_EVENTS_END -> {}
        }
        assertThat(event.revision()).isGreaterThan(revision);
        revision = event.revision();
      }
      Thread.sleep(1);
    }
    return known;
  }
}
