package io.kemudi.client.api;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.apimachinery.resource.ObjectKey;
import io.kemudi.apimachinery.resource.ResourceType;
import io.kemudi.apimachinery.resource.ResourceTypes;
import io.kemudi.kubernetes.core.v1.Pod;
import io.kemudi.kubernetes.meta.v1.ObjectMeta;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// An API server's storage rules in memory: revisions, uids, conflicts, finalizers, watches with
/// history. No defaulting, validation, generation or admission. Label selectors know `a=b`, field
/// selectors walk message fields (`spec.nodeName=n1`).
///
/// Faults on purpose: [#breakWatches], [#endWatches], [#forgetHistory], [#refuse]. Thread-safe;
/// watches are told on the thread that writes.
public final class FakeApiClient implements ApiClient {
  /// Decides whether a write is refused, by verb (`create`, `update`, `patch`, `delete`, `bind`)
  /// and `resource/name`.
  @FunctionalInterface
  public interface Refusal {
    @Nullable ApiException of(String verb, String what);
  }

  private final Map<ResourceType<?>, TreeMap<ObjectKey, Message>> objects = new HashMap<>();
  private final List<Change> log = new ArrayList<>(); // every write, in order of revisions
  private final List<FakeWatch<?>> watches = new CopyOnWriteArrayList<>();
  private long revision = 1;
  private long oldest; // revisions up to this one are no longer kept
  private int uids;
  private volatile Refusal refusal = (_, _) -> null;
  private volatile BiFunction<Message, Patch, Message> patcher =
      (_, patch) -> {
        throw new UnsupportedOperationException("patch " + patch.type() + ": set a patcher");
      };

  private record Change(
      ResourceType<?> type, long revision, @Nullable Message before, @Nullable Message after) {}

  /// Teaches this client to patch.
  public void patchWith(BiFunction<Message, Patch, Message> patcher) {
    this.patcher = patcher;
  }

  public void refuse(Refusal refusal) {
    this.refusal = refusal;
  }

  /// Every open watch fails with `why`.
  public void breakWatches(ApiException why) {
    watches.forEach(watch -> watch.fail(why));
  }

  /// Every open watch ends in good order.
  public void endWatches() {
    watches.forEach(FakeWatch::end);
  }

  /// Watches from any revision up to now are answered with 410.
  public synchronized void forgetHistory() {
    oldest = revision;
  }

  private void mayRefuse(String verb, ResourceType<?> type, String name) {
    ApiException refused = refusal.of(verb, type.resource() + "/" + name);
    if (refused != null) {
      throw refused;
    }
  }

  @Override
  public synchronized <T extends Message> T get(
      ResourceType<T> type, String namespace, String name) {
    T found = find(type, ObjectKey.of(namespace, name));
    if (found == null) {
      throw ApiException.notFound(type.group(), type.resource(), name);
    }
    return found;
  }

  @SuppressWarnings("unchecked") // a map holds objects of its type
  private <T extends Message> @Nullable T find(ResourceType<T> type, ObjectKey key) {
    return (T) table(type).get(key);
  }

  private TreeMap<ObjectKey, Message> table(ResourceType<?> type) {
    return objects.computeIfAbsent(type, _ -> new TreeMap<>());
  }

  @Override
  @SuppressWarnings("unchecked")
  public synchronized <T extends Message> ObjectList<T> list(
      ResourceType<T> type, ListOptions options) {
    var selection =
        new Selection(options.namespace(), options.labelSelector(), options.fieldSelector());
    List<T> found = new ArrayList<>();
    for (Message object : table(type).values()) {
      if (selection.matches(type, (T) object)) {
        found.add((T) object);
      }
    }
    return new ObjectList<>(found, Long.toString(revision));
  }

  @Override
  public <T extends Message> T create(ResourceType<T> type, T object, WriteOptions options) {
    mayRefuse("create", type, type.name(object));
    T created;
    synchronized (this) {
      String uid = "uid-" + ++uids;
      T named =
          withMeta(
              type,
              object,
              meta -> {
                meta.setUid(uid);
                if (meta.getName().isEmpty() && !meta.getGenerateName().isEmpty()) {
                  meta.setName(meta.getGenerateName() + uids);
                }
              });
      ObjectKey key = type.key(named);
      if (find(type, key) != null) {
        throw ApiException.alreadyExists(type.group(), type.resource(), key.name());
      }
      created = write(type, null, named);
    }
    tell();
    return created;
  }

  @Override
  public <T extends Message> T update(ResourceType<T> type, T object, WriteOptions options) {
    mayRefuse("update", type, type.name(object));
    T updated;
    synchronized (this) {
      ObjectMeta asked = type.metadata().apply(object);
      T before = get(type, asked.getNamespace(), asked.getName());
      ObjectMeta known = type.metadata().apply(before);
      if (!asked.getResourceVersion().isEmpty()
          && !asked.getResourceVersion().equals(known.getResourceVersion())) {
        throw ApiException.conflict(
            type.group(), type.resource(), asked.getName(), "the object has been modified");
      }
      T next = withMeta(type, object, meta -> meta.setUid(known.getUid()));
      boolean finished =
          known.hasDeletionTimestamp() && type.metadata().apply(next).getFinalizersCount() == 0;
      updated = finished ? remove(type, before) : write(type, before, next);
    }
    tell();
    return updated;
  }

  @Override
  public <T extends Message> T updateSubresource(
      ResourceType<T> type, String subresource, T object, WriteOptions options) {
    return update(type, object, options);
  }

  /// Answers with what was asked, once the object is known to exist.
  @Override
  public <T extends Message, B extends Message> B createSubresource(
      ResourceType<T> type,
      String namespace,
      String name,
      String subresource,
      ResourceType<B> bodyType,
      B body,
      WriteOptions options) {
    mayRefuse("create", type, name + "/" + subresource);
    get(type, namespace, name);
    return body;
  }

  @Override
  @SuppressWarnings("unchecked") // a patch does not change the kind
  public <T extends Message> T patch(
      ResourceType<T> type,
      String namespace,
      String name,
      String subresource,
      Patch patch,
      WriteOptions options) {
    mayRefuse("patch", type, name);
    T patched;
    synchronized (this) {
      T before = get(type, namespace, name);
      patched = write(type, before, (T) patcher.apply(before, patch));
    }
    tell();
    return patched;
  }

  @Override
  public String delete(ResourceType<?> type, String namespace, String name, DeleteOptions options) {
    mayRefuse("delete", type, name);
    String at;
    synchronized (this) {
      at = deleteOne(type, namespace, name, options);
    }
    tell();
    return at;
  }

  private <T extends Message> String deleteOne(
      ResourceType<T> type, String namespace, String name, DeleteOptions options) {
    T before = get(type, namespace, name);
    ObjectMeta meta = type.metadata().apply(before);
    String uid = options.uid();
    if (uid != null && !uid.equals(meta.getUid())) {
      throw ApiException.conflict(
          type.group(), type.resource(), name, "the uid in the precondition does not match");
    }
    T last = before;
    if (meta.getFinalizersCount() == 0) {
      last = remove(type, before);
    } else if (!meta.hasDeletionTimestamp()) {
      last = write(type, before, withMeta(type, before, FakeApiClient::markDeleted));
    }
    return type.metadata().apply(last).getResourceVersion();
  }

  private static void markDeleted(ObjectMeta.Builder meta) {
    meta.getDeletionTimestampBuilder().setSeconds(1);
  }

  @Override
  public synchronized void deleteCollection(
      ResourceType<?> type, ListOptions selection, DeleteOptions options) {
    deleteAll(type, selection, options);
    tell();
  }

  private <T extends Message> void deleteAll(
      ResourceType<T> type, ListOptions selection, DeleteOptions options) {
    for (T object : list(type, selection).items()) {
      deleteOne(type, type.namespace(object), type.name(object), options);
    }
  }

  @Override
  public <T extends Message> List<Outcome<T>> createAll(
      ResourceType<T> type, List<T> all, WriteOptions options) {
    return all.stream().map(one -> Outcome.of(() -> create(type, one, options))).toList();
  }

  @Override
  public List<Outcome<Binding>> bindPods(List<Binding> bindings) {
    return bindings.stream().map(one -> Outcome.of(() -> bind(one))).toList();
  }

  private Binding bind(Binding binding) {
    mayRefuse("bind", ResourceTypes.PODS, binding.name());
    synchronized (this) {
      Pod pod = get(ResourceTypes.PODS, binding.namespace(), binding.name());
      boolean other = !binding.uid().isEmpty() && !binding.uid().equals(pod.getMetadata().getUid());
      if (other || !pod.getSpec().getNodeName().isEmpty()) {
        throw ApiException.conflict(
            "", "pods", binding.name(), "pod is already assigned to node, or is another pod");
      }
      Pod.Builder bound = pod.toBuilder();
      bound.getSpecBuilder().setNodeName(binding.node());
      write(ResourceTypes.PODS, pod, bound.build());
    }
    tell();
    return binding;
  }

  private <T extends Message> T write(ResourceType<T> type, @Nullable T before, T after) {
    if (before != null && before.equals(after)) {
      return before;
    }
    String next = Long.toString(++revision);
    T stamped = withMeta(type, after, meta -> meta.setResourceVersion(next));
    table(type).put(type.key(stamped), stamped);
    log.add(new Change(type, revision, before, stamped));
    return stamped;
  }

  private <T extends Message> T remove(ResourceType<T> type, T before) {
    String next = Long.toString(++revision);
    table(type).remove(type.key(before));
    T last = withMeta(type, before, meta -> meta.setResourceVersion(next));
    log.add(new Change(type, revision, last, null));
    return last;
  }

  @SuppressWarnings("unchecked") // built from a T
  private static <T extends Message> T withMeta(
      ResourceType<T> type, T object, Consumer<ObjectMeta.Builder> change) {
    FieldDescriptor field = object.getDescriptorForType().findFieldByName("metadata");
    ObjectMeta.Builder meta = type.metadata().apply(object).toBuilder();
    change.accept(meta);
    return (T) object.toBuilder().setField(field, meta.build()).build();
  }

  private void tell() {
    watches.forEach(FakeWatch::wake);
  }

  @Override
  public <T extends Message> ApiWatch<T> watch(ResourceType<T> type, WatchOptions options) {
    var watch = new FakeWatch<T>(type, options);
    watches.add(watch);
    return watch;
  }

  @Override
  public String serverVersion() {
    return "v1.36.2+fake";
  }

  @Override
  public void close() {
    endWatches();
  }

  private record Selection(String namespace, String labels, String fields) {
    <T extends Message> boolean matches(ResourceType<T> type, T object) {
      ObjectMeta meta = type.metadata().apply(object);
      return (namespace.isEmpty() || namespace.equals(meta.getNamespace()))
          && requirements(labels, key -> meta.getLabelsMap().getOrDefault(key, ""))
          && requirements(fields, path -> field(object, path));
    }

    private static boolean requirements(String selector, UnaryOperator<String> valueOf) {
      for (String requirement : selector.isEmpty() ? new String[0] : selector.split(",")) {
        boolean not = requirement.contains("!=");
        String[] sides = requirement.split(not ? "!=" : "==?", 2);
        if (not == valueOf.apply(sides[0]).equals(sides[1])) {
          return false;
        }
      }
      return true;
    }

    private static String field(Message object, String path) {
      Object value = object;
      for (String name : path.split("\\.")) {
        Message within = (Message) value;
        value = within.getField(within.getDescriptorForType().findFieldByName(name));
      }
      return value.toString();
    }
  }

  /// Reads the log from where it stands; has no buffer of its own.
  private final class FakeWatch<T extends Message> implements ApiWatch<T> {
    private final ResourceType<T> type;
    private final Selection selection;
    private long after;
    private boolean initial;
    private boolean ended;
    private @Nullable ApiException failure;
    private Runnable listener = () -> {};

    FakeWatch(ResourceType<T> type, WatchOptions options) {
      this.type = type;
      this.selection =
          new Selection(options.namespace(), options.labelSelector(), options.fieldSelector());
      this.initial = options.afterResourceVersion().isEmpty();
      this.after = initial ? 0 : Long.parseLong(options.afterResourceVersion());
    }

    @Override
    public @Nullable List<WatchEvent<T>> poll() {
      synchronized (FakeApiClient.this) {
        if (failure != null) {
          throw failure;
        }
        if (ended) {
          return null;
        }
        return initial ? current() : changes();
      }
    }

    private List<WatchEvent<T>> current() {
      List<WatchEvent<T>> events = new ArrayList<>();
      ListOptions options =
          new ListOptions(selection.namespace, selection.labels, selection.fields, "");
      for (T object : list(type, options).items()) {
        events.add(new WatchEvent.Added<>(object));
      }
      events.add(new WatchEvent.InitialEventsEnd<>(Long.toString(revision)));
      initial = false;
      after = revision;
      return events;
    }

    private List<WatchEvent<T>> changes() {
      if (after < oldest) {
        throw ApiException.expired("too old resource version: " + after + " (" + oldest + ")");
      }
      List<WatchEvent<T>> events = new ArrayList<>();
      for (Change change : log) {
        if (change.revision() > after && change.type().equals(type)) {
          add(events, change);
        }
      }
      if (events.isEmpty() && after < revision) {
        events.add(new WatchEvent.Bookmark<>(Long.toString(revision)));
      }
      after = revision;
      return events;
    }

    @SuppressWarnings("unchecked") // the change is of this type
    private void add(List<WatchEvent<T>> events, Change change) {
      T before = (T) change.before();
      T now = (T) change.after();
      boolean was = before != null && selection.matches(type, before);
      boolean is = now != null && selection.matches(type, now);
      if (is && now != null) {
        events.add(was ? new WatchEvent.Modified<>(now) : new WatchEvent.Added<>(now));
      } else if (was && before != null) {
        String at = Long.toString(change.revision());
        events.add(
            new WatchEvent.Deleted<>(withMeta(type, before, meta -> meta.setResourceVersion(at))));
      }
    }

    @Override
    public void onReady(Runnable listener) {
      this.listener = listener;
      listener.run();
    }

    void wake() {
      listener.run();
    }

    void fail(ApiException why) {
      synchronized (FakeApiClient.this) {
        failure = why;
      }
      wake();
    }

    void end() {
      synchronized (FakeApiClient.this) {
        ended = true;
      }
      wake();
    }

    @Override
    public void close() {
      watches.remove(this);
    }
  }
}
