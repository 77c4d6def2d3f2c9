package io.kemudi.apiserver.registry;

import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import io.kemudi.apimachinery.codec.Json;
import io.kemudi.apimachinery.codec.ProtobufCodec;
import io.kemudi.apimachinery.codec.Trees;
import io.kemudi.apimachinery.crd.SchemaPaths;
import io.kemudi.apimachinery.kinds.Kind;
import io.kemudi.apimachinery.kinds.ResourceInfo;
import io.kemudi.apimachinery.schema.Schema;
import io.kemudi.apimachinery.validation.FieldError;
import io.kemudi.apimachinery.validation.FieldErrors;
import io.kemudi.apimachinery.validation.FieldPath;
import io.kemudi.apimachinery.validation.Names;
import io.kemudi.apimachinery.validation.ObjectMetaValidation;
import io.kemudi.kubernetes.custom.CustomObject;
import io.kemudi.kubernetes.meta.v1.ObjectMeta;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The functions of a custom kind in one version, as its definition has them.
final class CustomKind implements Kind {
  private static final Set<String> NOT_DESIRED = Set.of("apiVersion", "kind", "metadata");

  private final ResourceInfo info;
  private final CustomVersion version;
  private final List<String> selectable;

  CustomKind(ResourceInfo info, CustomVersion version) {
    this.info = info;
    this.version = version;
    this.selectable = new ArrayList<>(List.of("metadata.name", "metadata.namespace"));
    selectable.addAll(version.selectableFields());
  }

  @Override
  public String group() {
    return info.group();
  }

  @Override
  public String kind() {
    return info.kind();
  }

  @Override
  public Parser<? extends Message> parser() {
    return CustomObject.parser();
  }

  @Override
  public ObjectMeta metadata(Message object) {
    return ((CustomObject) object).getMetadata();
  }

  @Override
  public void applyDefaults(Map<String, @Nullable Object> tree) {
    version.schema().applyDefaults(tree);
  }

  @Override
  public void prepareForCreate(Map<String, @Nullable Object> tree) {
    if (hasStatus()) {
      tree.remove("status");
    }
    Meta.set(tree, "generation", 1L);
  }

  private boolean hasStatus() {
    return info.hasSubresource("status");
  }

  /// A write of the status changes nothing else but the metadata's managed fields.
  @Override
  public void prepareForUpdate(
      Map<String, @Nullable Object> tree, Map<String, @Nullable Object> old, String subresource) {
    if (subresource.equals("status")) {
      keepAllButStatus(tree, old);
    } else if (hasStatus()) {
      copy(old, tree, "status");
    }
    Object known = Meta.of(old).get("generation");
    long generation = known instanceof Number number ? number.longValue() : 0;
    boolean counts = !subresource.equals("status") && desiredDiffers(tree, old);
    Meta.set(tree, "generation", counts ? generation + 1 : generation);
  }

  private static void keepAllButStatus(
      Map<String, @Nullable Object> tree, Map<String, @Nullable Object> old) {
    Object managed = Meta.of(tree).get("managedFields");
    Set<String> fields = new HashSet<>(tree.keySet());
    fields.addAll(old.keySet());
    fields.remove("status");
    fields.removeAll(Set.of("apiVersion", "kind"));
    fields.forEach(field -> copy(old, tree, field));
    Meta.set(tree, "managedFields", managed);
  }

  private boolean desiredDiffers(
      Map<String, @Nullable Object> tree, Map<String, @Nullable Object> old) {
    Set<String> fields = new HashSet<>(tree.keySet());
    fields.addAll(old.keySet());
    fields.removeAll(NOT_DESIRED);
    if (hasStatus()) {
      fields.remove("status");
    }
    return fields.stream().anyMatch(field -> !Objects.equals(tree.get(field), old.get(field)));
  }

  private static void copy(
      Map<String, @Nullable Object> from, Map<String, @Nullable Object> to, String field) {
    Object value = Trees.copy(from.get(field));
    if (value == null) {
      to.remove(field);
    } else {
      to.put(field, value);
    }
  }

  // ---- validation ----

  @Override
  public List<FieldError> validate(Message object) {
    FieldErrors errors = new FieldErrors();
    ObjectMetaValidation.validate(metadata(object), info.namespaced(), Names::dnsSubdomain, errors);
    Map<String, @Nullable Object> tree = tree(object);
    version.schema().validate(tree, null, errors);
    scale(tree, errors);
    return errors.list();
  }

  @Override
  public List<FieldError> validateUpdate(Message object, Message old, String subresource) {
    FieldErrors errors = new FieldErrors();
    ObjectMetaValidation.validateUpdate(metadata(object), metadata(old), errors);
    Map<String, @Nullable Object> tree = tree(object);
    version.schema().validate(tree, tree(old), errors);
    scale(tree, errors);
    return errors.list();
  }

  /// What a scale would show must be something to show.
  private void scale(Map<String, @Nullable Object> tree, FieldErrors errors) {
    for (String path : List.of(version.scale().specReplicas(), version.scale().statusReplicas())) {
      if (!path.isEmpty() && at(tree, path) instanceof Number number && number.longValue() < 0) {
        errors.invalid(FieldPath.of(path), number, "should be a non-negative integer");
      }
    }
  }

  static @Nullable Object at(Map<String, @Nullable Object> tree, String path) {
    List<String> steps = SchemaPaths.parse(path);
    return steps == null ? null : Trees.at(tree, steps.toArray(String[]::new));
  }

  private Map<String, @Nullable Object> tree(Message object) {
    return ProtobufCodec.decode(
        Schema.message(ObjectForm.CUSTOM), info.apiVersion(), info.kind(), object.toByteArray());
  }

  @Override
  public List<String> warnings(Message object, @Nullable Message old) {
    return List.of();
  }

  // ---- selection ----

  @Override
  public List<String> selectableFields() {
    return selectable;
  }

  @Override
  public String unsupportedField(String field) {
    return "field label not supported: " + field;
  }

  @Override
  public String selectableField(Message object, String field) {
    return switch (field) {
      case "metadata.name" -> metadata(object).getName();
      case "metadata.namespace" -> metadata(object).getNamespace();
      default -> text(((CustomObject) object).getContent().toByteArray(), field);
    };
  }

  /// The value of a selectable field in the content of an object, "" when there is none.
  static String text(byte[] content, String field) {
    Object value = Trees.at(Json.parseObject(content), field.split("\\."));
    return value == null ? "" : String.valueOf(value);
  }
}
