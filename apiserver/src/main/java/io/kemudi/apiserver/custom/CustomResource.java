package io.kemudi.apiserver.custom;

import io.kemudi.apimachinery.crd.CustomSchema;
import io.kemudi.apimachinery.crd.DefinitionValidation;
import io.kemudi.apimachinery.crd.StructuralSchema;
import io.kemudi.apimachinery.kinds.ResourceInfo;
import io.kemudi.apiserver.registry.CustomVersion;
import io.kemudi.apiserver.registry.ObjectForm;
import io.kemudi.apiserver.registry.ResourceRow;
import io.kemudi.kubernetes.apiextensions.v1.CustomResourceColumnDefinition;
import io.kemudi.kubernetes.apiextensions.v1.CustomResourceDefinition;
import io.kemudi.kubernetes.apiextensions.v1.CustomResourceDefinitionNames;
import io.kemudi.kubernetes.apiextensions.v1.CustomResourceDefinitionSpec;
import io.kemudi.kubernetes.apiextensions.v1.CustomResourceDefinitionVersion;
import io.kemudi.kubernetes.apiextensions.v1.CustomResourceSubresourceScale;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The rows that a definition gives, one per served version.
final class CustomResource {
  private static final List<String> VERBS =
      List.of("delete", "deletecollection", "get", "list", "patch", "create", "update", "watch");
  private static final List<String> SUBRESOURCE_VERBS = List.of("get", "patch", "update");

  /// A schema of nothing but "an object": fields of any name are kept.
  private static final Map<String, @Nullable Object> ANYTHING =
      Map.of("type", "object", "x-kubernetes-preserve-unknown-fields", true);

  private CustomResource() {}

  /// Newest version first, as discovery lists them.
  static List<ResourceRow> rows(CustomResourceDefinition definition) {
    CustomResourceDefinitionSpec spec = definition.getSpec();
    boolean terminating = definition.getMetadata().hasDeletionTimestamp();
    String stored =
        spec.getVersionsList().stream()
            .filter(CustomResourceDefinitionVersion::getStorage)
            .map(CustomResourceDefinitionVersion::getName)
            .findFirst()
            .orElse("");
    List<ResourceRow> rows = new ArrayList<>();
    spec.getVersionsList().stream()
        .filter(CustomResourceDefinitionVersion::getServed)
        .sorted(
            Comparator.comparing(
                CustomResourceDefinitionVersion::getName, VersionOrder.NEWEST_FIRST))
        .forEach(version -> rows.add(row(definition, version, stored, terminating)));
    return rows;
  }

  private static ResourceRow row(
      CustomResourceDefinition definition,
      CustomResourceDefinitionVersion version,
      String stored,
      boolean terminating) {
    ResourceInfo info = info(definition, version, stored);
    Map<String, @Nullable Object> schema = DefinitionValidation.schema(version);
    CustomSchema custom = new CustomSchema(StructuralSchema.of(schema == null ? ANYTHING : schema));
    ObjectForm form = new ObjectForm(info.apiVersion(), info.kind(), ObjectForm.CUSTOM, custom);
    return new ResourceRow(
        info,
        form,
        new CustomVersion(
            custom,
            scale(version),
            columns(version),
            version.getSelectableFieldsList().stream()
                .map(field -> field.getJsonPath().substring(1))
                .toList(),
            deprecation(definition, version, stored),
            refusal(definition, version, stored),
            terminating));
  }

  private static ResourceInfo info(
      CustomResourceDefinition definition, CustomResourceDefinitionVersion version, String stored) {
    CustomResourceDefinitionSpec spec = definition.getSpec();
    CustomResourceDefinitionNames names = definition.getStatus().getAcceptedNames();
    String group = spec.getGroup();
    return new ResourceInfo(
        group,
        version.getName(),
        names.getPlural(),
        names.getSingular(),
        names.getKind(),
        names.getListKind(),
        names.getShortNamesList(),
        names.getCategoriesList(),
        spec.getScope().equals("Namespaced"),
        VERBS,
        subresources(version, names.getKind(), group),
        "/registry/" + group + "/" + names.getPlural() + "/",
        group + "/" + stored,
        names.getKind(),
        ResourceInfo.JSON,
        ObjectForm.CUSTOM,
        ObjectForm.CUSTOM,
        storageVersionHash(group, stored, names.getKind()));
  }

  private static Map<String, ResourceInfo.Subresource> subresources(
      CustomResourceDefinitionVersion version, String kind, String group) {
    Map<String, ResourceInfo.Subresource> subresources = new LinkedHashMap<>();
    if (version.getSubresources().hasStatus()) {
      subresources.put(
          "status",
          new ResourceInfo.Subresource(
              "status", group, version.getName(), kind, SUBRESOURCE_VERBS));
    }
    if (version.getSubresources().hasScale()) {
      subresources.put(
          "scale",
          new ResourceInfo.Subresource("scale", "autoscaling", "v1", "Scale", SUBRESOURCE_VERBS));
    }
    return subresources;
  }

  /// Eight bytes of a hash of what is stored, as upstream makes it.
  private static String storageVersionHash(String group, String version, String kind) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256")
              .digest((group + "/" + version + "/" + kind).getBytes(StandardCharsets.UTF_8));
      return Base64.getEncoder().encodeToString(Arrays.copyOf(hash, 8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  private static CustomVersion.Scale scale(CustomResourceDefinitionVersion version) {
    if (!version.getSubresources().hasScale()) {
      return CustomVersion.Scale.NONE;
    }
    CustomResourceSubresourceScale scale = version.getSubresources().getScale();
    return new CustomVersion.Scale(
        scale.getSpecReplicasPath(), scale.getStatusReplicasPath(), scale.getLabelSelectorPath());
  }

  private static List<CustomVersion.Column> columns(CustomResourceDefinitionVersion version) {
    List<CustomVersion.Column> columns = new ArrayList<>();
    for (CustomResourceColumnDefinition column : version.getAdditionalPrinterColumnsList()) {
      columns.add(
          new CustomVersion.Column(
              column.getName(),
              column.getType(),
              column.getFormat(),
              column.getDescription(),
              column.getPriority(),
              column.getJsonPath()));
    }
    return columns;
  }

  /// A version that only a webhook could make of the stored one.
  private static String refusal(
      CustomResourceDefinition definition, CustomResourceDefinitionVersion version, String stored) {
    CustomResourceDefinitionSpec spec = definition.getSpec();
    boolean byWebhook = spec.getConversion().getStrategy().equals("Webhook");
    if (!byWebhook || version.getName().equals(stored)) {
      return "";
    }
    return "conversion webhook for %s/%s, Kind=%s failed: this server calls no conversion webhooks; use %s/%s"
        .formatted(
            spec.getGroup(), version.getName(), spec.getNames().getKind(), spec.getGroup(), stored);
  }

  private static String deprecation(
      CustomResourceDefinition definition, CustomResourceDefinitionVersion version, String stored) {
    if (!version.getDeprecated()) {
      return "";
    }
    if (version.hasDeprecationWarning()) {
      return version.getDeprecationWarning();
    }
    String group = definition.getSpec().getGroup();
    String kind = definition.getSpec().getNames().getKind();
    String warning = group + "/" + version.getName() + " " + kind + " is deprecated";
    return definition.getSpec().getVersionsList().stream()
        .filter(other -> other.getServed() && !other.getDeprecated())
        .map(CustomResourceDefinitionVersion::getName)
        .min(VersionOrder.NEWEST_FIRST)
        .filter(newer -> VersionOrder.NEWEST_FIRST.compare(newer, version.getName()) < 0)
        .map(newer -> warning + "; use " + group + "/" + newer + " " + kind)
        .orElse(warning);
  }
}
