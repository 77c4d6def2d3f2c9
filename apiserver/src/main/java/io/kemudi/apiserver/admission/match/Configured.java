package io.kemudi.apiserver.admission.match;

import io.kemudi.apiserver.registry.ObjectReader;
import io.kemudi.apiserver.registry.StoredObject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// All objects of one resource in a form of our own (compiled policies, parsed webhooks), made once
/// per object and revision and kept while it lives, in the order of names. Any thread; a request
/// that changes nothing here costs a comparison.
public final class Configured<T> {
  /// Makes the form of an object.
  @FunctionalInterface
  public interface Maker<T> {
    T make(Map<String, @Nullable Object> tree, long revision);
  }

  private record Entry<T>(long revision, T made) {}

  private record State<T>(Object of, Map<String, Entry<T>> byName, List<T> all) {}

  private final ObjectReader reader;
  private final String resource;
  private final Maker<T> maker;
  private volatile State<T> state;

  public Configured(ObjectReader reader, String resource, Maker<T> maker) {
    this.reader = reader;
    this.resource = resource;
    this.maker = maker;
    this.state = new State<>(new Object(), Map.of(), List.of());
  }

  public List<T> all() {
    Object now = reader.forms().state(resource);
    State<T> known = state;
    return known.of() == now ? known.all() : renewed();
  }

  private synchronized List<T> renewed() {
    Object now = reader.forms().state(resource); // taken before the objects: they may be newer
    if (state.of() == now) {
      return state.all();
    }
    Map<String, Entry<T>> byName = new HashMap<>();
    List<T> all = new ArrayList<>();
    for (StoredObject object : reader.all(resource)) {
      Entry<T> known = state.byName().get(object.name());
      Entry<T> entry =
          known != null && known.revision() == object.revision()
              ? known
              : new Entry<>(
                  object.revision(), maker.make(reader.tree(resource, object), object.revision()));
      byName.put(object.name(), entry);
      all.add(entry.made());
    }
    state = new State<>(now, Map.copyOf(byName), List.copyOf(all));
    return state.all();
  }
}
