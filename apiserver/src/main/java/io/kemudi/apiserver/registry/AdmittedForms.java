package io.kemudi.apiserver.registry;

import io.kemudi.apimachinery.apply.Topology;
import io.kemudi.apimachinery.codec.Trees;
import io.kemudi.apimachinery.crd.CustomSchema;
import io.kemudi.apimachinery.kinds.ResourceInfo;
import io.kemudi.apimachinery.schema.Schema;
import io.kemudi.apiserver.storage.ObjectStorage;
import io.kemudi.apiserver.storage.Selection;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The [ObjectForms] of the registry's rows.
final class AdmittedForms implements ObjectForms {
  private final ResourceEntries entries;

  AdmittedForms(ResourceEntries entries) {
    this.entries = entries;
  }

  @Override
  public List<ResourceRow> equivalents(ResourceRow row) {
    List<ResourceRow> rows = new ArrayList<>();
    rows.add(row);
    String place = row.info().keyPrefix();
    for (ResourceRow other : entries.table().rows()) {
      if (!place.isEmpty() && other.info().keyPrefix().equals(place) && !other.equals(row)) {
        rows.add(other);
      }
    }
    return rows;
  }

  @Override
  public @Nullable ResourceRow ofKind(String apiVersion, String kind) {
    int slash = apiVersion.indexOf('/');
    String group = slash < 0 ? "" : apiVersion.substring(0, slash);
    return entries.table().findKind(group, apiVersion.substring(slash + 1), kind).orElse(null);
  }

  @Override
  public ObjectForm form(Target target) {
    ResourceInfo.Subresource part = target.row().info().subresources().get(target.subresource());
    if (part == null || isWhole(target)) {
      return target.row().form();
    }
    String group = part.group();
    return new ObjectForm(
        group.isEmpty() ? part.version() : group + "/" + part.version(),
        part.kind(),
        messageOf(part));
  }

  /// As [Schema] names it: the group without what stands behind its first dot.
  private static String messageOf(ResourceInfo.Subresource part) {
    String group = part.group().isEmpty() ? "core" : part.group();
    int dot = group.indexOf('.');
    return (dot < 0 ? group : group.substring(0, dot)) + "." + part.version() + "." + part.kind();
  }

  @Override
  public boolean isWhole(Target target) {
    ResourceInfo.Subresource part = target.row().info().subresources().get(target.subresource());
    return part == null || part.kind().equals(target.row().kind());
  }

  @Override
  public Map<String, @Nullable Object> shown(
      Target target, Map<String, @Nullable Object> tree, long revision) {
    if (target.subresource().equals("scale")) {
      ResourceEntry entry = entries.of(target.row());
      Map<String, @Nullable Object> whole = entry.toRow(Trees.copyObject(tree));
      setRevision(whole, revision);
      return Subresources.plainScale(entry, target, whole);
    }
    if (!isWhole(target)) {
      return Trees.copyObject(tree);
    }
    ResourceEntry entry = entries.of(target.row());
    Map<String, @Nullable Object> shown = typed(target, entry.toRow(Trees.copyObject(tree)));
    setRevision(shown, revision);
    return shown;
  }

  private static void setRevision(Map<String, @Nullable Object> tree, long revision) {
    Meta.set(tree, "resourceVersion", revision == 0 ? null : Long.toString(revision));
  }

  private Map<String, @Nullable Object> typed(Target target, Map<String, @Nullable Object> tree) {
    ObjectForm form = form(target);
    BodyDecoder.prune(form, tree);
    return BodyDecoder.typed(form, Schema.message(form.messageType()), tree);
  }

  @Override
  public Map<String, @Nullable Object> admitted(
      Target target, Map<String, @Nullable Object> shown, Map<String, @Nullable Object> tree) {
    Map<String, @Nullable Object> typed = typed(target, Trees.copyObject(shown));
    if (target.subresource().equals("scale")) {
      Map<String, @Nullable Object> whole = Trees.copyObject(tree);
      Object replicas = Trees.at(typed, "spec", "replicas");
      Trees.child(whole, "spec").put("replicas", replicas == null ? 0L : replicas);
      return whole;
    }
    if (!isWhole(target)) {
      return typed;
    }
    ResourceEntry entry = entries.of(target.row());
    Map<String, @Nullable Object> admitted = entry.toHub(typed);
    Meta.set(admitted, "resourceVersion", Meta.of(tree).get("resourceVersion"));
    if (entry.kind() != null) {
      entry.kind().applyDefaults(WritePath.cast(admitted));
    }
    return admitted;
  }

  @Override
  public Topology topology(Target target) {
    ObjectForm form = form(target);
    CustomSchema schema = form.schema();
    return schema == null
        ? Topology.of(Schema.message(form.messageType()))
        : Topology.custom(schema.structure().tree());
  }

  @Override
  public Object state(String resource) {
    ObjectStorage storage = entries.builtIn(resource).storage();
    storage.awaitOwnWrites();
    return storage.cache().state();
  }

  @Override
  public @Nullable Map<String, @Nullable Object> get(
      ResourceRow row, String namespace, String name) {
    ResourceEntry entry = entries.of(row);
    entry.storage().awaitOwnWrites();
    StoredObject object = entry.storage().cached(namespace, name);
    return object == null ? null : shown(entry, object);
  }

  private static Map<String, @Nullable Object> shown(ResourceEntry entry, StoredObject object) {
    Map<String, @Nullable Object> tree = entry.rowTree(object);
    setRevision(tree, object.revision());
    return tree;
  }

  @Override
  public List<Map<String, @Nullable Object>> list(ResourceRow row, String namespace) {
    ResourceEntry entry = entries.of(row);
    entry.storage().awaitOwnWrites();
    Selection selection = new Selection(namespace, "", null, null, false);
    List<Map<String, @Nullable Object>> trees = new ArrayList<>();
    for (StoredObject object :
        entry.storage().lister().list(selection, ListOptions.ALL.at("0", ""))) {
      trees.add(shown(entry, object));
    }
    return trees;
  }
}
