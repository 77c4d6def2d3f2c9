package io.kemudi.apimachinery.kinds;

import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import io.kemudi.apimachinery.validation.FieldError;
import io.kemudi.apimachinery.validation.FieldErrors;
import io.kemudi.apimachinery.validation.Names;
import io.kemudi.apimachinery.validation.ObjectMetaValidation;
import io.kemudi.kubernetes.meta.v1.ObjectMeta;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// What built-in kinds share: status and the rest of the object are written apart where there is a
/// status subresource, and a generation counts the changes of the desired state. Kinds with
/// functions of their own extend this.
class BuiltInKind<M extends Message> implements Kind {
  private static final Set<String> NOT_DESIRED_STATE =
      Set.of("apiVersion", "kind", "metadata", "status");

  static final List<String> METADATA_FIELDS = List.of("metadata.name", "metadata.namespace");

  private final ResourceInfo info;
  private final M prototype;
  private final Function<M, ObjectMeta> metadataOf;
  private final boolean hasStatus;
  private final boolean hasGeneration;

  /// A kind whose objects carry no generation.
  BuiltInKind(String group, String kind, M prototype, Function<M, ObjectMeta> metadata) {
    this(group, kind, prototype, metadata, false);
  }

  BuiltInKind(
      String group,
      String kind,
      M prototype,
      Function<M, ObjectMeta> metadata,
      boolean hasGeneration) {
    this.info =
        ResourceInfos.hub(group, kind)
            .orElseThrow(
                () -> new IllegalArgumentException("no resource of " + group + " " + kind));
    this.prototype = prototype;
    this.metadataOf = metadata;
    this.hasStatus = info.hasSubresource("status");
    this.hasGeneration = hasGeneration;
  }

  @Override
  public final String group() {
    return info.group();
  }

  @Override
  public final String kind() {
    return info.kind();
  }

  final ResourceInfo info() {
    return info;
  }

  @Override
  @SuppressWarnings("unchecked")
  public final Parser<M> parser() {
    return (Parser<M>) prototype.getParserForType();
  }

  @SuppressWarnings("unchecked")
  final M cast(Message object) {
    return (M) object;
  }

  @Override
  public final ObjectMeta metadata(Message object) {
    return metadataOf.apply(cast(object));
  }

  @Override
  public void applyDefaults(Map<String, @Nullable Object> tree) {}

  @Override
  public void prepareForCreate(Map<String, @Nullable Object> tree) {
    if (hasStatus) {
      tree.remove("status");
    }
    if (hasGeneration) {
      Tree.made(tree, "metadata").put("generation", 1L);
    }
    DisabledPodFields.dropFromTemplate(tree, info.kind());
  }

  @Override
  public void prepareForUpdate(
      Map<String, @Nullable Object> tree, Map<String, @Nullable Object> old, String subresource) {
    keepGeneration(tree, old);
    if (subresource.equals("status")) {
      keepDesiredState(tree, old);
      return;
    }
    DisabledPodFields.dropFromTemplate(tree, info.kind());
    if (hasStatus) {
      Tree.copy(old, tree, "status");
    }
    if (hasGeneration && desiredStateDiffers(tree, old)) {
      countGeneration(tree);
    }
  }

  /// Whether this update asks for something else than `old` did, which the generation counts.
  boolean desiredStateDiffers(
      Map<String, @Nullable Object> tree, Map<String, @Nullable Object> old) {
    Set<String> fields = new HashSet<>(tree.keySet());
    fields.addAll(old.keySet());
    fields.removeAll(NOT_DESIRED_STATE);
    for (String field : fields) {
      if (!Tree.same(tree.get(field), old.get(field))) {
        return true;
      }
    }
    return false;
  }

  private static void keepGeneration(
      Map<String, @Nullable Object> tree, Map<String, @Nullable Object> old) {
    Map<String, @Nullable Object> oldMetadata = Tree.map(old, "metadata");
    Tree.copy(
        oldMetadata == null ? Map.of() : oldMetadata, Tree.made(tree, "metadata"), "generation");
  }

  static void countGeneration(Map<String, @Nullable Object> tree) {
    Map<String, @Nullable Object> metadata = Tree.made(tree, "metadata");
    long now = metadata.get("generation") instanceof Number number ? number.longValue() : 0;
    metadata.put("generation", now + 1);
  }

  /// All but status and metadata stays as it was.
  private static void keepDesiredState(
      Map<String, @Nullable Object> tree, Map<String, @Nullable Object> old) {
    Set<String> fields = new HashSet<>(tree.keySet());
    fields.addAll(old.keySet());
    fields.removeAll(NOT_DESIRED_STATE);
    for (String field : fields) {
      Tree.copy(old, tree, field);
    }
  }

  @Override
  public final List<FieldError> validate(Message object) {
    FieldErrors errors = new FieldErrors();
    ObjectMetaValidation.validate(metadata(object), info.namespaced(), this::wrongName, errors);
    validate(cast(object), errors);
    return errors.list();
  }

  @Override
  public final List<FieldError> validateUpdate(Message object, Message old, String subresource) {
    FieldErrors errors = new FieldErrors();
    // Upstream looks at metadata for every kind and then again in each kind's own rules; who counts
    // the causes of a refusal sees both.
    ObjectMetaValidation.validateUpdate(metadata(object), metadata(old), errors);
    ObjectMetaValidation.validateUpdate(metadata(object), metadata(old), errors);
    for (int i = 0; i < creationRulesOnUpdate(subresource); i++) {
      ObjectMetaValidation.validate(metadata(object), info.namespaced(), this::wrongName, errors);
    }
    validateUpdate(cast(object), cast(old), subresource, errors);
    return errors.list();
  }

  /// What creation checks, again: many kinds do so on every update too.
  final void validateAgain(M object, FieldErrors errors) {
    validateMetadata(object, errors);
    validate(object, errors);
  }

  final void validateMetadata(M object, FieldErrors errors) {
    ObjectMetaValidation.validate(
        metadataOf.apply(object), info.namespaced(), this::wrongName, errors);
  }

  /// What is wrong with a name of this kind; most kinds' names are DNS subdomains.
  List<String> wrongName(String name) {
    return Names.dnsSubdomain(name);
  }

  /// How often the rules of creation look at the metadata of an update too.
  int creationRulesOnUpdate(String subresource) {
    return 0;
  }

  void validate(M object, FieldErrors errors) {}

  void validateUpdate(M object, M old, String subresource, FieldErrors errors) {}

  @Override
  public List<String> warnings(Message object, @Nullable Message old) {
    return List.of();
  }

  @Override
  public List<String> selectableFields() {
    return METADATA_FIELDS;
  }

  @Override
  public String unsupportedField(String field) {
    if (selectableFields().equals(METADATA_FIELDS)) {
      return "\""
          + field
          + "\" is not a known field selector: only \"metadata.name\", \"metadata.namespace\"";
    }
    return "field label not supported: " + field;
  }

  @Override
  public String selectableField(Message object, String field) {
    return switch (field) {
      case "metadata.name" -> metadata(object).getName();
      case "metadata.namespace" -> metadata(object).getNamespace();
      default -> "";
    };
  }
}
