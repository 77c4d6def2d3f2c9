package io.kemudi.apimachinery.kinds;

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
      if (Tree.flag(version, "storage")) {
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
}
