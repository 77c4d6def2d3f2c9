package io.kemudi.controllermanager.endpointslice;

import static org.assertj.core.api.Assertions.assertThat;

import io.kemudi.kubernetes.core.v1.ObjectReference;
import io.kemudi.kubernetes.discovery.v1.Endpoint;
import io.kemudi.kubernetes.discovery.v1.EndpointPort;
import io.kemudi.kubernetes.discovery.v1.EndpointSlice;
import io.kemudi.kubernetes.meta.v1.ObjectMeta;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SlicePlanTest {
  private static final List<EndpointPort> WEB =
      List.of(EndpointPort.newBuilder().setName("web").setPort(8080).build());

  @Test
  void aChangeOfOneEndpointTouchesOneSlice() {
    EndpointSlice first = slice("a", endpoints(0, 100));
    EndpointSlice second = slice("b", endpoints(100, 150));
    var desired = new ArrayList<>(endpoints(0, 150));
    desired.set(3, desired.get(3).toBuilder().setNodeName("elsewhere").build());

    SlicePlan plan = SlicePlan.of(Map.of(WEB, desired), List.of(first, second));

    assertThat(plan.updates()).extracting(s -> s.getMetadata().getName()).containsExactly("a");
    assertThat(plan.creates()).isEmpty();
    assertThat(plan.deletes()).isEmpty();
  }

  @Test
  void slicesOfPortsThatNobodyServesGo() {
    SlicePlan plan = SlicePlan.of(Map.of(), List.of(slice("a", endpoints(0, 2))));

    assertThat(plan.deletes()).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void whateverTheStateEveryEndpointEndsInExactlyOneSlice(long seed) {
    var random = new Random(seed);
    var slices = new ArrayList<EndpointSlice>();
    for (int i = 0; i < random.nextInt(5); i++) {
      int from = random.nextInt(300);
      slices.add(slice("s" + i, endpoints(from, from + random.nextInt(100))));
    }
    List<Endpoint> desired = endpoints(random.nextInt(100), 100 + random.nextInt(300));

    SlicePlan plan = SlicePlan.of(Map.of(WEB, desired), slices);

    var result = new ArrayList<Endpoint>();
    var changed = new HashSet<String>();
    plan.updates().forEach(s -> changed.add(s.getMetadata().getName()));
    plan.deletes().forEach(s -> changed.add(s.getMetadata().getName()));
    slices.stream()
        .filter(s -> !changed.contains(s.getMetadata().getName()))
        .forEach(s -> result.addAll(s.getEndpointsList()));
    plan.updates().forEach(s -> result.addAll(s.getEndpointsList()));
    plan.creates().values().forEach(lists -> lists.forEach(result::addAll));
    assertThat(result).as("seed %d", seed).containsExactlyInAnyOrderElementsOf(desired);
    plan.updates().forEach(s -> assertThat(s.getEndpointsCount()).isBetween(1, 100));
  }

  private static List<Endpoint> endpoints(int from, int to) {
    return IntStream.range(from, to)
        .mapToObj(i ->
            Endpoint.newBuilder()
                .addAddresses("10.0." + i / 256 + "." + i % 256)
                .setTargetRef(ObjectReference.newBuilder().setUid("uid-" + i))
                .build())
        .toList();
  }

  private static EndpointSlice slice(String name, List<Endpoint> endpoints) {
    return EndpointSlice.newBuilder()
        .setMetadata(ObjectMeta.newBuilder().setName(name))
        .addAllPorts(WEB)
        .addAllEndpoints(endpoints)
        .build();
  }
}
