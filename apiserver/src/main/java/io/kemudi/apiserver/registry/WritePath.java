package io.kemudi.apiserver.registry;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import io.kemudi.apimachinery.codec.CodecException;
import io.kemudi.apimachinery.codec.ProtobufCodec;
import io.kemudi.apimachinery.codec.Trees;
import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.apimachinery.errors.StatusDetails;
import io.kemudi.apimachinery.errors.StatusReason;
import io.kemudi.apimachinery.kinds.Kind;
import io.kemudi.apimachinery.kinds.Kinds;
import io.kemudi.apimachinery.schema.Schema;
import io.kemudi.apimachinery.validation.FieldError;
import io.kemudi.apimachinery.validation.FieldErrors;
import io.kemudi.apimachinery.validation.FieldPath;
import io.kemudi.apiserver.admission.AdmissionChain;
import io.kemudi.apiserver.admission.AdmissionRequest;
import io.kemudi.apiserver.admission.AdmissionRequest.Operation;
import io.kemudi.apiserver.storage.ObjectBytes;
import io.kemudi.apiserver.storage.ObjectStorage.Beside;
import io.kemudi.apiserver.storage.ObjectStorage.Change;
import io.kemudi.apiserver.storage.ObjectStorage.Changed;
import io.kemudi.apiserver.storage.Transaction;
import io.kemudi.time.Timers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// How an object becomes what is stored: default, admit, prepare, track fields, encode, validate.
/// One path for every kind and every way to write; what differs comes in as a [TreeChange].
final class WritePath {
  private static final String SUFFIX_LETTERS = "bcdfghjklmnpqrstvwxz2456789";
  private static final int SUFFIX_LENGTH = 5;
  private static final int MAX_GENERATED_BASE = 63 - SUFFIX_LENGTH;
  private static final int NAME_ATTEMPTS = 8;

  private final AdmissionChain admission;
  private final FieldTracker tracker;
  private final Map<String, Allocator> allocators;
  private final Timers timers;
  private final RandomGenerator random;
  private final ChargedWrites charging = new ChargedWrites();

  WritePath(
      AdmissionChain admission,
      FieldTracker tracker,
      Map<String, Allocator> allocators,
      Timers timers,
      RandomGenerator random) {
    this.admission = admission;
    this.tracker = tracker;
    this.allocators = Map.copyOf(allocators);
    this.timers = timers;
    this.random = random;
  }

  AdmissionChain admission() {
    return admission;
  }

  Timers timers() {
    return timers;
  }

  /// One write on its way: who, what, how.
  record Write(
      RequestContext context,
      ResourceEntry entry,
      Target target,
      WriteOptions options,
      String manager,
      boolean patched,
      boolean applied) {
    static Write of(
        RequestContext context, ResourceEntry entry, Target target, WriteOptions options) {
      return new Write(context, entry, target, options, context.manager(options), false, false);
    }

    Write byPatch() {
      return new Write(context, entry, target, options, manager, true, applied);
    }

    /// The managed fields are those that an apply has made.
    Write byApply() {
      return new Write(context, entry, target, options, manager, patched, true);
    }

    Write named(String name) {
      return new Write(context, entry, target.named(name), options, manager, patched, applied);
    }

    ResourceRow row() {
      return entry.row();
    }

    /// Does the change, or gathers it in the request's transaction.
    Changed change(Function<@Nullable StoredObject, Change> change) {
      Transaction transaction = context.transaction();
      return transaction == null
          ? entry.storage().change(target.namespace(), target.name(), change)
          : transaction.add(entry.storage(), target.namespace(), target.name(), change);
    }

    ApiException invalid(FieldErrors errors, String name) {
      return FieldError.toStatus(row().group(), row().kind(), name, errors.list());
    }
  }

  // ---- create ----

  /// Stores a new object from a tree in the row's version.
  StoredObject create(Write write, Map<String, @Nullable Object> tree) {
    ResourceRow row = write.row();
    placeInNamespace(write.target(), tree);
    if (!Meta.text(tree, "resourceVersion").isEmpty()
        && !Meta.text(tree, "resourceVersion").equals("0")) {
      throw new ApiException(
          StatusReason.UNKNOWN, "resourceVersion should not be set on objects to be created");
    }
    write.context().audit().requested(write.target(), tree);
    boolean generated = Meta.name(tree).isEmpty() && !Meta.text(tree, "generateName").isEmpty();
    for (int attempt = 1; ; attempt++) {
      Map<String, @Nullable Object> copy = generated ? Trees.copyObject(tree) : tree;
      if (generated) {
        Meta.set(copy, "name", generatedName(Meta.text(tree, "generateName")));
      }
      try {
        return createOnce(write.named(Meta.name(copy)), copy, generated);
      } catch (ApiException e) {
        boolean clash = generated && e.is(StatusReason.ALREADY_EXISTS);
        if (!clash) {
          throw e;
        }
        if (attempt == NAME_ATTEMPTS) {
          throw new ApiException(
              StatusReason.ALREADY_EXISTS,
              "the server was not able to generate a unique name for " + row.resource(),
              e.details());
        }
      }
    }
  }

  private String generatedName(String base) {
    StringBuilder name =
        new StringBuilder(base.substring(0, Math.min(base.length(), MAX_GENERATED_BASE)));
    appendSuffix(name);
    return name.toString();
  }

  private void appendSuffix(StringBuilder name) {
    for (int i = 0; i < SUFFIX_LENGTH; i++) {
      name.append(SUFFIX_LETTERS.charAt(random.nextInt(SUFFIX_LETTERS.length())));
    }
  }

  private StoredObject createOnce(
      Write write, Map<String, @Nullable Object> tree, boolean generated) {
    ResourceEntry entry = write.entry();
    String namespace = write.target().namespace();
    String name = write.target().name();
    boolean allocates = allocators.containsKey(entry.row().qualifiedResource());
    Map<String, @Nullable Object> again = allocates ? Trees.copyObject(tree) : tree;
    Prepared prepared = prepareNew(write, tree, generated);
    requirePath(write, name);
    boolean charged = !admission.beside(prepared.request).isNothing();
    if (write.options().dryRun()) {
      if (entry.storage().latest(namespace, name) != null) {
        throw exists(entry.row(), name);
      }
      return entry.unstored(namespace, name, prepared.message, 0);
    }
    boolean[] lost = new boolean[1];
    Function<@Nullable StoredObject, Change> change =
        current -> {
          if (current != null) {
            throw exists(entry.row(), name);
          }
          // Who lost a race for an address has to choose another one.
          Prepared now =
              lost[0] && allocates
                  ? prepareNew(write, Trees.copyObject(again), generated)
                  : prepared;
          lost[0] = true;
          Beside charges = charged ? admission.beside(now.request) : Beside.NOTHING;
          return new Change.Put(now.message, now.beside.and(charges));
        };
    return (charged ? charging.change(write, change) : write.change(change)).object();
  }

  private static ApiException exists(ResourceRow row, String name) {
    return ApiException.alreadyExists(row.group(), row.resource(), name);
  }

  /// A name that would leave its place in the key space can never be valid.
  private static void requirePath(Write write, String name) {
    if (name.indexOf('/') >= 0 || name.equals(".") || name.equals("..")) {
      FieldErrors errors = new FieldErrors();
      errors.invalid(FieldPath.of("metadata", "name"), name, "may not contain '/'");
      throw write.invalid(errors, name);
    }
  }

  private record Prepared(AdmissionRequest request, byte[] message, Beside beside) {}

  private Prepared prepareNew(
      Write write, Map<String, @Nullable Object> rowTree, boolean generated) {
    ResourceEntry entry = write.entry();
    Kind kind = entry.kind();
    refuseTerminating(write);
    Map<String, @Nullable Object> tree = entry.toHub(rowTree);
    wipeSystemFields(tree);
    if (generated) {
      // The client owns its prefix, not the name or what follows from it.
      Meta.set(tree, "name", null);
    }
    if (kind != null) {
      kind.applyDefaults(cast(tree));
    }
    if (!write.applied()) {
      // Before admission: what the server adds by itself nobody owns.
      dropStatus(write, tree);
      track(write, tree, null);
    }
    Meta.set(tree, "name", write.target().name());
    AdmissionRequest request = request(write, Operation.CREATE, tree, null, 0);
    admission.admit(request);
    fillSystemFields(tree);
    if (kind != null) {
      kind.applyDefaults(cast(tree));
      kind.prepareForCreate(cast(tree));
    }
    if (isCertificateRequest(write)) {
      CertificateRequests.stamp(tree, write.context().user());
    }
    Beside beside = allocate(write, tree, null);
    return finish(write, request, tree, null, beside);
  }

  private static void refuseTerminating(Write write) {
    CustomVersion custom = write.row().custom();
    if (custom != null && custom.isTerminating()) {
      throw new ApiException(
          StatusReason.FORBIDDEN,
          write.row().qualifiedResource()
              + " \""
              + write.target().name()
              + "\" is forbidden: create not allowed while custom resource definition is terminating",
          StatusDetails.of(write.row().group(), write.row().resource(), write.target().name()));
    }
  }

  private void fillSystemFields(Map<String, @Nullable Object> tree) {
    wipeSystemFields(tree);
    Meta.set(tree, "uid", uuid());
    Meta.set(tree, "creationTimestamp", Meta.time(timers.instant()));
    Meta.set(tree, "resourceVersion", null);
  }

  /// What only the server says of an object.
  private static void wipeSystemFields(Map<String, @Nullable Object> tree) {
    for (String field :
        List.of(
            "uid",
            "creationTimestamp",
            "deletionTimestamp",
            "deletionGracePeriodSeconds",
            "selfLink")) {
      Meta.set(tree, field, null);
    }
  }

  private String uuid() {
    long high = random.nextLong() & ~0xf000L | 0x4000L;
    long low = random.nextLong() & 0x3fffffffffffffffL | 0x8000000000000000L;
    return new UUID(high, low).toString();
  }

  // ---- update ----

  /// What a write makes of the object as it is, both in the row's version. `current` is a copy that
  /// may be changed and answered.
  @FunctionalInterface
  interface TreeChange {
    Map<String, @Nullable Object> apply(Map<String, @Nullable Object> current);
  }

  /// Changes an object that is there.
  ///
  /// @throws ApiException 404 when it is not
  StoredObject update(Write write, TreeChange change) {
    ResourceEntry entry = write.entry();
    Target target = write.target();
    if (write.options().dryRun()) {
      StoredObject current = entry.storage().latest(target.namespace(), target.name());
      return switch (changed(write, current, change)) {
        case Change.None() -> Objects.requireNonNull(current);
        case Change.Put(byte[] message, Beside _) ->
            entry.unstored(
                target.namespace(),
                target.name(),
                message,
                Objects.requireNonNull(current).revision());
        case Change.Remove(byte[] last, Beside _) ->
            entry.unstored(
                target.namespace(),
                target.name(),
                last,
                Objects.requireNonNull(current).revision());
      };
    }
    long[] replaced = new long[1];
    Changed changed =
        write.change(current -> {
          replaced[0] = current == null ? 0 : current.revision();
          return changed(write, current, change);
        });
    StoredObject object = changed.object();
    // The write that takes the last finalizer answers what it made of the object that was there.
    return changed.removed() && write.context().transaction() == null
        ? entry.unstored(
            object.namespace(),
            object.name(),
            ObjectBytes.withoutRevision(object.bytes()),
            replaced[0])
        : object;
  }

  private Change changed(Write write, @Nullable StoredObject current, TreeChange change) {
    Target target = write.target();
    ResourceEntry entry = write.entry();
    if (current == null) {
      throw ApiException.notFound(entry.row().group(), entry.row().resource(), target.name());
    }
    Map<String, @Nullable Object> old = entry.hubTree(current);
    Map<String, @Nullable Object> rowTree = change.apply(entry.rowTree(current));
    placeInNamespace(target, rowTree);
    checkName(target, rowTree);
    write.context().audit().requested(target, rowTree);
    checkIdentity(write, rowTree, current);
    Map<String, @Nullable Object> tree = entry.toHub(rowTree);
    return put(write, current, tree, old);
  }

  private Change put(
      Write write,
      StoredObject current,
      Map<String, @Nullable Object> tree,
      Map<String, @Nullable Object> old) {
    ResourceEntry entry = write.entry();
    Kind kind = entry.kind();
    keepSystemFields(tree, old);
    if (kind != null) {
      kind.applyDefaults(cast(tree));
    }
    if (!write.applied() && !isNarrow(write.target())) {
      keepOtherHalf(write, tree, old);
      track(write, tree, old);
    }
    AdmissionRequest request = request(write, Operation.UPDATE, tree, old, current.revision());
    admission.admit(request);
    if (kind != null && !isNarrow(write.target())) {
      kind.applyDefaults(cast(tree));
      prepareForUpdate(write, kind, tree, old);
    }
    Beside beside =
        write.target().subresource().isEmpty() ? allocate(write, tree, old) : Beside.NOTHING;
    ignoreTimes(tree, old);
    Prepared prepared = finish(write, request, tree, current, beside);
    if (isGone(write.row(), tree)) {
      return new Change.Remove(prepared.message, release(write, tree));
    }
    byte[] answered = ObjectBytes.withRevision(prepared.message, current.revision());
    if (!current.stale() && Arrays.equals(answered, current.bytes())) {
      return new Change.None();
    }
    return new Change.Put(prepared.message, prepared.beside.and(admission.beside(request)));
  }

  private void prepareForUpdate(
      Write write,
      Kind kind,
      Map<String, @Nullable Object> tree,
      Map<String, @Nullable Object> old) {
    String subresource = kindsName(write.target());
    if (isCertificateRequest(write)) {
      CertificateRequests.prepare(tree, old, subresource, Meta.time(timers.instant()));
    } else {
      kind.prepareForUpdate(cast(tree), cast(old), subresource);
    }
  }

  private static boolean isCertificateRequest(Write write) {
    return write.row().qualifiedResource().equals(CertificateRequests.RESOURCE);
  }

  /// A write that changes nothing but when somebody last wrote changes nothing.
  private static void ignoreTimes(
      Map<String, @Nullable Object> tree, Map<String, @Nullable Object> old) {
    Object now = Meta.of(tree).get("managedFields");
    Object before = Meta.of(old).get("managedFields");
    if (now instanceof List<?> entries
        && before instanceof List<?> known
        && !entries.equals(known)
        && withoutTimes(entries).equals(withoutTimes(known))
        && withoutOwners(tree).equals(withoutOwners(old))) {
      Meta.set(tree, "managedFields", before);
    }
  }

  private static List<@Nullable Object> withoutTimes(List<?> entries) {
    List<@Nullable Object> copies = new ArrayList<>();
    for (Object entry : entries) {
      Map<String, @Nullable Object> copy = new LinkedHashMap<>(Trees.object(entry, "entry"));
      copy.remove("time");
      copies.add(copy);
    }
    return copies;
  }

  private static Map<String, @Nullable Object> withoutOwners(Map<String, @Nullable Object> tree) {
    Map<String, @Nullable Object> copy = new LinkedHashMap<>(tree);
    Map<String, @Nullable Object> metadata = new LinkedHashMap<>(Meta.of(tree));
    metadata.remove("managedFields");
    copy.put("metadata", metadata);
    return copy;
  }

  /// Sets the managed fields of what was written, in the version it was written in.
  private void track(
      Write write,
      Map<String, @Nullable Object> tree,
      @Nullable Map<String, @Nullable Object> old) {
    ResourceEntry entry = write.entry();
    if (entry.isHub()) {
      tracker.updated(tree, old, writer(write));
      return;
    }
    Map<String, @Nullable Object> shown = entry.toRow(Trees.copyObject(tree));
    tracker.updated(shown, old == null ? null : entry.toRow(Trees.copyObject(old)), writer(write));
    Meta.set(tree, "managedFields", Meta.of(shown).get("managedFields"));
  }

  /// What a client says of the status when it creates an object is not heard, but of a node.
  private static void dropStatus(Write write, Map<String, @Nullable Object> tree) {
    boolean has = write.row().info().hasSubresource("status");
    if (has && !KindRules.keepsStatusOnCreate(write.row())) {
      tree.remove("status");
    }
  }

  /// A write of the object cannot change its status, a write of the status nothing else: so nobody
  /// comes to own what is not theirs to write.
  private static void keepOtherHalf(
      Write write, Map<String, @Nullable Object> tree, Map<String, @Nullable Object> old) {
    if (!write.row().info().hasSubresource("status")) {
      return;
    }
    switch (write.target().subresource()) {
      case "status" -> keep(tree, old, "spec");
      case "", "finalize", "resize", "ephemeralcontainers" -> keep(tree, old, "status");
      default -> {} // approval changes the status, but through a kind that sees to it itself
    }
  }

  private static void keep(
      Map<String, @Nullable Object> tree, Map<String, @Nullable Object> old, String field) {
    Object value = Trees.copy(old.get(field));
    if (value == null) {
      tree.remove(field);
    } else {
      tree.put(field, value);
    }
  }

  /// Subresources whose handler has decided what changes, so that nothing is left to the kind.
  private static boolean isNarrow(Target target) {
    return target.subresource().equals("binding");
  }

  /// A scale changes the object itself.
  private static String kindsName(Target target) {
    return target.subresource().equals("scale") ? "" : target.subresource();
  }

  /// An object that is being deleted goes with its last finalizer and without grace left.
  static boolean isGone(ResourceRow row, Map<String, @Nullable Object> tree) {
    if (!Meta.isDeleting(tree) || !Meta.finalizers(tree).isEmpty()) {
      return false;
    }
    if (row.qualifiedResource().equals("namespaces")) {
      return !(Trees.at(tree, "spec", "finalizers") instanceof List<?> list) || list.isEmpty();
    }
    Long grace = Meta.graceSeconds(tree);
    return grace == null || grace == 0;
  }

  private static void keepSystemFields(
      Map<String, @Nullable Object> tree, Map<String, @Nullable Object> old) {
    for (String field : List.of("uid", "creationTimestamp")) {
      Meta.set(tree, field, Meta.of(old).get(field));
    }
    // Once an object is being deleted no write changes that; before, none may say so.
    for (String field : List.of("deletionTimestamp", "deletionGracePeriodSeconds")) {
      Object known = Meta.of(old).get(field);
      if (known != null) {
        Meta.set(tree, field, known);
      }
    }
    Meta.set(tree, "selfLink", null);
    Meta.set(tree, "resourceVersion", null);
    Meta.set(old, "resourceVersion", null);
  }

  private void checkIdentity(
      Write write, Map<String, @Nullable Object> tree, StoredObject current) {
    ResourceRow row = write.row();
    String name = write.target().name();
    String version = Meta.text(tree, "resourceVersion");
    long revision = Options.revision(version);
    if (revision != 0 && revision != current.revision()) {
      throw modified(row, name);
    }
    if (revision == 0 && !KindRules.updatesUnconditionally(row)) {
      FieldErrors errors = new FieldErrors();
      errors.invalid(
          FieldPath.of("metadata", "resourceVersion"), 0L, "must be specified for an update");
      throw write.invalid(errors, name);
    }
    String uid = Meta.text(tree, "uid");
    String known = ObjectBytes.uid(current.bytes());
    if (!uid.isEmpty() && !uid.equals(known)) {
      throw otherUid(write, uid, known);
    }
  }

  static ApiException modified(ResourceRow row, String name) {
    return ApiException.conflict(
        row.group(),
        row.resource(),
        name,
        "the object has been modified; please apply your changes to the latest version and try"
            + " again");
  }

  /// A uid in a replaced object is a precondition, in a patch an attempt to change it.
  private static ApiException otherUid(Write write, String uid, String known) {
    Target target = write.target();
    if (write.patched()) {
      FieldErrors errors = new FieldErrors();
      // Once for all kinds, once by the kind: upstream names it twice.
      errors.invalid(FieldPath.of("metadata", "uid"), uid, "field is immutable");
      errors.invalid(FieldPath.of("metadata", "uid"), uid, "field is immutable");
      return write.invalid(errors, target.name());
    }
    return uidConflict(write.entry(), target, uid, known);
  }

  static ApiException uidConflict(ResourceEntry entry, Target target, String uid, String known) {
    return ApiException.conflict(
        entry.row().group(),
        entry.row().resource(),
        target.name(),
        "StorageError: invalid object, Code: 4, Key: "
            + entry.storage().resource().key(target.namespace(), target.name())
            + ", ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: "
            + uid
            + ", UID in object meta: "
            + known);
  }

  // ---- apply ----

  /// Merges an applied configuration into the object, or creates it.
  Reply apply(Write write, BodyDecoder.Applied applied, boolean force) {
    ResourceEntry entry = write.entry();
    try {
      StoredObject merged =
          update(
              write.byPatch().byApply(),
              current -> merged(write, applied, current, writer(write), force));
      return Reply.ok(entry.shown(merged));
    } catch (ApiException e) {
      if (!e.is(StatusReason.NOT_FOUND) || !write.target().subresource().isEmpty()) {
        throw e;
      }
    }
    Map<String, @Nullable Object> tree = merged(write, applied, null, writer(write), force);
    checkName(write.target(), tree);
    refuseKnown(write, tree);
    return Reply.created(entry.shown(create(write.byApply(), tree)));
  }

  /// The object with the configuration merged in. What is wrong with its text is told after what is
  /// wrong with its content, as upstream does.
  Map<String, @Nullable Object> merged(
      Write write,
      BodyDecoder.Applied applied,
      @Nullable Map<String, @Nullable Object> current,
      FieldTracker.Writer writer,
      boolean force) {
    Map<String, @Nullable Object> tree =
        tracker.applied(Trees.copyObject(applied.tree()), current, writer, force);
    applied.tell(write.context(), write.options().fieldValidation());
    Map<String, @Nullable Object> typed = BodyDecoder.typed(writer.form(), writer.type(), tree);
    BodyDecoder.prune(writer.form(), typed);
    return typed;
  }

  FieldTracker tracker() {
    return tracker;
  }

  /// A configuration that names the object it is meant for does not make another one.
  private static void refuseKnown(Write write, Map<String, @Nullable Object> tree) {
    ResourceRow row = write.row();
    String name = write.target().name();
    String uid = Meta.text(tree, "uid");
    if (!uid.isEmpty()) {
      throw ApiException.conflict(
          row.group(),
          row.resource(),
          name,
          "uid mismatch: the provided object specified uid "
              + uid
              + ", and no existing object was found");
    }
    if (Options.revision(Meta.text(tree, "resourceVersion")) != 0) {
      throw modified(row, name);
    }
  }

  // ---- what create and update share ----

  /// A body without a namespace is put into the request's.
  static void placeInNamespace(Target target, Map<String, @Nullable Object> tree) {
    if (target.row().custom() != null && !target.row().namespaced()) {
      Meta.set(tree, "namespace", null);
      return;
    }
    String namespace = Meta.namespace(tree);
    if (namespace.isEmpty() && target.row().namespaced()) {
      Meta.set(tree, "namespace", target.namespace());
    } else if (!namespace.equals(target.namespace())) {
      throw ApiException.badRequest(
          "the namespace of the provided object does not match the namespace sent on the request");
    }
  }

  static void checkName(Target target, Map<String, @Nullable Object> tree) {
    String name = Meta.name(tree);
    if (name.isEmpty()) {
      throw ApiException.badRequest(
          "the name of the object ("
              + target.name()
              + " based on URL) was undeterminable: name must be provided");
    }
    if (!name.equals(target.name())) {
      throw ApiException.badRequest(
          "the name of the object ("
              + name
              + ") does not match the name on the URL ("
              + target.name()
              + ")");
    }
  }

  /// Admits what is asked for and not stored: evictions, tokens.
  void admit(
      RequestContext context,
      Operation operation,
      Target target,
      Map<String, @Nullable Object> object,
      boolean dryRun) {
    AdmissionRequest request =
        new AdmissionRequest(context, operation, target, object, null, dryRun)
            .with(0, OptionTrees.of(operation, new WriteOptions(dryRun, "", "")));
    admission.admit(request);
    admission.validate(request);
  }

  /// Asks webhooks and policies, and nobody else, about an object that the generic path does not
  /// see in the form that the client gave it.
  void admitOutside(Write write, Operation operation, Map<String, @Nullable Object> object) {
    AdmissionRequest request = request(write, operation, object, null, 0);
    admission.admitOutside(request);
    admission.validateOutside(request);
  }

  private static AdmissionRequest request(
      Write write,
      Operation operation,
      Map<String, @Nullable Object> tree,
      @Nullable Map<String, @Nullable Object> old,
      long revision) {
    return new AdmissionRequest(
            write.context(), operation, write.target(), tree, old, write.options().dryRun())
        .with(revision, OptionTrees.of(operation, write.options()));
  }

  FieldTracker.Writer writer(Write write) {
    return new FieldTracker.Writer(
        write.manager(),
        write.row().form(),
        Schema.message(write.row().form().messageType()),
        write.target().subresource(),
        timers.instant(),
        ResetFields.of(write.row(), write.target().subresource()),
        write.entry().versions());
  }

  private Beside allocate(
      Write write,
      Map<String, @Nullable Object> tree,
      @Nullable Map<String, @Nullable Object> old) {
    Allocator allocator = allocators.get(write.row().qualifiedResource());
    return allocator == null
        ? Beside.NOTHING
        : allocator.allocate(tree, old, write.options().dryRun());
  }

  Beside release(Write write, Map<String, @Nullable Object> tree) {
    Allocator allocator = allocators.get(write.row().qualifiedResource());
    return allocator == null ? Beside.NOTHING : allocator.release(tree);
  }

  /// Encodes and validates what will be stored.
  private Prepared finish(
      Write write,
      AdmissionRequest request,
      Map<String, @Nullable Object> tree,
      @Nullable StoredObject current,
      Beside beside) {
    ResourceEntry entry = write.entry();
    byte[] message = encode(entry, tree);
    Kind kind = entry.kind();
    if (kind != null && !isNarrow(write.target())) {
      validate(write, kind, message, current);
    }
    admission.validate(request);
    CustomVersion custom = write.row().custom();
    if (custom != null && !custom.deprecationWarning().isEmpty()) {
      write.context().warn(custom.deprecationWarning());
    }
    if (!KindRules.isActedOn(write.row())) {
      write
          .context()
          .warn(
              "nothing acts on "
                  + write.row().qualifiedResource()
                  + " yet: the object is stored and served, and that is all");
    }
    return new Prepared(request, message, beside);
  }

  static byte[] encode(ResourceEntry entry, Map<String, @Nullable Object> tree) {
    try {
      return ProtobufCodec.encode(entry.hubType(), tree);
    } catch (CodecException e) {
      throw BodyDecoder.cannotBeHandled(entry.hub(), String.valueOf(e.getMessage()));
    }
  }

  private static void validate(
      Write write, Kind kind, byte[] bytes, @Nullable StoredObject current) {
    Kind judge = judge(write, kind);
    Message message = judge == kind ? parse(kind, bytes) : parse(judge, asRow(write, bytes));
    Message old = null;
    if (current != null) {
      byte[] stored = ObjectBytes.withoutRevision(current.bytes());
      old = parse(judge, judge == kind ? current.bytes() : asRow(write, stored));
    }
    List<FieldError> errors =
        old == null
            ? judge.validate(message)
            : judge.validateUpdate(message, old, kindsName(write.target()));
    if (!errors.isEmpty()) {
      throw judge.invalid(write.target().name(), errors);
    }
    judge.warnings(message, old).forEach(write.context()::warn);
  }

  /// A group that stores its objects as another one's may have stricter rules of its own.
  private static Kind judge(Write write, Kind kind) {
    String group = write.row().group();
    return group.equals(kind.group()) ? kind : Kinds.find(group, write.row().kind()).orElse(kind);
  }

  private static byte[] asRow(Write write, byte[] hubMessage) {
    ResourceEntry entry = write.entry();
    Map<String, @Nullable Object> hub =
        ProtobufCodec.decode(
            entry.hubType(), entry.hub().apiVersion(), entry.hub().kind(), hubMessage);
    return ProtobufCodec.encode(Schema.message(entry.row().form().messageType()), entry.toRow(hub));
  }

  private static Message parse(Kind kind, byte[] bytes) {
    try {
      return kind.parser().parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("a stored " + kind.kind() + " cannot be parsed", e);
    }
  }

  @SuppressWarnings("NullAway") // kinds take trees as maps of plain values
  static Map<String, Object> cast(Map<String, @Nullable Object> tree) {
    return (Map<String, Object>) (Map<String, ?>) tree;
  }
}
