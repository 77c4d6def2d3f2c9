package io.kemudi.simulation;

import io.kemudi.apimachinery.resource.ResourceTypes;
import io.kemudi.client.api.ApiClient;
import io.kemudi.client.api.ListOptions;
import io.kemudi.client.informer.EventHandler;
import io.kemudi.client.informer.SharedInformers;
import io.kemudi.kubernetes.core.v1.Pod;
import io.kemudi.time.Timers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// Counts a namespace's pods at every change: never more than `most` that are not stopping, and
/// from the moment that there were `least` ready ones never fewer.
final class RolloutBounds implements AutoCloseable {
  private final SharedInformers informers;
  private final Map<String, Pod> pods = new ConcurrentHashMap<>(); // by uid
  private final List<String> violations = new ArrayList<>(); // guarded by this
  private final int most;
  private final int least;
  private boolean begun;

  RolloutBounds(ApiClient client, Timers timers, String namespace, int most, int least)
      throws InterruptedException {
    this.most = most;
    this.least = least;
    informers = new SharedInformers(client, timers, 4);
    informers
        .informer(ResourceTypes.PODS, ListOptions.in(namespace))
        .addHandler(
            new EventHandler<>() {
              @Override
              public void onAdd(Pod pod) {
                changed(pod);
              }

              @Override
              public void onUpdate(Pod before, Pod after) {
                changed(after);
              }

              @Override
              public void onDelete(Pod pod) {
                pods.remove(pod.getMetadata().getUid());
              }
            });
    informers.start();
    informers.awaitSync(Duration.ofSeconds(10));
  }

  private synchronized void changed(Pod changed) {
    pods.put(changed.getMetadata().getUid(), changed);
    int counted = 0;
    int ready = 0;
    for (Pod pod : pods.values()) {
      if (pod.getMetadata().hasDeletionTimestamp()) {
        continue;
      }
      counted++;
      if (pod.getStatus().getConditionsList().stream()
          .anyMatch(c -> c.getType().equals("Ready") && c.getStatus().equals("True"))) {
        ready++;
      }
    }
    begun |= ready >= least;
    if (counted > most) {
      violations.add(counted + " pods, at most " + most + " are allowed");
    }
    if (begun && ready < least) {
      violations.add(ready + " ready pods, at least " + least + " are wanted");
    }
  }

  synchronized List<String> violations() {
    return List.copyOf(violations);
  }

  @Override
  public void close() {
    informers.close();
  }
}
