package io.kemudi.controllermanager.garbagecollector;

import io.kemudi.apimachinery.resource.ResourceType;
import io.kemudi.client.informer.EventHandler;
import io.kemudi.client.informer.Informer;
import io.kemudi.client.informer.Informers;
import io.kemudi.controllermanager.customresource.CustomResources;
import io.kemudi.kubernetes.apiextensions.v1.CustomResourceDefinition;
import io.kemudi.kubernetes.meta.v1.PartialObjectMetadata;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Keeps one informer for each custom resource that is served, as definitions come, change and go.
///
/// The server deletes the objects of a definition before it lets it go, but the two are told on
/// watches of their own. So the informer of a definition that is gone stays until it has seen its
/// last object go; objects that were left behind on purpose keep it, and are taken for present.
final class CustomInformers implements EventHandler<CustomResourceDefinition> {
  /// What becomes of the informers.
  interface Sink {
    /// Adds indexes and handlers to one that will begin.
    void prepare(Informer<PartialObjectMetadata> informer);

    /// It has begun.
    void began(Informer<PartialObjectMetadata> informer);

    /// It has ended, perhaps with objects in its copy.
    void ended(Informer<PartialObjectMetadata> informer);
  }

  private final Informers informers;
  private final Sink sink;
  // By the names of definitions; guarded by this.
  private final Map<String, Informer<PartialObjectMetadata>> running = new HashMap<>();
  private final Set<String> gone = new HashSet<>();

  CustomInformers(Informers informers, Sink sink) {
    this.informers = informers;
    this.sink = sink;
  }

  @Override
  public void onAdd(CustomResourceDefinition definition) {
    follow(definition);
  }

  @Override
  public void onUpdate(CustomResourceDefinition before, CustomResourceDefinition after) {
    follow(after);
  }

  @Override
  public synchronized void onDelete(CustomResourceDefinition definition) {
    String name = definition.getMetadata().getName();
    if (running.containsKey(name)) {
      gone.add(name);
      endIfEmpty(name);
    }
  }

  private synchronized void follow(CustomResourceDefinition definition) {
    String name = definition.getMetadata().getName();
    gone.remove(name);
    ResourceType<PartialObjectMetadata> type = CustomResources.metadata(definition);
    Informer<PartialObjectMetadata> before = running.get(name);
    if (before != null && before.type().equals(type)) {
      return;
    }
    if (type != null) {
      begin(name, type);
    } else {
      running.remove(name);
    }
    end(before);
  }

  private void begin(String name, ResourceType<PartialObjectMetadata> type) {
    Informer<PartialObjectMetadata> informer =
        informers.own(
            type,
            made -> {
              sink.prepare(made);
              made.addHandler(lastOneOf(name));
            });
    running.put(name, informer);
    sink.began(informer);
  }

  private void end(@Nullable Informer<PartialObjectMetadata> informer) {
    if (informer != null) {
      informers.stop(informer);
      sink.ended(informer);
    }
  }

  private synchronized void endIfEmpty(String name) {
    Informer<PartialObjectMetadata> informer = running.get(name);
    if (informer != null && gone.contains(name) && informer.lister().list().isEmpty()) {
      running.remove(name);
      gone.remove(name);
      end(informer);
    }
  }

  private EventHandler<PartialObjectMetadata> lastOneOf(String name) {
    return new EventHandler<>() {
      @Override
      public void onAdd(PartialObjectMetadata object) {}

      @Override
      public void onUpdate(PartialObjectMetadata before, PartialObjectMetadata after) {}

      @Override
      public void onDelete(PartialObjectMetadata object) {
        endIfEmpty(name);
      }
    };
  }
}
