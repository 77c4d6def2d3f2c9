package io.kemudi.apiserver.admission.policy;

import io.kemudi.apimachinery.selector.LabelSelector;
import io.kemudi.apiserver.registry.Meta;
import io.kemudi.apiserver.registry.ObjectForms;
import io.kemudi.apiserver.registry.ResourceRow;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The parameters that a binding names. They come out of the same cache as the policy and the
/// binding, which is complete before the server answers its first request: a policy is never looked
/// at without parameters that are there.
final class Parameters {
  private Parameters() {}

  /// A binding or a policy that cannot be followed.
  static final class NotFollowable extends RuntimeException {
    private NotFollowable(String message) {
      super(message, null, false, false);
    }

    String text() {
      return String.valueOf(getMessage());
    }
  }

  /// One null for a policy that takes none.
  ///
  /// @throws NotFollowable in upstream's words
  static List<@Nullable Map<String, @Nullable Object>> of(
      Policy policy, Binding binding, String requestNamespace, ObjectForms forms) {
    Policy.ParamKind kind = policy.paramKind();
    Binding.ParamRef ref = binding.params();
    if (kind == null || ref == null) {
      return Collections.singletonList(null);
    }
    ResourceRow row = forms.ofKind(kind.apiVersion(), kind.kind());
    if (row == null) {
      throw new NotFollowable(
          "paramKind kind `" + kind.apiVersion() + ", Kind=" + kind.kind() + "` not known");
    }
    List<@Nullable Map<String, @Nullable Object>> found =
        named(ref, row, namespace(ref, row, requestNamespace), forms);
    if (found.isEmpty() && ref.required()) {
      throw new NotFollowable(
          "no params found for policy binding with `Deny` parameterNotFoundAction");
    }
    return found;
  }

  private static String namespace(Binding.ParamRef ref, ResourceRow row, String requestNamespace) {
    if (!row.namespaced()) {
      if (!ref.namespace().isEmpty()) {
        throw new NotFollowable(
            "paramRef.namespace must not be provided for a cluster-scoped `paramKind`");
      }
      return "";
    }
    String namespace = ref.namespace().isEmpty() ? requestNamespace : ref.namespace();
    if (namespace.isEmpty()) {
      throw new NotFollowable(
          "cannot use namespaced paramRef in policy binding that matches cluster-scoped resources");
    }
    return namespace;
  }

  private static List<@Nullable Map<String, @Nullable Object>> named(
      Binding.ParamRef ref, ResourceRow row, String namespace, ObjectForms forms) {
    LabelSelector selector = ref.selector();
    List<@Nullable Map<String, @Nullable Object>> found = new ArrayList<>();
    if (selector == null) {
      Map<String, @Nullable Object> object = forms.get(row, namespace, ref.name());
      if (object != null) {
        found.add(object);
      }
      return found;
    }
    for (Map<String, @Nullable Object> object : forms.list(row, namespace)) {
      if (selector.matches(Meta.labels(object))) {
        found.add(object);
      }
    }
    return found;
  }
}
