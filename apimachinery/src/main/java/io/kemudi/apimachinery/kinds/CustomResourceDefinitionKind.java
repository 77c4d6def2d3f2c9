package io.kemudi.apimachinery.kinds;

import com.google.protobuf.Message;
import io.kemudi.apimachinery.crd.DefinitionValidation;
import io.kemudi.apimachinery.validation.FieldErrors;
import io.kemudi.apimachinery.validation.FieldPath;
import io.kemudi.kubernetes.apiextensions.v1.CustomResourceDefinition;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// CustomResourceDefinition: names follow from the kind; the stored versions begin with the one
/// that is stored now.
final class CustomResourceDefinitionKind extends BuiltInKind<CustomResourceDefinition> {
  private static final ConstantDefaults DEFAULTS =
      new ConstantDefaults(
          "spec+.conversion+.strategy=None",
          "spec.conversion.webhook.clientConfig.service.port=443");

  CustomResourceDefinitionKind() {
    super(
        "apiextensions.k8s.io",
        "CustomResourceDefinition",
        CustomResourceDefinition.getDefaultInstance(),
        CustomResourceDefinition::getMetadata,
        true);
  }

  @Override
  public void applyDefaults(Map<String, @Nullable Object> tree) {
    DEFAULTS.apply(tree);
    Map<String, @Nullable Object> names = Tree.made(Tree.made(tree, "spec"), "names");
    String kind = Tree.text(names, "kind");
    if (!kind.isEmpty()) {
      Tree.defaultText(names, "singular", kind.toLowerCase(Locale.ROOT));
      Tree.defaultText(names, "listKind", kind + "List");
    }
  }

  @Override
  public void prepareForCreate(Map<String, @Nullable Object> tree) {
    super.prepareForCreate(tree);
    List<Object> stored = new ArrayList<>();
    for (Map<String, @Nullable Object> version : Tree.maps(Tree.made(tree, "spec"), "versions")) {
      if (stored.isEmpty() && Tree.flag(version, "storage")) {
        stored.add(Tree.text(version, "name"));
      }
    }
    Map<String, @Nullable Object> names = new LinkedHashMap<>();
    names.put("plural", "");
    names.put("kind", "");
    Map<String, @Nullable Object> status = new LinkedHashMap<>();
    status.put("conditions", null);
    status.put("acceptedNames", names);
    status.put("storedVersions", stored);
    tree.put("status", status);
  }

  /// A version that becomes the stored one is added to those that may be found in the store.
  @Override
  public void prepareForUpdate(
      Map<String, @Nullable Object> tree, Map<String, @Nullable Object> old, String subresource) {
    super.prepareForUpdate(tree, old, subresource);
    Map<String, @Nullable Object> status = Tree.made(tree, "status");
    List<@Nullable Object> stored = new ArrayList<>();
    if (status.get("storedVersions") instanceof List<?> known) {
      stored.addAll(known);
    }
    for (Map<String, @Nullable Object> version : Tree.maps(Tree.made(tree, "spec"), "versions")) {
      String name = Tree.text(version, "name");
      if (Tree.flag(version, "storage") && !stored.contains(name)) {
        stored.add(name);
      }
    }
    status.put("storedVersions", stored);
  }

  @Override
  void validate(CustomResourceDefinition definition, FieldErrors errors) {
    for (String wrong : DefinitionValidation.wrongName(definition)) {
      errors.invalid(FieldPath.of("metadata", "name"), definition.getMetadata().getName(), wrong);
    }
    DefinitionValidation.validate(definition, errors);
  }

  @Override
  void validateUpdate(
      CustomResourceDefinition definition,
      CustomResourceDefinition old,
      String subresource,
      FieldErrors errors) {
    if (subresource.isEmpty()) {
      DefinitionValidation.validateUpdate(definition, old, errors);
    }
  }

  @Override
  public List<String> warnings(Message object, @Nullable Message old) {
    return DefinitionValidation.warnings(cast(object));
  }
}
