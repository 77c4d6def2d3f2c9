package io.kemudi.apiserver.admission;

import io.kemudi.apimachinery.codec.Trees;
import io.kemudi.apiserver.registry.Authorizer;
import io.kemudi.apiserver.registry.Authorizer.Attributes;
import io.kemudi.apiserver.registry.ObjectReader;
import io.kemudi.apiserver.registry.User;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Lets nobody grant what they do not have: who writes a role must hold every right in it (or the
/// right `escalate` on it), who binds a role every right of that role (or `bind` on it).
///
/// Rights are asked of the request's own authorizer, literally: a rule with `*` is covered only by
/// one with `*`.
final class RoleEscalation implements AdmissionPlugin {
  private static final String GROUP = "rbac.authorization.k8s.io";
  private static final Set<String> ROLES = Set.of("roles", "clusterroles");
  private static final Set<String> BINDINGS = Set.of("rolebindings", "clusterrolebindings");

  /// A role of more combinations than this is refused to those who cannot escalate; upstream's
  /// largest has under 2,000.
  private static final int MAX_QUESTIONS = 20_000;

  private final ObjectReader objects;

  RoleEscalation(ObjectReader objects) {
    this.objects = objects;
  }

  @Override
  public String name() {
    return "RBACEscalation";
  }

  @Override
  public void validate(AdmissionRequest request) {
    if (!request.target().row().group().equals(GROUP)
        || request.operation() == AdmissionRequest.Operation.DELETE
        || request.context().user().in(User.MASTERS)) {
      return;
    }
    String resource = request.target().row().resource();
    if (ROLES.contains(resource)) {
      checkRole(request, resource);
    } else if (BINDINGS.contains(resource)) {
      checkBinding(request);
    }
  }

  private void checkRole(AdmissionRequest request, String resource) {
    Map<String, @Nullable Object> old = request.old();
    boolean sameRules =
        old != null && java.util.Objects.equals(old.get("rules"), request.object().get("rules"));
    if (sameRules || may(request, "escalate", resource, request.target().name())) {
      return;
    }
    requireHeld(request, request.object(), request.target().namespace());
  }

  private void checkBinding(AdmissionRequest request) {
    Map<String, @Nullable Object> old = request.old();
    boolean same =
        old != null
            && java.util.Objects.equals(old.get("roleRef"), request.object().get("roleRef"))
            && java.util.Objects.equals(old.get("subjects"), request.object().get("subjects"));
    String kind = String.valueOf(Trees.at(request.object(), "roleRef", "kind"));
    String name = String.valueOf(Trees.at(request.object(), "roleRef", "name"));
    String resource = kind.equals("Role") ? "roles" : "clusterroles";
    if (same || may(request, "bind", resource, name)) {
      return;
    }
    String namespace = kind.equals("Role") ? request.target().namespace() : "";
    Map<String, @Nullable Object> role = objects.latest(resource + "." + GROUP, namespace, name);
    if (role == null) {
      throw request.forbidden(
          resource
              + "."
              + GROUP
              + " \""
              + name
              + "\" not found, and binding it in advance needs the right to bind it");
    }
    requireHeld(request, role, request.target().namespace());
  }

  private void requireHeld(
      AdmissionRequest request, Map<String, @Nullable Object> role, String namespace) {
    List<String> missing = new ArrayList<>();
    int asked = 0;
    for (Map<?, ?> rule : rules(role)) {
      for (Attributes each : combinations(rule, namespace)) {
        if (++asked > MAX_QUESTIONS) {
          throw request.forbidden("the role has too many rules to be checked for escalation");
        }
        if (!held(request, each)) {
          missing.add(words(rule));
          break;
        }
      }
    }
    if (!missing.isEmpty()) {
      User user = request.context().user();
      throw request.forbidden(
          "user \"%s\" (groups=%s) is attempting to grant RBAC permissions not currently held:\n%s"
              .formatted(user.name(), quoted(user.groups()), String.join("\n", missing)));
    }
  }

  private static List<Map<?, ?>> rules(Map<String, @Nullable Object> role) {
    List<Map<?, ?>> rules = new ArrayList<>();
    if (role.get("rules") instanceof List<?> list) {
      for (Object rule : list) {
        if (rule instanceof Map<?, ?> map) {
          rules.add(map);
        }
      }
    }
    return rules;
  }

  private static List<Attributes> combinations(Map<?, ?> rule, String namespace) {
    List<Attributes> all = new ArrayList<>();
    List<String> names = strings(rule, "resourceNames");
    for (String verb : strings(rule, "verbs")) {
      for (String url : strings(rule, "nonResourceURLs")) {
        all.add(new Attributes(verb, "", "", "", "", "", "", url));
      }
      for (String group : strings(rule, "apiGroups")) {
        for (String resource : strings(rule, "resources")) {
          int slash = resource.indexOf('/');
          String plain = slash < 0 ? resource : resource.substring(0, slash);
          String subresource = slash < 0 ? "" : resource.substring(slash + 1);
          for (String name : names.isEmpty() ? List.of("") : names) {
            all.add(new Attributes(verb, group, "", plain, subresource, namespace, name, ""));
          }
        }
      }
    }
    return all;
  }

  private static boolean held(AdmissionRequest request, Attributes asked) {
    Authorizer authorizer = request.context().authorizer();
    return authorizer.authorize(request.context().user(), asked).allowed();
  }

  private static boolean may(AdmissionRequest request, String verb, String resource, String name) {
    return held(
        request,
        new Attributes(verb, GROUP, "v1", resource, "", request.target().namespace(), name, ""));
  }

  private static String words(Map<?, ?> rule) {
    List<String> parts = new ArrayList<>();
    for (Map.Entry<String, String> field :
        List.of(
            Map.entry("apiGroups", "APIGroups"),
            Map.entry("resources", "Resources"),
            Map.entry("resourceNames", "ResourceNames"),
            Map.entry("nonResourceURLs", "NonResourceURLs"),
            Map.entry("verbs", "Verbs"))) {
      List<String> values = strings(rule, field.getKey());
      if (!values.isEmpty()) {
        parts.add(field.getValue() + ":" + quoted(values));
      }
    }
    return "{" + String.join(", ", parts) + "}";
  }

  private static String quoted(List<String> values) {
    return "[\"" + String.join("\" \"", values) + "\"]";
  }

  private static List<String> strings(Map<?, ?> rule, String field) {
    List<String> values = new ArrayList<>();
    if (rule.get(field) instanceof List<?> list) {
      list.forEach(value -> values.add(String.valueOf(value)));
    }
    return values;
  }
}
