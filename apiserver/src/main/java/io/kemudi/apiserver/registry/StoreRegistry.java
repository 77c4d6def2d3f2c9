package io.kemudi.apiserver.registry;

import io.kemudi.apimachinery.codec.Trees;
import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.apimachinery.errors.StatusReason;
import io.kemudi.apimachinery.schema.MessageType;
import io.kemudi.apimachinery.schema.Schema;
import io.kemudi.apiserver.registry.DeletePath.Deleted;
import io.kemudi.apiserver.registry.WritePath.Write;
import io.kemudi.apiserver.storage.ObjectBytes;
import io.kemudi.apiserver.storage.Selection;
import io.kemudi.apiserver.storage.Transaction;
import io.kemudi.store.Store;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// The [Registry] over a store and its caches. Made by [Registries].
final class StoreRegistry implements Registry {
  private static final int TRANSACTION_ATTEMPTS = 10;

  private final Store store;
  private final ResourceEntries entries;
  private final WritePath writes;
  private final DeletePath deletes;
  private final Subresources subresources;
  private final Evictions evictions;
  private final Map<String, SubresourceHandler> handlers = new ConcurrentHashMap<>();

  StoreRegistry(Store store, ResourceEntries entries, WritePath writes) {
    this.store = store;
    this.entries = entries;
    this.writes = writes;
    this.deletes = new DeletePath(writes);
    this.subresources = new Subresources(writes, entries::builtIn);
    this.evictions = new Evictions(writes, deletes, entries::builtIn);
  }

  @Override
  public ResourceTable resources() {
    return entries.table();
  }

  @Override
  public void changeResources(UnaryOperator<ResourceTable> change) {
    entries.change(change);
  }

  @Override
  public void handle(
      String group, String resource, String subresource, SubresourceHandler handler) {
    handlers.put(group + "/" + resource + "/" + subresource, handler);
  }

  private ResourceEntry entry(Target target) {
    ResourceEntry entry = entries.of(target.row());
    CustomVersion custom = entry.row().custom();
    if (custom != null && !custom.refusal().isEmpty()) {
      throw new ApiException(StatusReason.INTERNAL_ERROR, custom.refusal());
    }
    return entry;
  }

  // ---- reading ----

  @Override
  public StoredObject get(RequestContext context, Target target, String resourceVersion) {
    ResourceEntry entry = entry(target);
    String why = Options.revisionError(resourceVersion);
    if (why != null) {
      throw new ApiException(StatusReason.UNKNOWN, why);
    }
    StoredObject object = current(entry, target, resourceVersion);
    if (object == null) {
      throw ApiException.notFound(entry.row().group(), entry.row().resource(), target.name());
    }
    return target.subresource().equals("scale")
        ? subresources.scaleOf(entry, object)
        : entry.shown(object);
  }

  private static @Nullable StoredObject current(
      ResourceEntry entry, Target target, String resourceVersion) {
    if (resourceVersion.isEmpty()) {
      return entry.storage().latest(target.namespace(), target.name());
    }
    entry.storage().await(Long.parseLong(resourceVersion));
    return entry.storage().cached(target.namespace(), target.name());
  }

  @Override
  public ObjectPage list(RequestContext context, Target target, ListOptions options) {
    Options.check(options);
    ResourceEntry entry = entry(target);
    Selection selection =
        selection(entry, target, options.labelSelector(), options.fieldSelector());
    ObjectPage page = entry.storage().lister().list(selection, options);
    return entry.showsAsStored() ? page : new Shown(page, entry);
  }

  private Selection selection(ResourceEntry entry, Target target, String labels, String fields) {
    return Selections.of(entry, target, labels, fields, entries.indexedField(entry.row()));
  }

  /// A page in a version other than the stored one.
  private record Shown(ObjectPage page, ResourceEntry entry) implements ObjectPage {
    @Override
    public ObjectForm itemForm() {
      return entry.row().form();
    }

    @Override
    public long revision() {
      return page.revision();
    }

    @Override
    public int size() {
      return page.size();
    }

    @Override
    public String continueToken() {
      return page.continueToken();
    }

    @Override
    public long remaining() {
      return page.remaining();
    }

    @Override
    public Iterator<StoredObject> iterator() {
      Iterator<StoredObject> items = page.iterator();
      return new Iterator<>() {
        @Override
        public boolean hasNext() {
          return items.hasNext();
        }

        @Override
        public StoredObject next() {
          return entry.shown(items.next());
        }
      };
    }
  }

  @Override
  public ObjectWatch watch(RequestContext context, Target target, WatchOptions options) {
    Options.check(options);
    ResourceEntry entry = entry(target);
    Selection selection =
        selection(entry, target, options.labelSelector(), options.fieldSelector());
    ObjectWatch watch = entry.storage().lister().watch(selection, options);
    return entry.showsAsStored() ? watch : new ShownWatch(watch, entry);
  }

  /// A watch in a version other than the stored one.
  private record ShownWatch(ObjectWatch watch, ResourceEntry entry) implements ObjectWatch {
    @Override
    public List<ObjectEvent> poll() {
      List<ObjectEvent> events = watch.poll();
      List<ObjectEvent> shown = new ArrayList<>(events.size());
      for (ObjectEvent event : events) {
        shown.add(event.isBookmark() ? event : shown(event));
      }
      return shown;
    }

    /// The event itself, with what was encoded of it, where it shows the object already.
    private ObjectEvent shown(ObjectEvent event) {
      StoredObject object = entry.shown(event.object());
      return object == event.object()
          ? event
          : new ObjectEvent(event.type(), object, event.revision());
    }

    @Override
    public void onReady(Runnable listener) {
      watch.onReady(listener);
    }

    @Override
    public void askForBookmark() {
      watch.askForBookmark();
    }

    @Override
    public ObjectEvent lastBookmark() {
      return watch.lastBookmark();
    }

    @Override
    public void close() {
      watch.close();
    }
  }

  // ---- writing ----

  @Override
  public Reply create(RequestContext context, Target target, Body body, WriteOptions options) {
    Options.check("CreateOptions", options, null);
    if (target.row().resource().equals("bindings") && target.row().group().isEmpty()) {
      return subresources.bind(context, target, body, options);
    }
    if (!target.subresource().isEmpty()) {
      return createSubresource(context, target, body, options);
    }
    ResourceEntry entry = entry(target);
    Map<String, @Nullable Object> tree =
        BodyDecoder.decode(context, target.row().form(), body, options.fieldValidation());
    Write write = Write.of(context, entry, target, options);
    return answered(write, Reply.created(entry.shown(writes.create(write, tree))));
  }

  private Reply createSubresource(
      RequestContext context, Target target, Body body, WriteOptions options) {
    ResourceRow row = target.row();
    String id = row.group() + "/" + row.resource() + "/" + target.subresource();
    SubresourceHandler handler = handlers.get(id);
    if (handler != null) {
      return handler.create(context, target, body, options);
    }
    return switch (id) {
      case "/pods/binding" -> subresources.bind(context, target, body, options);
      case "/pods/eviction" -> evictions.evict(context, target, body, options);
      default ->
          throw new ApiException(
              StatusReason.METHOD_NOT_ALLOWED,
              "the server does not allow this method on the requested resource");
    };
  }

  private static Reply answered(Write write, Reply reply) {
    write.context().audit().answered(write.target(), reply.object());
    return reply;
  }

  @Override
  public Reply update(RequestContext context, Target target, Body body, WriteOptions options) {
    Options.check("UpdateOptions", options, null);
    ResourceEntry entry = entry(target);
    Write write = Write.of(context, entry, target, options);
    if (target.subresource().equals("scale")) {
      Map<String, @Nullable Object> scale =
          BodyDecoder.decode(context, Subresources.SCALE, body, options.fieldValidation());
      WritePath.placeInNamespace(target, scale);
      WritePath.checkName(target, scale);
      return answered(write, Reply.ok(subresources.scale(write, now -> Trees.copyObject(scale))));
    }
    Map<String, @Nullable Object> tree =
        BodyDecoder.decode(context, target.row().form(), body, options.fieldValidation());
    if (target.row().resource().equals("namespaces") && Meta.name(tree).isEmpty()) {
      Meta.set(tree, "name", target.name());
    }
    WritePath.placeInNamespace(target, tree);
    WritePath.checkName(target, tree);
    Map<String, @Nullable Object> original = Trees.copyObject(tree);
    try {
      StoredObject updated = writes.update(write, _ -> Trees.copyObject(original));
      return answered(write, Reply.ok(entry.shown(updated)));
    } catch (ApiException e) {
      boolean creates =
          e.is(StatusReason.NOT_FOUND)
              && target.subresource().isEmpty()
              && KindRules.createsOnUpdate(target.row());
      if (!creates) {
        throw e;
      }
      Meta.set(original, "resourceVersion", null);
      return answered(write, Reply.created(entry.shown(writes.create(write, original))));
    }
  }

  @Override
  public Reply patch(RequestContext context, Target target, Patch patch, WriteOptions options) {
    Options.check("PatchOptions", options, patch.type());
    ResourceEntry entry = entry(target);
    Write write = Write.of(context, entry, target, options).byPatch();
    if (patch.type() == Patch.Type.APPLY) {
      return apply(write, patch);
    }
    String validation = options.fieldValidation();
    if (target.subresource().equals("scale")) {
      MessageType type = Schema.message(Subresources.SCALE.messageType());
      StoredObject scaled =
          subresources.scale(
              write,
              now -> PatchForms.apply(context, now, Subresources.SCALE, type, patch, validation));
      return answered(write, Reply.ok(scaled));
    }
    ObjectForm form = target.row().form();
    MessageType type = Schema.message(form.messageType());
    StoredObject patched =
        writes.update(write, now -> PatchForms.apply(context, now, form, type, patch, validation));
    return answered(write, Reply.ok(entry.shown(patched)));
  }

  private Reply apply(Write write, Patch patch) {
    boolean scales = write.target().subresource().equals("scale");
    BodyDecoder.Applied applied =
        BodyDecoder.decodeApplied(scales ? Subresources.SCALE : write.row().form(), patch.body());
    Reply reply =
        scales
            ? Reply.ok(subresources.applyScale(write, applied, patch.force()))
            : writes.apply(write, applied, patch.force());
    return answered(write, reply);
  }

  // ---- deleting ----

  @Override
  public Reply delete(RequestContext context, Target target, DeleteOptions options) {
    Options.check(options);
    ResourceEntry entry = entry(target);
    Write write = Write.of(context, entry, target, new WriteOptions(options.dryRun(), "", ""));
    Deleted deleted = deletes.delete(write, options);
    if (deleted.gone() && !KindRules.answersDeleted(entry.row())) {
      String uid = ObjectBytes.uid(deleted.object().bytes());
      return answered(
          write,
          Reply.ok(Statuses.deleted(entry.row(), target.name(), uid, deleted.object().revision())));
    }
    return answered(write, Reply.ok(entry.shown(deleted.object())));
  }

  @Override
  public ObjectPage deleteCollection(
      RequestContext context, Target target, ListOptions selection, DeleteOptions options) {
    Options.check(options);
    ObjectPage page = list(context, target, selection);
    List<StoredObject> deleted = new ArrayList<>();
    ResourceEntry entry = entry(target);
    for (StoredObject each : page) {
      Target one = Target.object(target.row(), each.namespace(), each.name());
      Write write = Write.of(context, entry, one, new WriteOptions(options.dryRun(), "", ""));
      try {
        deletes.delete(write, options);
      } catch (ApiException e) {
        if (!e.is(StatusReason.NOT_FOUND)) {
          throw e;
        }
      }
      deleted.add(each);
    }
    return new Selected(
        page.itemForm(), page.revision(), deleted, page.continueToken(), page.remaining());
  }

  private record Selected(
      ObjectForm itemForm,
      long revision,
      List<StoredObject> items,
      String continueToken,
      long remaining)
      implements ObjectPage {
    @Override
    public int size() {
      return items.size();
    }

    @Override
    public Iterator<StoredObject> iterator() {
      return items.iterator();
    }
  }

  // ---- transactions ----

  @Override
  public Outcome transact(RequestContext context, List<Operation> operations) {
    boolean dryRun = isDryRun(operations);
    for (int attempt = 0; attempt < TRANSACTION_ATTEMPTS; attempt++) {
      Transaction transaction = new Transaction(store);
      context.gatherIn(dryRun ? null : transaction);
      Outcome planned;
      try {
        planned = plan(context, operations);
      } finally {
        context.gatherIn(null);
      }
      if (dryRun || !(planned instanceof Outcome.Done(long _, List<Reply> replies))) {
        return planned;
      }
      long revision = transaction.commit();
      if (revision > 0) {
        return new Outcome.Done(
            revision, replies.stream().map(reply -> stamped(reply, revision)).toList());
      }
    }
    throw new ApiException(
        StatusReason.CONFLICT, "giving up on a transaction: others write its objects all the time");
  }

  private static boolean isDryRun(List<Operation> operations) {
    long dry = operations.stream().filter(StoreRegistry::isDryRun).count();
    if (dry != 0 && dry != operations.size()) {
      throw ApiException.badRequest("a transaction is a dry run as a whole or not at all");
    }
    return dry > 0;
  }

  private static boolean isDryRun(Operation operation) {
    return switch (operation) {
      case Operation.Create(Target _, Body _, WriteOptions options) -> options.dryRun();
      case Operation.Update(Target _, Body _, WriteOptions options) -> options.dryRun();
      case Operation.Change(Target _, Patch _, WriteOptions options) -> options.dryRun();
      case Operation.Delete(Target _, DeleteOptions options) -> options.dryRun();
    };
  }

  /// Tries every operation, so that a client hears of all that is wrong at once.
  private Outcome plan(RequestContext context, List<Operation> operations) {
    List<Reply> replies = new ArrayList<>();
    List<@Nullable ApiException> refusals = new ArrayList<>();
    for (Operation operation : operations) {
      try {
        replies.add(apply(context, operation));
        refusals.add(null);
      } catch (ApiException e) {
        refusals.add(e);
      }
    }
    return replies.size() == operations.size()
        ? new Outcome.Done(0, replies)
        : new Outcome.Refused(refusals);
  }

  private Reply apply(RequestContext context, Operation operation) {
    return switch (operation) {
      case Operation.Create(Target target, Body body, WriteOptions options) ->
          create(context, target, body, options);
      case Operation.Update(Target target, Body body, WriteOptions options) ->
          update(context, target, body, options);
      case Operation.Change(Target target, Patch patch, WriteOptions options) ->
          patch(context, target, patch, options);
      case Operation.Delete(Target target, DeleteOptions options) ->
          delete(context, target, options);
    };
  }

  private static Reply stamped(Reply reply, long revision) {
    StoredObject object = reply.object();
    if (object.revision() != Transaction.PLANNED) {
      return reply;
    }
    StoredObject written =
        new StoredObject(
            object.form(),
            object.namespace(),
            object.name(),
            object.form().equals(Statuses.FORM)
                ? object.bytes()
                : ObjectBytes.withRevision(object.bytes(), revision),
            revision);
    return new Reply(written, reply.code());
  }
}
