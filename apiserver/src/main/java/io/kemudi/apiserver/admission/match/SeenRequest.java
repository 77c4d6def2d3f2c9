package io.kemudi.apiserver.admission.match;

import io.kemudi.apimachinery.codec.Trees;
import io.kemudi.apiserver.admission.AdmissionRequest;
import io.kemudi.apiserver.admission.AdmissionRequest.Operation;
import io.kemudi.apiserver.registry.ObjectForm;
import io.kemudi.apiserver.registry.ObjectForms;
import io.kemudi.apiserver.registry.ResourceRow;
import io.kemudi.apiserver.registry.Target;
import io.kemudi.apiserver.registry.User;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A request as somebody outside sees it: in the version that they chose, as `AdmissionRequest` of
/// `admission.k8s.io`. Not thread-safe.
public final class SeenRequest {
  private final AdmissionRequest request;
  private final ObjectForms forms;
  private final Target target;
  private @Nullable Map<String, @Nullable Object> object;
  private @Nullable Map<String, @Nullable Object> old;

  /// @param row as [Constraints#choose] gave it
  public SeenRequest(AdmissionRequest request, ObjectForms forms, ResourceRow row) {
    Target own = request.target();
    this.request = request;
    this.forms = forms;
    this.target = new Target(row, own.subresource(), own.namespace(), own.name());
  }

  public Target target() {
    return target;
  }

  public AdmissionRequest request() {
    return request;
  }

  /// The object as it shall be; null for a deletion. Not to be changed.
  public @Nullable Map<String, @Nullable Object> object() {
    if (object == null && request.operation() != Operation.DELETE) {
      object = forms.shown(target, request.object(), request.revision());
    }
    return object;
  }

  /// The object as it was; null where there was none. Not to be changed.
  public @Nullable Map<String, @Nullable Object> old() {
    Map<String, @Nullable Object> before = request.old();
    if (old == null && before != null) {
      old = forms.shown(target, before, request.revision());
    }
    return old;
  }

  /// Makes the object what somebody outside wants it to be. Answers whether that is a change.
  ///
  /// @throws io.kemudi.apimachinery.errors.ApiException BadRequest when it is no such object
  public boolean replace(Map<String, @Nullable Object> wanted) {
    Map<String, @Nullable Object> admitted = forms.admitted(target, wanted, request.object());
    boolean changed = !admitted.equals(request.object());
    if (changed) {
      request.replace(admitted);
      object = null;
    }
    return changed;
  }

  /// The request without its uid, the objects and the options.
  public Map<String, @Nullable Object> about() {
    Target asked = request.target();
    Map<String, @Nullable Object> tree = new LinkedHashMap<>();
    tree.put("kind", kind(target));
    tree.put("resource", resource(target));
    putUnlessEmpty(tree, "subResource", target.subresource());
    tree.put("requestKind", kind(asked));
    tree.put("requestResource", resource(asked));
    putUnlessEmpty(tree, "requestSubResource", asked.subresource());
    putUnlessEmpty(tree, "name", asked.name());
    putUnlessEmpty(tree, "namespace", namespace());
    tree.put("operation", request.operation().name());
    tree.put("userInfo", user(request.context().user()));
    return tree;
  }

  /// A namespace is in itself.
  public String namespace() {
    return request.isOf("", "namespaces") ? request.target().name() : request.target().namespace();
  }

  private Map<String, @Nullable Object> kind(Target of) {
    ObjectForm form = forms.form(of);
    int slash = form.apiVersion().indexOf('/');
    return names(
        slash < 0 ? "" : form.apiVersion().substring(0, slash),
        form.apiVersion().substring(slash + 1),
        "kind",
        form.kind());
  }

  private static Map<String, @Nullable Object> resource(Target of) {
    return names(of.row().group(), of.row().version(), "resource", of.row().resource());
  }

  private static Map<String, @Nullable Object> names(
      String group, String version, String what, String name) {
    Map<String, @Nullable Object> tree = new LinkedHashMap<>();
    tree.put("group", group);
    tree.put("version", version);
    tree.put(what, name);
    return tree;
  }

  private static Map<String, @Nullable Object> user(User user) {
    Map<String, @Nullable Object> tree = new LinkedHashMap<>();
    putUnlessEmpty(tree, "username", user.name());
    putUnlessEmpty(tree, "uid", user.uid());
    if (!user.groups().isEmpty()) {
      tree.put("groups", user.groups());
    }
    if (!user.extra().isEmpty()) {
      tree.put("extra", Trees.copy(user.extra()));
    }
    return tree;
  }

  private static void putUnlessEmpty(
      Map<String, @Nullable Object> tree, String field, String value) {
    if (!value.isEmpty()) {
      tree.put(field, value);
    }
  }
}
