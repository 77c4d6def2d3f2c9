package io.kemudi.apiserver.registry;

import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.apimachinery.errors.StatusDetails;
import io.kemudi.apimachinery.errors.StatusReason;

/// Asks the authorizer, and refuses in upstream's words.
public final class Authorization {
  private Authorization() {}

  /// @throws ApiException 403 when the user may not do this
  public static void require(RequestContext context, String verb, Target target) {
    Authorizer.Decision decision =
        context.authorizer().authorize(context.user(), Authorizer.Attributes.of(verb, target));
    note(context.audit(), decision);
    if (!decision.allowed()) {
      throw refusal(context.user(), verb, target, decision.reason());
    }
  }

  /// Notes the decision as upstream does; the first one of a request is the one that counts.
  public static void note(AuditHook audit, Authorizer.Decision decision) {
    audit.annotate("authorization.k8s.io/decision", decision.allowed() ? "allow" : "forbid");
    audit.annotate("authorization.k8s.io/reason", decision.reason());
  }

  /// As [#require], for a collection that may be narrowed to one object.
  public static void requireCollection(
      RequestContext context, String verb, Target target, String fieldSelector) {
    String name = target.name().isEmpty() ? selectedName(fieldSelector) : target.name();
    require(context, verb, target.named(name));
  }

  /// What [#requireCollection] asks for.
  public static Authorizer.Attributes ofCollection(
      String verb, Target target, String fieldSelector) {
    String name = target.name().isEmpty() ? selectedName(fieldSelector) : target.name();
    return Authorizer.Attributes.of(verb, target.named(name));
  }

  /// A collection narrowed to one name is asked for as that object, so that rights to single names
  /// allow to list and watch them; "" where there is no such name.
  public static String selectedName(String fieldSelector) {
    for (String part : fieldSelector.split(",", -1)) {
      if (part.startsWith("metadata.name=")) {
        String value = part.substring("metadata.name=".length());
        return value.startsWith("=") ? value.substring(1) : value;
      }
    }
    return "";
  }

  /// `pods "a" is forbidden: User "u" cannot get resource "pods" in API group "" in the namespace
  /// "n"`.
  public static ApiException refusal(User user, String verb, Target target, String reason) {
    ResourceRow row = target.row();
    String resource =
        target.subresource().isEmpty()
            ? row.resource()
            : row.resource() + "/" + target.subresource();
    StringBuilder message = new StringBuilder(row.qualifiedResource());
    if (!target.name().isEmpty()) {
      message.append(" \"").append(target.name()).append('"');
    }
    message
        .append(" is forbidden: User \"")
        .append(user.name())
        .append("\" cannot ")
        .append(verb)
        .append(" resource \"")
        .append(resource)
        .append("\" in API group \"")
        .append(row.group())
        .append('"');
    if (target.namespace().isEmpty()) {
      message.append(" at the cluster scope");
    } else {
      message.append(" in the namespace \"").append(target.namespace()).append('"');
    }
    if (!reason.isEmpty()) {
      message.append(": ").append(reason);
    }
    return new ApiException(
        StatusReason.FORBIDDEN,
        message.toString(),
        StatusDetails.of(row.group(), row.resource(), target.name()));
  }
}
