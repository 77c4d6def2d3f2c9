package io.kemudi.apiserver.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PersistentMapTest {
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void behavesAsASortedMapAndLeavesOldVersionsAlone(long seed) {
    Random random = new Random(seed);
    TreeMap<String, Integer> model = new TreeMap<>();
    PersistentMap<Integer> map = PersistentMap.empty();
    for (int step = 0; step < 3_000; step++) {
      String key = "k" + random.nextInt(700);
      PersistentMap<Integer> before = map;
      int sizeBefore = before.size();
      if (random.nextInt(3) > 0 || step < 500) {
        map = map.put(key, step);
        model.put(key, step);
      } else {
        map = map.remove(key);
        model.remove(key);
      }
      assertThat(before.size()).isEqualTo(sizeBefore);
      if (step % 100 == 0) {
        compare(map, model, random);
      }
    }
    for (String key : List.copyOf(model.keySet())) {
      map = map.remove(key);
    }
    assertThat(map.size()).isZero();
  }

  private static void compare(
      PersistentMap<Integer> map, TreeMap<String, Integer> model, Random random) {
    String from = "k" + random.nextInt(700);
    String end = "k" + random.nextInt(700);
    assertThat(map.size()).isEqualTo(model.size());
    assertThat(map.get(from)).isEqualTo(model.get(from));
    assertThat(map.rank(from)).isEqualTo(model.headMap(from).size());
    List<Integer> range = new ArrayList<>();
    map.range(from, end).forEachRemaining(range::add);
    assertThat(range)
        .isEqualTo(
            from.compareTo(end) >= 0 ? List.of() : List.copyOf(model.subMap(from, end).values()));
    PersistentMap<Integer> bulk =
        PersistentMap.ofSorted(List.copyOf(model.keySet()), List.copyOf(model.values()));
    List<Integer> all = new ArrayList<>();
    bulk.all().forEachRemaining(all::add);
    assertThat(all).isEqualTo(List.copyOf(model.values()));
  }
}
