package io.kemudi.client.events;

import static io.kemudi.apimachinery.resource.ResourceTypes.EVENTS;
import static io.kemudi.apimachinery.resource.ResourceTypes.PODS;
import static org.assertj.core.api.Assertions.assertThat;

import io.kemudi.client.api.DeleteOptions;
import io.kemudi.client.api.FakeApiClient;
import io.kemudi.client.api.ListOptions;
import io.kemudi.kubernetes.core.v1.Event;
import io.kemudi.kubernetes.core.v1.ObjectReference;
import io.kemudi.kubernetes.core.v1.Pod;
import io.kemudi.time.ManualTime;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class EventRecorderTest {
  private final FakeApiClient server = new FakeApiClient();
  private final ManualTime time = new ManualTime();
  private final EventRecorder recorder = new EventRecorder(server, "tester", "", time);
  private final List<String> patches = new ArrayList<>();

  EventRecorderTest() {
    server.patchWith((before, patch) -> {
      patches.add(new String(patch.body(), StandardCharsets.UTF_8));
      return before;
    });
  }

  @Test
  void anEventNamesItsObjectAndSource() {
    recorder.normal(pod("web"), "Scheduled", "it fits");
    recorder.flush();

    Event event = events().getFirst();
    assertThat(event.getInvolvedObject()).isEqualTo(pod("web"));
    assertThat(event.getMetadata().getNamespace()).isEqualTo("ns");
    assertThat(event.getMetadata().getName()).startsWith("web.");
    assertThat(event.getSource().getComponent()).isEqualTo("tester");
    assertThat(event.getType()).isEqualTo("Normal");
    assertThat(event.getCount()).isEqualTo(1);
  }

  @Test
  void theSameEventAgainRaisesItsCount() {
    recorder.normal(pod("web"), "Pulled", "image");
    recorder.flush();
    time.advance(Duration.ofSeconds(5));
    recorder.normal(pod("web"), "Pulled", "image");
    recorder.flush();

    assertThat(events()).hasSize(1);
    assertThat(patches).containsExactly("{\"count\":2,\"lastTimestamp\":\"2026-01-01T00:00:05Z\"}");
  }

  @Test
  void sameEventsWithinABatchAreOne() {
    recorder.normal(pod("web"), "Pulled", "image");
    recorder.normal(pod("web"), "Pulled", "image");
    recorder.flush();

    assertThat(events()).extracting(Event::getCount).containsExactly(2);
  }

  @Test
  void anEventThatExpiredIsMadeAnew() {
    recorder.normal(pod("web"), "Pulled", "image");
    recorder.flush();
    server.deleteCollection(EVENTS, ListOptions.ALL, DeleteOptions.NONE);
    recorder.normal(pod("web"), "Pulled", "image");
    recorder.flush();

    assertThat(events()).hasSize(1);
  }

  @Test
  void oneNoisyObjectIsHeldBackAndOthersAreHeard() {
    for (int i = 0; i < 100; i++) {
      recorder.warning(pod("noisy"), "Failed", "attempt " + i);
    }
    recorder.warning(pod("calm"), "Failed", "once");
    recorder.flush();

    assertThat(events()).hasSize(26);
    assertThat(recorder.dropped()).isEqualTo(75);
  }

  @Test
  void aFullQueueDropsTheOldestAndNeverBlocks() {
    for (int i = 0; i < EventRecorder.QUEUE_SIZE + 3; i++) {
      recorder.normal(pod("p" + i), "Happened", "once");
    }
    assertThat(recorder.dropped()).isEqualTo(3);
    recorder.flush();
    assertThat(events())
        .extracting(event -> event.getInvolvedObject().getName())
        .doesNotContain("p0", "p2")
        .contains("p3");
  }

  private List<Event> events() {
    return server.list(EVENTS, ListOptions.ALL).items();
  }

  private static ObjectReference pod(String name) {
    Pod.Builder pod = Pod.newBuilder();
    pod.getMetadataBuilder().setNamespace("ns").setName(name).setUid("uid-" + name);
    return References.to(PODS, pod.build());
  }
}
