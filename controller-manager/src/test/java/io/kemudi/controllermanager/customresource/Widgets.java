package io.kemudi.controllermanager.customresource;

import io.kemudi.apimachinery.resource.ResourceType;
import io.kemudi.apimachinery.resource.ResourceTypes;
import io.kemudi.kubernetes.apiextensions.v1.CustomResourceDefinition;
import io.kemudi.kubernetes.meta.v1.PartialObjectMetadata;

/// A custom resource for tests: `widgets.example.com`.
public final class Widgets {
  public static final ResourceType<PartialObjectMetadata> V1 = in("v1");
  public static final ResourceType<PartialObjectMetadata> V2 = in("v2");

  private Widgets() {}

  private static ResourceType<PartialObjectMetadata> in(String version) {
    return ResourceTypes.metadata("example.com", version, "widgets", "Widget", true);
  }

  /// Established; v1 and v2 are served and `stored` is stored.
  public static CustomResourceDefinition definition(String stored) {
    var definition = CustomResourceDefinition.newBuilder();
    definition.getMetadataBuilder().setName("widgets.example.com");
    var spec = definition.getSpecBuilder().setGroup("example.com").setScope("Namespaced");
    for (String version : new String[] {"v1", "v2"}) {
      spec.addVersionsBuilder()
          .setName(version)
          .setServed(true)
          .setStorage(version.equals(stored))
          .getSchemaBuilder()
          .getOpenAPIV3SchemaBuilder()
          .setType("object");
    }
    definition.getStatusBuilder().getAcceptedNamesBuilder().setPlural("widgets").setKind("Widget");
    definition.getStatusBuilder().addConditionsBuilder().setType("Established").setStatus("True");
    return definition.build();
  }

  /// As [#definition], before the server serves it.
  public static CustomResourceDefinition notYetServed() {
    var definition = definition("v1").toBuilder();
    definition.getStatusBuilder().getConditionsBuilder(0).setStatus("False");
    return definition.build();
  }
}
