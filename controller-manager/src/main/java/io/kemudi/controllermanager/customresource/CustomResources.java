package io.kemudi.controllermanager.customresource;

import static io.kemudi.apimachinery.resource.ResourceTypes.CUSTOM_RESOURCE_DEFINITIONS;

import io.kemudi.apimachinery.resource.ResourceType;
import io.kemudi.apimachinery.resource.ResourceTypes;
import io.kemudi.kubernetes.apiextensions.v1.CustomResourceDefinition;
import io.kemudi.kubernetes.apiextensions.v1.CustomResourceDefinitionNames;
import io.kemudi.kubernetes.apiextensions.v1.CustomResourceDefinitionVersion;
import io.kemudi.kubernetes.meta.v1.PartialObjectMetadata;
import org.jspecify.annotations.Nullable;

/// The resources of CustomResourceDefinitions, by the metadata of their objects.
public final class CustomResources {
  /// The definitions with names, versions and conditions; their schemas, most of their bytes, are
  /// left out as they are read. To read only.
  public static final ResourceType<CustomResourceDefinition> DEFINITIONS =
      new ResourceType<>(
          CUSTOM_RESOURCE_DEFINITIONS.group(),
          CUSTOM_RESOURCE_DEFINITIONS.version(),
          CUSTOM_RESOURCE_DEFINITIONS.resource(),
          CUSTOM_RESOURCE_DEFINITIONS.kind(),
          CUSTOM_RESOURCE_DEFINITIONS.namespaced(),
          new WithoutSchemas(),
          CustomResourceDefinition::getMetadata);

  private CustomResources() {}

  /// The resource in the version that is stored, which needs no conversion, or else in the first
  /// that is served; null while it is not served at all.
  public static @Nullable ResourceType<PartialObjectMetadata> metadata(
      CustomResourceDefinition definition) {
    String best = null;
    for (CustomResourceDefinitionVersion version : definition.getSpec().getVersionsList()) {
      if (version.getServed() && (best == null || version.getStorage())) {
        best = version.getName();
      }
    }
    return best == null ? null : metadata(definition, best);
  }

  /// The resource in `version`; null when it is not served in that.
  public static @Nullable ResourceType<PartialObjectMetadata> metadata(
      CustomResourceDefinition definition, String version) {
    boolean served =
        isEstablished(definition)
            && definition.getSpec().getVersionsList().stream()
                .anyMatch(v -> v.getServed() && v.getName().equals(version));
    if (!served) {
      return null;
    }
    CustomResourceDefinitionNames names = definition.getStatus().getAcceptedNames();
    return ResourceTypes.metadata(
        definition.getSpec().getGroup(),
        version,
        names.getPlural(),
        names.getKind(),
        definition.getSpec().getScope().equals("Namespaced"));
  }

  private static boolean isEstablished(CustomResourceDefinition definition) {
    return definition.getStatus().getConditionsList().stream()
        .anyMatch(c -> c.getType().equals("Established") && c.getStatus().equals("True"));
  }
}
