package io.kemudi.apimachinery.kinds;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ResourceInfosTest {
  @Test
  void knowsWhereAndHowPodsAreStored() {
    ResourceInfo pods = ResourceInfos.find("", "v1", "pods").orElseThrow();

    assertThat(pods.key("default", "web")).isEqualTo("/registry/pods/default/web");
    assertThat(pods.messageType()).isEqualTo("core.v1.Pod");
    assertThat(pods.shortNames()).containsExactly("po");
    assertThat(pods.subresources().values()).anyMatch(s -> s.group().equals("policy"));
    assertThat(pods.verbs()).hasSize(8);
  }

  @Test
  void knowsTheExceptionsAmongStoredForms() {
    assertThat(ResourceInfos.find("", "v1", "nodes").orElseThrow().key("", "n1"))
        .isEqualTo("/registry/minions/n1");
    ResourceInfo oldAutoscaler =
        ResourceInfos.find("autoscaling", "v1", "horizontalpodautoscalers").orElseThrow();
    assertThat(oldAutoscaler.storedMessageType())
        .isEqualTo("autoscaling.v2.HorizontalPodAutoscaler");
    assertThat(
            ResourceInfos.find("events.k8s.io", "v1", "events").orElseThrow().storedMessageType())
        .isEqualTo("core.v1.Event");
    ResourceInfo crds =
        ResourceInfos.find("apiextensions.k8s.io", "v1", "customresourcedefinitions").orElseThrow();
    assertThat(crds.storedMediaType()).isEqualTo(ResourceInfo.JSON);
    assertThat(crds.storedApiVersion()).isEqualTo("apiextensions.k8s.io/v1beta1");
    assertThat(ResourceInfos.find("", "v1", "bindings").orElseThrow().stored()).isFalse();
  }

  @Test
  void noPrefixStartsWithAnother() {
    var prefixes =
        ResourceInfos.all().stream()
            .map(ResourceInfo::keyPrefix)
            .filter(prefix -> !prefix.isEmpty())
            .collect(Collectors.toSet());

    for (String one : prefixes) {
      assertThat(prefixes).filteredOn(other -> other.startsWith(one)).containsExactly(one);
    }
  }

  @Test
  void everyStoredKindHasItsFunctions() {
    for (ResourceInfo info : ResourceInfos.all()) {
      if (info.stored()) {
        assertThat(Kinds.find(info.group(), info.kind())).as(info.resource()).isPresent();
      }
    }
  }
}
