package io.kemudi.apiserver.custom;

import com.google.protobuf.InvalidProtocolBufferException;
import io.kemudi.apimachinery.codec.Json;
import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.apimachinery.errors.StatusReason;
import io.kemudi.apiserver.registry.AuditHook;
import io.kemudi.apiserver.registry.Authorizer;
import io.kemudi.apiserver.registry.DeleteOptions;
import io.kemudi.apiserver.registry.ListOptions;
import io.kemudi.apiserver.registry.ObjectEvent;
import io.kemudi.apiserver.registry.ObjectWatch;
import io.kemudi.apiserver.registry.Patch;
import io.kemudi.apiserver.registry.Registry;
import io.kemudi.apiserver.registry.RequestContext;
import io.kemudi.apiserver.registry.ResourceRow;
import io.kemudi.apiserver.registry.ResourceTable;
import io.kemudi.apiserver.registry.StoredObject;
import io.kemudi.apiserver.registry.Target;
import io.kemudi.apiserver.registry.User;
import io.kemudi.apiserver.registry.WatchOptions;
import io.kemudi.apiserver.registry.WriteOptions;
import io.kemudi.kubernetes.apiextensions.v1.CustomResourceDefinition;
import io.kemudi.kubernetes.apiextensions.v1.CustomResourceDefinitionNames;
import io.kemudi.kubernetes.apiextensions.v1.CustomResourceDefinitionSpec;
import io.kemudi.time.Timers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Makes resources of CustomResourceDefinitions: accepts their names, serves them, and empties them
/// before they go. Every API server does; all writes may be done twice.
///
/// Works in steps on the given executor, one at a time, whenever a definition has changed. Level
/// based: what a step could not do is tried again after a while.
public final class Definitions implements AutoCloseable {
  public static final String RESOURCE = "customresourcedefinitions";
  public static final String GROUP = "apiextensions.k8s.io";

  private static final Logger log = LoggerFactory.getLogger(Definitions.class);
  private static final Duration RETRY = Duration.ofMillis(200);

  private final Registry registry;
  private final Timers timers;
  private final Executor executor;
  private final RequestContext context =
      new RequestContext(User.loopback(), "kube-apiserver", Authorizer.ALLOW_ALL, AuditHook.NONE);
  private final AtomicInteger due = new AtomicInteger();

  /// What the steps know; used by them alone.
  private final Map<String, CustomResourceDefinition> known = new TreeMap<>();

  private final Map<String, List<ResourceRow>> served = new TreeMap<>();

  /// What the rows of a definition were made of.
  private final Map<String, Facts> servedAs = new HashMap<>();

  private record Facts(
      CustomResourceDefinitionSpec spec,
      CustomResourceDefinitionNames accepted,
      boolean terminating) {}

  private final Set<String> changed = new HashSet<>();
  private volatile @Nullable ObjectWatch watch;
  private volatile boolean closed;

  public Definitions(Registry registry, Timers timers, Executor executor) {
    this.registry = registry;
    this.timers = timers;
    this.executor = executor;
  }

  /// Serves what the store holds, before the caches are loaded: their windows of changes can then
  /// begin in the past, so that clients go on where they were before a restart.
  public void prepare(List<StoredObject> stored) {
    stored.forEach(this::learn);
    serve();
  }

  /// Serves what has been defined, before this returns; then follows the definitions.
  public void start() {
    known.clear();
    for (StoredObject object : registry.list(context, definitions(), ListOptions.ALL)) {
      learn(object);
    }
    serve();
    follow();
  }

  private Target definitions() {
    return Target.collection(registry.resources().need(GROUP, "v1", RESOURCE), "");
  }

  private void follow() {
    WatchOptions options = new WatchOptions("", "", "", "", null, false, "");
    ObjectWatch next = registry.watch(context, definitions(), options);
    watch = next;
    next.onReady(this::schedule);
    if (closed) {
      next.close();
    }
  }

  /// Off the thread that feeds the caches: a step waits for that one.
  private void schedule() {
    if (due.getAndIncrement() == 0) {
      timers.schedule(Duration.ZERO, () -> executor.execute(this::run));
    }
  }

  private void run() {
    int seen;
    do {
      seen = due.get();
      try {
        step();
      } catch (RuntimeException e) {
        log.warn("custom resources: {}, will be tried again", e.getMessage());
        timers.schedule(RETRY, this::schedule);
      }
    } while (!due.compareAndSet(seen, 0));
  }

  private void step() {
    if (closed) {
      return;
    }
    ObjectWatch from = watch;
    if (from == null) {
      follow();
      return;
    }
    try {
      for (List<ObjectEvent> events = from.poll(); !events.isEmpty(); events = from.poll()) {
        events.forEach(this::take);
      }
    } catch (ApiException e) {
      // begin again with everything
      from.close();
      watch = null;
      known.clear();
      throw e;
    }
    serve();
    for (String name : List.copyOf(changed)) {
      CustomResourceDefinition definition = known.get(name);
      if (definition == null || reconcile(definition)) {
        changed.remove(name);
      }
    }
    if (!changed.isEmpty()) {
      timers.schedule(RETRY, this::schedule);
    }
  }

  private void take(ObjectEvent event) {
    if (event.isBookmark()) {
      return;
    }
    if (event.type() == ObjectEvent.Type.DELETED) {
      CustomResourceDefinition gone = known.remove(event.object().name());
      changed.add(event.object().name());
      if (gone != null) {
        reconsider(gone.getSpec().getGroup());
      }
    } else {
      learn(event.object());
    }
  }

  /// Names may have become free for those that wait for them.
  private void reconsider(String group) {
    known.forEach((name, definition) -> {
      if (definition.getSpec().getGroup().equals(group) && !DefinitionStatus.hasNames(definition)) {
        changed.add(name);
      }
    });
  }

  private void learn(StoredObject object) {
    try {
      known.put(object.name(), CustomResourceDefinition.parseFrom(object.bytes()));
      changed.add(object.name());
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("an unreadable definition in the cache", e);
    }
  }

  // ---- serving ----

  /// Puts the rows of the established definitions into the table.
  private void serve() {
    boolean differs = served.keySet().removeIf(name -> !known.containsKey(name));
    servedAs.keySet().retainAll(served.keySet());
    for (String name : changed) {
      CustomResourceDefinition definition = known.get(name);
      if (definition != null && DefinitionStatus.isEstablished(definition)) {
        differs |= place(definition);
      }
    }
    if (differs) {
      registry.changeResources(table -> table(table, served.values()));
    }
  }

  /// Rows that would say the same stay as they are: with them stay compiled rules and documents.
  private boolean place(CustomResourceDefinition definition) {
    String name = definition.getMetadata().getName();
    Facts facts =
        new Facts(
            definition.getSpec(),
            definition.getStatus().getAcceptedNames(),
            definition.getMetadata().hasDeletionTimestamp());
    if (facts.equals(servedAs.put(name, facts)) && served.containsKey(name)) {
      return false;
    }
    served.put(name, CustomResource.rows(definition));
    return true;
  }

  private static ResourceTable table(ResourceTable now, Collection<List<ResourceRow>> custom) {
    List<ResourceRow> rows = new ArrayList<>();
    for (ResourceRow row : now.rows()) {
      if (row.custom() == null) {
        rows.add(row);
      }
    }
    custom.stream()
        .flatMap(List::stream)
        .sorted(
            Comparator.comparing(ResourceRow::group)
                .thenComparing(ResourceRow::version, VersionOrder.NEWEST_FIRST)
                .thenComparing(ResourceRow::resource))
        .forEach(rows::add);
    return ResourceTable.of(rows);
  }

  // ---- status ----

  /// Brings the status up to date, one write at a time: the next comes with the event of this one.
  ///
  /// @return whether nothing is left to do until the definition changes
  private boolean reconcile(CustomResourceDefinition definition) {
    if (definition.getMetadata().hasDeletionTimestamp()) {
      return finish(definition);
    }
    Map<String, @Nullable Object> status =
        new DefinitionStatus(timers.instant())
            .next(definition, NamesInUse.beside(definition, known.values(), registry.resources()));
    if (status != null) {
      if (DefinitionStatus.establishes(status) && !DefinitionStatus.isEstablished(definition)) {
        // who reads that it is established must find it served
        place(definition);
        registry.changeResources(table -> table(table, served.values()));
      }
      patchStatus(definition, status);
    }
    return true;
  }

  private void patchStatus(
      CustomResourceDefinition definition, Map<String, @Nullable Object> status) {
    Map<String, @Nullable Object> patch = patchOf(definition);
    patch.put("status", status);
    write(definition, "status", patch);
  }

  private static Map<String, @Nullable Object> patchOf(CustomResourceDefinition definition) {
    Map<String, @Nullable Object> metadata = new HashMap<>();
    metadata.put("resourceVersion", definition.getMetadata().getResourceVersion());
    Map<String, @Nullable Object> patch = new LinkedHashMap<>();
    patch.put("metadata", metadata);
    return patch;
  }

  /// A conflict means that there is news, which will come.
  private void write(
      CustomResourceDefinition definition,
      String subresource,
      Map<String, @Nullable Object> patch) {
    Target target = definitions().named(definition.getMetadata().getName()).sub(subresource);
    try {
      registry.patch(
          context,
          target,
          new Patch(Patch.Type.MERGE, Json.write(patch), false),
          WriteOptions.NONE);
    } catch (ApiException e) {
      if (!e.is(StatusReason.CONFLICT) && !e.is(StatusReason.NOT_FOUND)) {
        throw e;
      }
    }
  }

  // ---- deletion ----

  /// Deletes the objects of a resource that goes, then lets it go.
  private boolean finish(CustomResourceDefinition definition) {
    if (!definition.getMetadata().getFinalizersList().contains(DefinitionStatus.FINALIZER)) {
      return true; // somebody else's turn
    }
    List<ResourceRow> rows = served.get(definition.getMetadata().getName());
    if (rows != null && !rows.isEmpty()) {
      Map<String, @Nullable Object> progress =
          new DefinitionStatus(timers.instant()).deleting(definition);
      if (progress != null) {
        patchStatus(definition, progress);
        return false;
      }
      ResourceRow stored =
          rows.stream()
              .filter(row -> row.info().isStorageVersion())
              .findFirst()
              .orElse(rows.getFirst());
      Target all = Target.collection(stored, "");
      if (registry.list(context, all, ListOptions.ALL).size() > 0) {
        registry.deleteCollection(context, all, ListOptions.ALL, DeleteOptions.NONE);
      }
      if (registry.list(context, all, ListOptions.ALL).size() > 0) {
        return false;
      }
    }
    Map<String, @Nullable Object> patch = patchOf(definition);
    List<String> rest = new ArrayList<>(definition.getMetadata().getFinalizersList());
    rest.remove(DefinitionStatus.FINALIZER);
    @SuppressWarnings("unchecked")
    var metadata =
        (Map<String, @Nullable Object>) java.util.Objects.requireNonNull(patch.get("metadata"));
    metadata.put("finalizers", rest.isEmpty() ? null : rest);
    write(definition, "", patch);
    return true;
  }

  @Override
  public void close() {
    closed = true;
    ObjectWatch last = watch;
    if (last != null) {
      last.close();
    }
  }
}
