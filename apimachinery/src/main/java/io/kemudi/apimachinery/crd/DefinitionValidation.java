package io.kemudi.apimachinery.crd;

import io.kemudi.apimachinery.codec.ProtobufCodec;
import io.kemudi.apimachinery.schema.Schema;
import io.kemudi.apimachinery.validation.Checks;
import io.kemudi.apimachinery.validation.FieldErrors;
import io.kemudi.apimachinery.validation.FieldPath;
import io.kemudi.apimachinery.validation.Names;
import io.kemudi.kubernetes.apiextensions.v1.CustomResourceConversion;
import io.kemudi.kubernetes.apiextensions.v1.CustomResourceDefinition;
import io.kemudi.kubernetes.apiextensions.v1.CustomResourceDefinitionNames;
import io.kemudi.kubernetes.apiextensions.v1.CustomResourceDefinitionSpec;
import io.kemudi.kubernetes.apiextensions.v1.CustomResourceDefinitionVersion;
import io.kemudi.kubernetes.apiextensions.v1.CustomResourceValidation;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// What makes a CustomResourceDefinition wrong. What all versions say alike is complained about at
/// its old place, above the versions (`spec.validation`), as upstream does.
public final class DefinitionValidation {
  private static final String APPROVAL = "api-approved.kubernetes.io";
  private static final String APPROVAL_HELP =
      ", see https://github.com/kubernetes/enhancements/pull/1111";
  private static final FieldPath SPEC = FieldPath.of("spec");

  private final CustomResourceDefinitionSpec spec;
  private final FieldErrors errors;

  private DefinitionValidation(CustomResourceDefinitionSpec spec, FieldErrors errors) {
    this.spec = spec;
    this.errors = errors;
  }

  /// What is wrong with the name of a definition.
  public static List<String> wrongName(CustomResourceDefinition definition) {
    String expected =
        definition.getSpec().getNames().getPlural() + "." + definition.getSpec().getGroup();
    return definition.getMetadata().getName().equals(expected)
        ? List.of()
        : List.of("must be spec.names.plural+\".\"+spec.group");
  }

  public static void validate(CustomResourceDefinition definition, FieldErrors errors) {
    DefinitionValidation validation = new DefinitionValidation(definition.getSpec(), errors);
    validation.spec();
    validation.storedVersions(definition.getStatus().getStoredVersionsList());
    approval(definition, errors);
  }

  public static void validateUpdate(
      CustomResourceDefinition definition, CustomResourceDefinition old, FieldErrors errors) {
    DefinitionValidation validation = new DefinitionValidation(definition.getSpec(), errors);
    validation.spec();
    CustomResourceDefinitionSpec was = old.getSpec();
    CustomResourceDefinitionSpec now = definition.getSpec();
    if (isEstablished(old)) {
      immutable(now.getScope(), was.getScope(), SPEC.child("scope"), errors);
      immutable(
          now.getNames().getKind(), was.getNames().getKind(), SPEC.child("names", "kind"), errors);
    }
    immutable(now.getGroup(), was.getGroup(), SPEC.child("group"), errors);
    immutable(
        now.getNames().getPlural(),
        was.getNames().getPlural(),
        SPEC.child("names", "plural"),
        errors);
    validation.storedVersions(definition.getStatus().getStoredVersionsList());
    if (!was.getGroup().equals(now.getGroup()) || approved(old)) {
      approval(definition, errors);
    }
  }

  /// Advice about an accepted definition.
  public static List<String> warnings(CustomResourceDefinition definition) {
    List<String> warnings = new ArrayList<>();
    for (CustomResourceDefinitionVersion version : definition.getSpec().getVersionsList()) {
      Map<String, @Nullable Object> schema = schema(version);
      if (schema != null) {
        SchemaValidation.unknownFormats(schema)
            .forEach(format -> warnings.add("unrecognized format \"" + format + "\""));
      }
    }
    if (definition.getSpec().getConversion().getStrategy().equals("Webhook")) {
      warnings.add(
          "spec.conversion.strategy: no conversion webhook is called: only the version that is stored"
              + " can be read and written");
    }
    return warnings;
  }

  /// The schema of a version as JSON has it, null when it has none.
  public static @Nullable Map<String, @Nullable Object> schema(
      CustomResourceDefinitionVersion version) {
    if (!version.getSchema().hasOpenAPIV3Schema()) {
      return null;
    }
    byte[] bytes = version.getSchema().getOpenAPIV3Schema().toByteArray();
    return ProtobufCodec.decode(Schema.message("apiextensions.v1.JSONSchemaProps"), bytes);
  }

  private static boolean isEstablished(CustomResourceDefinition definition) {
    return definition.getStatus().getConditionsList().stream()
        .anyMatch(each -> each.getType().equals("Established") && each.getStatus().equals("True"));
  }

  private static void immutable(String now, String was, FieldPath path, FieldErrors errors) {
    if (!now.equals(was)) {
      errors.invalid(path, now, "field is immutable");
    }
  }

  // ---- spec ----

  private void spec() {
    group();
    Checks.oneOf(spec.getScope(), List.of("Cluster", "Namespaced"), SPEC.child("scope"), errors);
    if (spec.getPreserveUnknownFields()) {
      errors.invalid(
          SPEC.child("preserveUnknownFields"),
          true,
          "cannot set to true, set x-kubernetes-preserve-unknown-fields to true in"
              + " spec.versions[*].schema instead");
    }
    versions();
    names(spec.getNames(), SPEC.child("names"));
    schemas();
    forVersions(
        version -> version.hasSubresources() ? version.getSubresources() : null,
        "subresources",
        (version, path) -> VersionValidation.subresources(version.getSubresources(), path, errors));
    forVersions(
        version ->
            version.getAdditionalPrinterColumnsCount() == 0
                ? null
                : version.getAdditionalPrinterColumnsList(),
        "additionalPrinterColumns",
        (version, path) ->
            VersionValidation.columns(version.getAdditionalPrinterColumnsList(), path, errors));
    forVersions(
        version ->
            version.getSelectableFieldsCount() == 0 ? null : version.getSelectableFieldsList(),
        "selectableFields",
        (version, path) ->
            VersionValidation.selectableFields(
                version.getSelectableFieldsList(), schema(version), path, errors));
    conversion();
  }

  private void group() {
    FieldPath path = SPEC.child("group");
    if (spec.getGroup().isEmpty()) {
      errors.required(path);
      return;
    }
    List<String> wrong = Names.dnsSubdomain(spec.getGroup());
    if (!wrong.isEmpty()) {
      errors.invalid(path, spec.getGroup(), String.join(",", wrong));
    } else if (spec.getGroup().indexOf('.') < 0) {
      errors.invalid(path, spec.getGroup(), "should be a domain with at least one dot");
    }
  }

  private void versions() {
    FieldPath path = SPEC.child("versions");
    Set<String> names = new HashSet<>();
    int stored = 0;
    boolean unique = true;
    for (int i = 0; i < spec.getVersionsCount(); i++) {
      CustomResourceDefinitionVersion version = spec.getVersions(i);
      stored += version.getStorage() ? 1 : 0;
      unique &= names.add(version.getName());
      label(version.getName(), path.index(i).child("name"));
      deprecation(version, path.index(i));
    }
    if (!unique) {
      errors.invalid(path, shownVersions(), "must contain unique version names");
    }
    if (stored != 1) {
      errors.invalid(
          path, shownVersions(), "must have exactly one version marked as storage version");
    }
    if (spec.getVersionsCount() > 0) {
      // the first version, at the place it had before there were several
      label(spec.getVersions(0).getName(), SPEC.child("version"));
    }
  }

  private void label(String value, FieldPath path) {
    List<String> wrong = Names.dns1035Label(value);
    if (!wrong.isEmpty()) {
      errors.invalid(path, value, String.join(",", wrong));
    }
  }

  private void deprecation(CustomResourceDefinitionVersion version, FieldPath path) {
    if (!version.hasDeprecationWarning()) {
      return;
    }
    String warning = version.getDeprecationWarning();
    FieldPath at = path.child("deprecationWarning");
    if (!version.getDeprecated()) {
      errors.invalid(at, warning, "can only be set for deprecated versions");
    }
    if (warning.isEmpty()) {
      errors.invalid(at, warning, "must not be an empty string");
    } else if (warning.codePoints().anyMatch(c -> Character.isISOControl(c))) {
      errors.invalid(
          at,
          warning,
          "must only contain printable UTF-8 characters; non-printable character found");
    } else if (warning.length() > 256) {
      errors.tooLong(at, 256);
    }
  }

  private List<Object> shownVersions() {
    List<Object> shown = new ArrayList<>();
    for (CustomResourceDefinitionVersion version : spec.getVersionsList()) {
      Map<String, @Nullable Object> one = new LinkedHashMap<>();
      one.put("Name", version.getName());
      one.put("Served", version.getServed());
      one.put("Storage", version.getStorage());
      one.put("Deprecated", version.getDeprecated());
      one.put(
          "DeprecationWarning",
          version.hasDeprecationWarning() ? version.getDeprecationWarning() : null);
      for (String moved :
          List.of("Schema", "Subresources", "AdditionalPrinterColumns", "SelectableFields")) {
        one.put(moved, null);
      }
      shown.add(one);
    }
    return shown;
  }

  private void names(CustomResourceDefinitionNames names, FieldPath path) {
    nameOrRequired(names.getPlural(), path.child("plural"));
    nameOrRequired(names.getSingular(), path.child("singular"));
    kindOrRequired(names.getKind(), path.child("kind"));
    kindOrRequired(names.getListKind(), path.child("listKind"));
    for (int i = 0; i < names.getShortNamesCount(); i++) {
      label(names.getShortNames(i), path.child("shortNames").index(i));
    }
    if (!names.getKind().isEmpty() && names.getKind().equals(names.getListKind())) {
      errors.invalid(
          path.child("listKind"), names.getListKind(), "kind and listKind may not be the same");
    }
    for (int i = 0; i < names.getCategoriesCount(); i++) {
      label(names.getCategories(i), path.child("categories").index(i));
    }
  }

  private void nameOrRequired(String name, FieldPath path) {
    if (name.isEmpty()) {
      errors.required(path);
    } else {
      label(name, path);
    }
  }

  private void kindOrRequired(String kind, FieldPath path) {
    if (kind.isEmpty()) {
      errors.required(path);
      return;
    }
    List<String> wrong = Names.dns1035Label(kind.toLowerCase(java.util.Locale.ROOT));
    if (!wrong.isEmpty()) {
      errors.invalid(
          path,
          kind,
          "may have mixed case, but should otherwise match: " + String.join(",", wrong));
    }
  }

  // ---- versions ----

  @FunctionalInterface
  private interface PartCheck {
    void check(CustomResourceDefinitionVersion version, FieldPath path);
  }

  private void schemas() {
    forVersions(
        version ->
            version.hasSchema()
                    && !version.getSchema().equals(CustomResourceValidation.getDefaultInstance())
                ? version.getSchema()
                : null,
        "schema",
        (version, path) -> {
          Map<String, @Nullable Object> schema = schema(version);
          if (schema != null) {
            SchemaValidation.validate(schema, path.child("openAPIV3Schema"), errors);
          }
        });
    for (int i = 0; i < spec.getVersionsCount(); i++) {
      if (!spec.getVersions(i).getSchema().hasOpenAPIV3Schema()) {
        errors.required(
            SPEC.child("versions").index(i).child("schema", "openAPIV3Schema"),
            "schemas are required");
      }
    }
  }

  /// Checks a part of each version, or once where all versions have the same.
  private void forVersions(
      Function<CustomResourceDefinitionVersion, @Nullable Object> part,
      String name,
      PartCheck check) {
    if (spec.getVersionsCount() == 0) {
      return;
    }
    CustomResourceDefinitionVersion first = spec.getVersions(0);
    Object same = part.apply(first);
    boolean all =
        spec.getVersionsList().stream()
            .allMatch(version -> java.util.Objects.equals(same, part.apply(version)));
    if (all) {
      if (same != null) {
        check.check(first, SPEC.child(name.equals("schema") ? "validation" : name));
      }
      return;
    }
    for (int i = 0; i < spec.getVersionsCount(); i++) {
      if (part.apply(spec.getVersions(i)) != null) {
        check.check(spec.getVersions(i), SPEC.child("versions").index(i).child(name));
      }
    }
  }

  // ---- conversion ----

  private void conversion() {
    if (!spec.hasConversion()) {
      return;
    }
    CustomResourceConversion conversion = spec.getConversion();
    FieldPath path = SPEC.child("conversion");
    Checks.oneOf(
        conversion.getStrategy(), List.of("None", "Webhook"), path.child("strategy"), errors);
    if (conversion.getStrategy().equals("Webhook")) {
      WebhookClientValidation.conversion(conversion, path, errors);
      return;
    }
    if (conversion.hasWebhook() && conversion.getWebhook().hasClientConfig()) {
      errors.forbidden(
          path.child("webhookClientConfig"),
          "should not be set when strategy is not set to Webhook");
    }
    if (conversion.getWebhook().getConversionReviewVersionsCount() > 0) {
      errors.forbidden(
          path.child("conversionReviewVersions"),
          "should not be set when strategy is not set to Webhook");
    }
  }

  // ---- status ----

  private void storedVersions(List<String> stored) {
    FieldPath path = FieldPath.of("status", "storedVersions");
    if (stored.isEmpty()) {
      errors.invalid(path, null, "must have at least one stored version");
      return;
    }
    Set<String> known = new HashSet<>();
    for (CustomResourceDefinitionVersion version : spec.getVersionsList()) {
      known.add(version.getName());
      if (version.getStorage() && !stored.contains(version.getName())) {
        errors.invalid(path, stored, "must have the storage version " + version.getName());
      }
    }
    for (int i = 0; i < stored.size(); i++) {
      if (!known.contains(stored.get(i))) {
        errors.invalid(
            path.index(i),
            stored.get(i),
            "missing from spec.versions; "
                + stored.get(i)
                + " was previously a storage version, and must remain in spec.versions until a"
                + " storage migration ensures no data remains persisted in "
                + stored.get(i)
                + " and removes "
                + stored.get(i)
                + " from status.storedVersions");
      }
    }
  }

  // ---- approval ----

  private static boolean isProtected(String group) {
    return group.equals("k8s.io")
        || group.endsWith(".k8s.io")
        || group.equals("kubernetes.io")
        || group.endsWith(".kubernetes.io");
  }

  private static boolean approved(CustomResourceDefinition definition) {
    FieldErrors found = new FieldErrors();
    approval(definition, found);
    return found.isEmpty();
  }

  /// Groups of the community are not for everybody.
  private static void approval(CustomResourceDefinition definition, FieldErrors errors) {
    if (!isProtected(definition.getSpec().getGroup())) {
      return;
    }
    FieldPath path = FieldPath.of("metadata", "annotations").key(APPROVAL);
    String value = definition.getMetadata().getAnnotationsMap().get(APPROVAL);
    if (value == null || value.isEmpty()) {
      errors.required(
          path,
          "protected groups must have approval annotation \"" + APPROVAL + "\"" + APPROVAL_HELP);
    } else if (!value.startsWith("unapproved") && !isUrl(value)) {
      errors.invalid(
          path,
          value,
          "protected groups must have approval annotation \""
              + APPROVAL
              + "\" with either a URL or a reason starting with \"unapproved\""
              + APPROVAL_HELP);
    }
  }

  private static boolean isUrl(String text) {
    try {
      java.net.URI uri = new java.net.URI(text);
      return uri.getHost() != null && uri.getScheme() != null;
    } catch (java.net.URISyntaxException _) {
      return false;
    }
  }
}
