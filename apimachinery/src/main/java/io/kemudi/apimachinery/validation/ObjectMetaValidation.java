package io.kemudi.apimachinery.validation;

import io.kemudi.kubernetes.meta.v1.ObjectMeta;
import io.kemudi.kubernetes.meta.v1.OwnerReference;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/// The rules for metadata, the same for every kind but for the form of its names.
public final class ObjectMetaValidation {
  private static final int ANNOTATIONS_MAX_BYTES = 256 * 1024;
  private static final FieldPath METADATA = FieldPath.of("metadata");
  private static final String IMMUTABLE = "field is immutable";

  private ObjectMetaValidation() {}

  /// `nameForm` says what is wrong with a name of this kind.
  public static void validate(
      ObjectMeta meta,
      boolean namespaced,
      Function<String, List<String>> nameForm,
      FieldErrors errors) {
    if (!meta.getGenerateName().isEmpty()) {
      for (String error : nameForm.apply(Names.asPrefix(meta.getGenerateName()))) {
        errors.invalid(METADATA.child("generateName"), meta.getGenerateName(), error);
      }
    }
    if (meta.getName().isEmpty()) {
      errors.required(METADATA.child("name"), "name or generateName is required");
    } else {
      for (String error : nameForm.apply(meta.getName())) {
        errors.invalid(METADATA.child("name"), meta.getName(), error);
      }
    }
    validateNamespace(meta, namespaced, errors);
    if (meta.getGeneration() < 0) {
      errors.invalid(
          METADATA.child("generation"), meta.getGeneration(), "must be greater than or equal to 0");
    }
    validateLabels(meta.getLabelsMap(), METADATA.child("labels"), errors);
    validateAnnotations(meta.getAnnotationsMap(), METADATA.child("annotations"), errors);
    validateOwners(meta.getOwnerReferencesList(), errors);
    Finalizers.validate(meta.getFinalizersList(), METADATA.child("finalizers"), errors);
  }

  private static void validateNamespace(ObjectMeta meta, boolean namespaced, FieldErrors errors) {
    FieldPath path = METADATA.child("namespace");
    String namespace = meta.getNamespace();
    if (!namespaced) {
      if (!namespace.isEmpty()) {
        errors.forbidden(path, "not allowed on this type");
      }
    } else if (namespace.isEmpty()) {
      errors.required(path);
    } else {
      for (String error : Names.dnsLabel(namespace)) {
        errors.invalid(path, namespace, error);
      }
    }
  }

  public static void validateUpdate(ObjectMeta meta, ObjectMeta old, FieldErrors errors) {
    if (old.hasDeletionTimestamp()) {
      refuseNewFinalizers(meta, old, errors);
    }
    if (meta.getGeneration() < old.getGeneration()) {
      errors.invalid(METADATA.child("generation"), meta.getGeneration(), "must not be decremented");
    }
    immutable(meta.getName(), old.getName(), METADATA.child("name"), errors);
    immutable(meta.getNamespace(), old.getNamespace(), METADATA.child("namespace"), errors);
    immutable(meta.getUid(), old.getUid(), METADATA.child("uid"), errors);
    if (!meta.getCreationTimestamp().equals(old.getCreationTimestamp())) {
      errors.invalid(
          METADATA.child("creationTimestamp"),
          timestamp(meta.getCreationTimestamp().getSeconds()),
          IMMUTABLE);
    }
    if (!meta.getDeletionTimestamp().equals(old.getDeletionTimestamp())) {
      errors.invalid(
          METADATA.child("deletionTimestamp"),
          timestamp(meta.getDeletionTimestamp().getSeconds()),
          IMMUTABLE);
    }
    if (meta.getDeletionGracePeriodSeconds() != old.getDeletionGracePeriodSeconds()) {
      errors.invalid(
          METADATA.child("deletionGracePeriodSeconds"),
          meta.getDeletionGracePeriodSeconds(),
          IMMUTABLE);
    }
    validateLabels(meta.getLabelsMap(), METADATA.child("labels"), errors);
    validateAnnotations(meta.getAnnotationsMap(), METADATA.child("annotations"), errors);
    validateOwners(meta.getOwnerReferencesList(), errors);
  }

  private static String timestamp(long seconds) {
    return java.time.Instant.ofEpochSecond(seconds).toString();
  }

  private static void immutable(String now, String old, FieldPath path, FieldErrors errors) {
    if (!now.equals(old)) {
      errors.invalid(path, now, IMMUTABLE);
    }
  }

  private static void refuseNewFinalizers(ObjectMeta meta, ObjectMeta old, FieldErrors errors) {
    List<String> added = new ArrayList<>(meta.getFinalizersList());
    added.removeAll(old.getFinalizersList());
    if (!added.isEmpty()) {
      StringBuilder shown = new StringBuilder();
      for (String one : added) {
        shown.append(shown.isEmpty() ? "" : ", ");
        BadValue.quote(one, shown);
      }
      errors.forbidden(
          METADATA.child("finalizers"),
          "no new finalizers can be added if the object is being deleted, found new finalizers"
              + " []string{"
              + shown
              + "}");
    }
  }

  public static void validateLabels(
      Map<String, String> labels, FieldPath path, FieldErrors errors) {
    for (Map.Entry<String, String> label : sorted(labels).entrySet()) {
      if (!Names.isLabelKey(label.getKey())) {
        for (String error : Names.labelKey(label.getKey())) {
          errors.invalid(path, label.getKey(), error);
        }
      }
      for (String error : Names.labelValue(label.getValue())) {
        errors.invalid(path, label.getValue(), error);
      }
    }
  }

  public static void validateAnnotations(
      Map<String, String> annotations, FieldPath path, FieldErrors errors) {
    long size = 0;
    for (Map.Entry<String, String> one : sorted(annotations).entrySet()) {
      // Case does not matter here, for reasons of history.
      for (String error : Names.qualified(one.getKey())) {
        errors.invalid(path, one.getKey(), error);
      }
      size += utf8Length(one.getKey()) + utf8Length(one.getValue());
    }
    if (size > ANNOTATIONS_MAX_BYTES) {
      errors.tooLong(path, ANNOTATIONS_MAX_BYTES);
    }
  }

  private static int utf8Length(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }

  private static void validateOwners(List<OwnerReference> owners, FieldErrors errors) {
    FieldPath path = METADATA.child("ownerReferences");
    OwnerReference controller = null;
    for (OwnerReference owner : owners) {
      validateOwner(owner, path, errors);
      if (owner.getController()) {
        if (controller != null) {
          errors.invalid(
              path,
              owners.stream().map(ObjectMetaValidation::shown).toList(),
              "Only one reference can have Controller set to true. Found \"true\" in references for "
                  + controller.getKind()
                  + "/"
                  + controller.getName()
                  + " and "
                  + owner.getKind()
                  + "/"
                  + owner.getName());
        } else {
          controller = owner;
        }
      }
    }
  }

  private static void validateOwner(OwnerReference owner, FieldPath path, FieldErrors errors) {
    String apiVersion = owner.getApiVersion();
    int slash = apiVersion.indexOf('/');
    boolean malformed = slash >= 0 && apiVersion.indexOf('/', slash + 1) >= 0;
    String version = malformed ? "" : apiVersion.substring(slash + 1);
    if (version.isEmpty()) {
      errors.invalid(path.child("apiVersion"), apiVersion, "version must not be empty");
    }
    notEmpty(owner.getKind(), path.child("kind"), errors);
    notEmpty(owner.getName(), path.child("name"), errors);
    notEmpty(owner.getUid(), path.child("uid"), errors);
    if (apiVersion.equals("v1") && owner.getKind().equals("Event")) {
      errors.invalid(path, shown(owner), "/v1, Kind=Event is disallowed from being an owner");
    }
  }

  private static void notEmpty(String value, FieldPath path, FieldErrors errors) {
    if (value.isEmpty()) {
      errors.invalid(path, value, "must not be empty");
    }
  }

  private static Map<String, Object> shown(OwnerReference owner) {
    Map<String, Object> shown = new LinkedHashMap<>();
    shown.put("apiVersion", owner.getApiVersion());
    shown.put("kind", owner.getKind());
    shown.put("name", owner.getName());
    shown.put("uid", owner.getUid());
    if (owner.hasController()) {
      shown.put("controller", owner.getController());
    }
    if (owner.hasBlockOwnerDeletion()) {
      shown.put("blockOwnerDeletion", owner.getBlockOwnerDeletion());
    }
    return shown;
  }

  private static Map<String, String> sorted(Map<String, String> map) {
    return map.size() < 2 ? map : new TreeMap<>(map);
  }
}
