package io.kemudi.apiserver.auth;

import io.kemudi.apimachinery.codec.ProtobufCodec;
import io.kemudi.apimachinery.schema.Schema;
import io.kemudi.apimachinery.validation.FieldError;
import io.kemudi.kubernetes.authorization.v1.LocalSubjectAccessReview;
import io.kemudi.kubernetes.authorization.v1.NonResourceAttributes;
import io.kemudi.kubernetes.authorization.v1.ResourceAttributes;
import io.kemudi.kubernetes.authorization.v1.SelfSubjectAccessReview;
import io.kemudi.kubernetes.authorization.v1.SubjectAccessReview;
import io.kemudi.kubernetes.meta.v1.ObjectMeta;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What a question about access must be like to have an answer.
final class ReviewValidation {
  private static final String GROUP = "authorization.k8s.io";
  private static final String RESOURCE = "spec.resourceAttributes";
  private static final String PATH = "spec.nonResourceAttributes";

  private ReviewValidation() {}

  static void validate(SubjectAccessReview review) {
    var errors = new ArrayList<FieldError>();
    var spec = review.getSpec();
    oneOf(
        spec.hasResourceAttributes(),
        spec.hasNonResourceAttributes(),
        spec.getNonResourceAttributes(),
        errors);
    if (spec.getUser().isEmpty() && spec.getGroupsCount() == 0) {
      errors.add(invalid("spec.user", "", "at least one of user or group must be specified"));
    }
    selectors(spec.getResourceAttributes(), errors);
    nameless(review.getMetadata(), errors);
    refuse(errors);
  }

  static void validate(SelfSubjectAccessReview review) {
    var errors = new ArrayList<FieldError>();
    var spec = review.getSpec();
    oneOf(
        spec.hasResourceAttributes(),
        spec.hasNonResourceAttributes(),
        spec.getNonResourceAttributes(),
        errors);
    selectors(spec.getResourceAttributes(), errors);
    nameless(review.getMetadata(), errors);
    refuse(errors);
  }

  /// What only the question within a namespace asks for; the rest is as for the general one.
  static void validate(String namespace, LocalSubjectAccessReview review) {
    var spec = review.getSpec();
    if (spec.hasResourceAttributes()
        && !spec.getResourceAttributes().getNamespace().equals(namespace)) {
      refuse(
          List.of(
              invalid(
                  RESOURCE + ".namespace",
                  spec.getResourceAttributes().getNamespace(),
                  "must match metadata.namespace")));
    }
    if (spec.hasNonResourceAttributes()) {
      refuse(
          List.of(
              invalid(
                  PATH,
                  shown(spec.getNonResourceAttributes()),
                  "disallowed on this kind of request")));
    }
  }

  private static void oneOf(
      boolean aboutResource,
      boolean aboutPath,
      NonResourceAttributes path,
      List<FieldError> errors) {
    if (aboutResource && aboutPath) {
      errors.add(
          invalid(PATH, shown(path), "cannot be specified in combination with resourceAttributes"));
    }
    if (!aboutResource && !aboutPath) {
      errors.add(
          invalid(
              RESOURCE,
              null,
              "exactly one of nonResourceAttributes or resourceAttributes must be specified"));
    }
  }

  private static void selectors(ResourceAttributes asked, List<FieldError> errors) {
    String why = "may not specified at the same time as requirements";
    var fields = asked.getFieldSelector();
    if (!fields.getRawSelector().isEmpty() && fields.getRequirementsCount() > 0) {
      errors.add(invalid(RESOURCE + ".fieldSelector.rawSelector", fields.getRawSelector(), why));
    }
    var labels = asked.getLabelSelector();
    if (!labels.getRawSelector().isEmpty() && labels.getRequirementsCount() > 0) {
      errors.add(invalid(RESOURCE + ".labelSelector.rawSelector", labels.getRawSelector(), why));
    }
  }

  /// Reviews are no objects: they have no name and no labels.
  private static void nameless(ObjectMeta metadata, List<FieldError> errors) {
    // as a tree, which leaves out the empty fields that upstream's encoding always writes
    Map<String, @Nullable Object> tree =
        ProtobufCodec.decode(Schema.message("meta.v1.ObjectMeta"), metadata.toByteArray());
    boolean empty =
        tree.entrySet().stream()
            .allMatch(field -> field.getValue() == null || field.getKey().equals("managedFields"));
    if (!empty) {
      errors.add(invalid("metadata", tree, "must be empty"));
    }
  }

  private static FieldError invalid(String field, @Nullable Object value, String why) {
    return new FieldError(FieldError.Type.INVALID, field, value, why);
  }

  /// Upstream shows its internal form, whose names begin with capitals.
  private static Map<String, Object> shown(NonResourceAttributes path) {
    return new TreeMap<>(Map.of("Path", path.getPath(), "Verb", path.getVerb()));
  }

  /// The refusal names no kind, as upstream's does not.
  private static void refuse(List<FieldError> errors) {
    if (!errors.isEmpty()) {
      throw FieldError.toStatus(GROUP, "", "", errors);
    }
  }
}
