package io.kemudi.apiserver.registry;

import io.kemudi.apimachinery.apply.FieldFilter;
import io.kemudi.apimachinery.apply.ScaleOwners;
import io.kemudi.apimachinery.apply.ServedVersions;
import io.kemudi.apimachinery.codec.ProtobufCodec;
import io.kemudi.apimachinery.codec.Trees;
import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.apimachinery.errors.StatusReason;
import io.kemudi.apimachinery.schema.MessageType;
import io.kemudi.apimachinery.schema.Schema;
import io.kemudi.apimachinery.selector.LabelSelector;
import io.kemudi.apimachinery.validation.FieldError;
import io.kemudi.apimachinery.validation.FieldErrors;
import io.kemudi.apimachinery.validation.FieldPath;
import io.kemudi.apiserver.admission.AdmissionRequest.Operation;
import io.kemudi.apiserver.registry.WritePath.Write;
import io.kemudi.kubernetes.autoscaling.v1.Scale;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The parts of objects that have a form of their own: `scale` and `binding` (see [Evictions]).
/// Status, ephemeral containers, resize and finalize have the object's own form and go the generic
/// path.
final class Subresources {
  static final ObjectForm SCALE = new ObjectForm("autoscaling/v1", "Scale", "autoscaling.v1.Scale");
  private static final ObjectForm BINDING = new ObjectForm("v1", "Binding", "core.v1.Binding");
  private static final String PODS_BINDING = "pods/binding";

  private final WritePath writes;
  private final Function<String, ResourceEntry> core;

  /// `entries` finds the entry of a qualified resource that the server is built on.
  Subresources(WritePath writes, Function<String, ResourceEntry> entries) {
    this.writes = writes;
    this.core = entries;
  }

  // ---- scale ----

  static StoredObject scaleOf(ResourceEntry entry, StoredObject object) {
    Map<String, @Nullable Object> tree = entry.hubTree(object);
    Scale.Builder scale = Scale.newBuilder();
    scale
        .getMetadataBuilder()
        .setName(object.name())
        .setNamespace(object.namespace())
        .setUid(Meta.text(tree, "uid"))
        .setResourceVersion(Long.toString(object.revision()));
    byte[] metadata = scale.build().toByteArray();
    Map<String, @Nullable Object> shown =
        ProtobufCodec.decode(Schema.message(SCALE.messageType()), metadata);
    Meta.set(shown, "creationTimestamp", Meta.of(tree).get("creationTimestamp"));
    ScalePaths paths = ScalePaths.of(entry.row());
    Object replicas = paths.replicas(tree);
    Object current = paths.currentReplicas(tree);
    Trees.child(shown, "spec").put("replicas", replicas == null ? 0L : replicas);
    Trees.child(shown, "status").put("replicas", current == null ? 0L : current);
    CustomVersion custom = entry.row().custom();
    Trees.child(shown, "status")
        .put("selector", custom == null ? selector(entry, tree) : paths.selector(tree));
    byte[] bytes = ProtobufCodec.encode(Schema.message(SCALE.messageType()), shown);
    return new StoredObject(SCALE, object.namespace(), object.name(), bytes, object.revision());
  }

  private static String selector(ResourceEntry entry, Map<String, @Nullable Object> tree) {
    Object selector = Trees.at(tree, "spec", "selector");
    Map<String, @Nullable Object> map = Trees.objectOrNull(selector);
    if (map == null) {
      return "";
    }
    if (entry.row().resource().equals("replicationcontrollers")) {
      Map<String, String> labels = new LinkedHashMap<>();
      map.forEach((key, value) -> labels.put(key, String.valueOf(value)));
      return LabelSelector.ofLabels(labels).toString();
    }
    byte[] bytes = ProtobufCodec.encode(Schema.message("meta.v1.LabelSelector"), map);
    try {
      return LabelSelector.of(io.kemudi.kubernetes.meta.v1.LabelSelector.parseFrom(bytes))
          .toString();
    } catch (com.google.protobuf.InvalidProtocolBufferException e) {
      throw new IllegalStateException("a selector cannot be read", e);
    }
  }

  /// Changes the replicas through a scale that `change` makes of the current one. The object's
  /// owners of the field are those of the scale.
  StoredObject scale(Write write, WritePath.TreeChange change) {
    return scale(write, change, true);
  }

  /// Applies a configuration to the scale.
  StoredObject applyScale(Write write, BodyDecoder.Applied applied, boolean force) {
    return scale(
        write, now -> writes.merged(write, applied, now, scaleWriter(write), force), false);
  }

  private StoredObject scale(Write write, WritePath.TreeChange change, boolean tracked) {
    ResourceEntry entry = write.entry();
    StoredObject changed =
        writes.update(
            write.byApply(),
            tree -> {
              Map<String, @Nullable Object> old = ownedScale(entry, write.target(), tree);
              Map<String, @Nullable Object> scale = change.apply(Trees.copyObject(old));
              if (tracked) {
                writes.tracker().updated(scale, old, scaleWriter(write));
              }
              WritePath.checkName(write.target(), scale);
              checkScale(write.target(), scale);
              checkUid(write.target(), scale, tree);
              Object replicas = Trees.at(scale, "spec", "replicas");
              ScalePaths.of(entry.row()).setReplicas(tree, replicas == null ? 0L : replicas);
              Meta.set(tree, "resourceVersion", Meta.of(scale).get("resourceVersion"));
              ScaleOwners.put(
                  tree,
                  ScaleOwners.ofObject(
                      Meta.of(tree).get("managedFields"),
                      Meta.of(scale).get("managedFields"),
                      entry.row().form().apiVersion(),
                      version -> entry.versions().in(version) != null));
              return tree;
            });
    return scaleOf(entry, changed);
  }

  /// The scale of an object in the row's version, without owners.
  static Map<String, @Nullable Object> plainScale(
      ResourceEntry entry, Target target, Map<String, @Nullable Object> tree) {
    StoredObject shown = scaleOf(entry, objectOf(entry, target, tree));
    return ProtobufCodec.decode(
        Schema.message(SCALE.messageType()), SCALE.apiVersion(), SCALE.kind(), shown.bytes());
  }

  private static Map<String, @Nullable Object> ownedScale(
      ResourceEntry entry, Target target, Map<String, @Nullable Object> tree) {
    Map<String, @Nullable Object> scale = plainScale(entry, target, tree);
    ScaleOwners.put(scale, ScaleOwners.ofScale(Meta.of(tree).get("managedFields")));
    return scale;
  }

  private FieldTracker.Writer scaleWriter(Write write) {
    return new FieldTracker.Writer(
        write.manager(),
        SCALE,
        Schema.message(SCALE.messageType()),
        "scale",
        writes.timers().instant(),
        FieldFilter.ALL,
        ServedVersions.SAME);
  }

  private static void checkUid(
      Target target, Map<String, @Nullable Object> scale, Map<String, @Nullable Object> tree) {
    String uid = Meta.text(scale, "uid");
    String known = Meta.text(tree, "uid");
    if (!uid.isEmpty() && !uid.equals(known)) {
      throw ApiException.conflict(
          target.row().group(),
          target.row().resource() + "/scale",
          target.name(),
          "Precondition failed: UID in precondition: " + uid + ", UID in object meta: " + known);
    }
  }

  private static StoredObject objectOf(
      ResourceEntry entry, Target target, Map<String, @Nullable Object> tree) {
    MessageType type = Schema.message(entry.row().form().messageType());
    long revision = Options.revision(Meta.text(tree, "resourceVersion"));
    return new StoredObject(
        entry.row().form(),
        target.namespace(),
        target.name(),
        ProtobufCodec.encode(type, tree),
        revision);
  }

  private static void checkScale(Target target, Map<String, @Nullable Object> scale) {
    if (target.row().custom() != null) {
      return; // its schema says what may be
    }
    if (Trees.at(scale, "spec", "replicas") instanceof Long replicas && replicas < 0) {
      FieldErrors errors = new FieldErrors();
      errors.invalid(
          FieldPath.of("spec", "replicas"), replicas, "must be greater than or equal to 0");
      throw FieldError.toStatus("autoscaling", "Scale", target.name(), errors.list());
    }
  }

  // ---- binding ----

  Reply bind(RequestContext context, Target target, Body body, WriteOptions options) {
    Map<String, @Nullable Object> binding =
        BodyDecoder.decode(context, BINDING, body, options.fieldValidation());
    WritePath.placeInNamespace(target, binding);
    String pod = target.name().isEmpty() ? Meta.name(binding) : target.name();
    if (!Meta.name(binding).isEmpty() && !Meta.name(binding).equals(pod)) {
      throw ApiException.badRequest("name in URL does not match name in Binding object");
    }
    String node =
        String.valueOf(Objects.requireNonNullElse(Trees.at(binding, "target", "name"), ""));
    if (node.isEmpty()) {
      throw new ApiException(StatusReason.UNKNOWN, "target.name: Required value");
    }
    Object kind = Objects.requireNonNullElse(Trees.at(binding, "target", "kind"), "");
    if (!kind.equals("") && !kind.equals("Node")) {
      throw new ApiException(
          StatusReason.UNKNOWN,
          "target.kind: Unsupported value: \"%s\": supported values: \"Node\", \"<empty>\""
              .formatted(kind));
    }
    bindTo(context, target.namespace(), pod, binding, node, options);
    return Reply.created(Statuses.created());
  }

  private void bindTo(
      RequestContext context,
      String namespace,
      String pod,
      Map<String, @Nullable Object> binding,
      String node,
      WriteOptions options) {
    ResourceEntry pods = core.apply("pods");
    Target target = Target.object(pods.row(), namespace, pod);
    Write write = Write.of(context, pods, target.sub("binding"), options);
    writes.admitOutside(write, Operation.CREATE, binding);
    String uid = Meta.text(binding, "uid");
    writes.update(
        write,
        tree -> {
          String known = Meta.text(tree, "uid");
          if (!uid.isEmpty() && !uid.equals(known)) {
            throw WritePath.uidConflict(pods, target, uid, known);
          }
          refuseBinding(tree, pod);
          Trees.child(tree, "spec").put("nodeName", node);
          addAll(tree, binding, "annotations");
          addAll(tree, binding, "labels");
          setScheduled(tree);
          return tree;
        });
  }

  private static void refuseBinding(Map<String, @Nullable Object> tree, String pod) {
    if (Meta.isDeleting(tree)) {
      throw bindingConflict(pod, "pod " + pod + " is being deleted, cannot be assigned to a host");
    }
    Object assigned = Trees.at(tree, "spec", "nodeName");
    if (assigned != null && !assigned.equals("")) {
      throw bindingConflict(
          pod, "pod " + pod + " is already assigned to node \"" + assigned + "\"");
    }
    if (Trees.at(tree, "spec", "schedulingGates") instanceof List<?> gates && !gates.isEmpty()) {
      throw bindingConflict(pod, "pod " + pod + " has non-empty .spec.schedulingGates");
    }
  }

  private static ApiException bindingConflict(String pod, String why) {
    return ApiException.conflict("", PODS_BINDING, pod, why);
  }

  /// What the binding brings in labels and annotations goes into the pod.
  private static void addAll(
      Map<String, @Nullable Object> tree, Map<String, @Nullable Object> binding, String field) {
    Map<String, @Nullable Object> more = Trees.objectOrNull(Meta.of(binding).get(field));
    if (more != null && !more.isEmpty()) {
      Trees.child(Meta.of(tree), field).putAll(more);
    }
  }

  private void setScheduled(Map<String, @Nullable Object> tree) {
    Map<String, @Nullable Object> condition = new LinkedHashMap<>();
    condition.put("type", "PodScheduled");
    condition.put("status", "True");
    condition.put("lastTransitionTime", Meta.time(writes.timers().instant()));
    Map<String, @Nullable Object> status = Trees.child(tree, "status");
    List<@Nullable Object> conditions = new ArrayList<>();
    if (status.get("conditions") instanceof List<?> list) {
      list.stream()
          .filter(each -> !"PodScheduled".equals(Trees.at(each, "type")))
          .forEach(conditions::add);
    }
    conditions.add(condition);
    status.put("conditions", conditions);
  }
}
