package io.kemudi.apiserver.auth;

import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.apimachinery.errors.StatusDetails;
import io.kemudi.apimachinery.errors.StatusReason;
import io.kemudi.apiserver.registry.Authorizer;
import io.kemudi.apiserver.registry.Authorizer.Attributes;
import io.kemudi.apiserver.registry.User;
import java.util.ArrayList;
import java.util.List;

/// Puts authorizers together, and words their refusals.
public final class Authorizers {
  private Authorizers() {}

  /// Allowed when one of them allows; a refusal tells the reasons of all.
  public static Authorizer union(List<Authorizer> authorizers) {
    List<Authorizer> all = List.copyOf(authorizers);
    return (user, asked) -> {
      List<String> reasons = new ArrayList<>(0);
      for (Authorizer each : all) {
        Authorizer.Decision decision = each.authorize(user, asked);
        if (decision.allowed()) {
          return decision;
        }
        if (!decision.reason().isEmpty()) {
          reasons.add(decision.reason());
        }
      }
      return reasons.isEmpty()
          ? Authorizer.Decision.NO_OPINION
          : new Authorizer.Decision(
              false,
              reasons.size() == 1 ? reasons.getFirst() : "[" + String.join(", ", reasons) + "]");
    };
  }

  /// Members of `system:masters` may do everything.
  public static Authorizer masters() {
    return (user, _) ->
        user.in(User.MASTERS) ? Authorizer.Decision.ALLOWED : Authorizer.Decision.NO_OPINION;
  }

  /// @throws ApiException FORBIDDEN in upstream's words when the user may not
  public static void require(Authorizer authorizer, User user, Attributes asked) {
    Authorizer.Decision decision = authorizer.authorize(user, asked);
    if (!decision.allowed()) {
      throw forbidden(user, asked, decision.reason());
    }
  }

  public static ApiException forbidden(User user, Attributes asked, String reason) {
    String why = reason.isEmpty() ? "" : ": " + reason;
    if (!asked.path().isEmpty()) {
      return new ApiException(
          StatusReason.FORBIDDEN,
          "forbidden: User \"%s\" cannot %s path \"%s\"%s"
              .formatted(user.name(), asked.verb(), asked.path(), why),
          StatusDetails.of("", "", ""));
    }
    String resource =
        asked.subresource().isEmpty()
            ? asked.resource()
            : asked.resource() + "/" + asked.subresource();
    String qualified = ApiException.qualified(asked.group(), asked.resource());
    String subject = asked.name().isEmpty() ? qualified : qualified + " \"" + asked.name() + "\"";
    String where =
        asked.namespace().isEmpty()
            ? "at the cluster scope"
            : "in the namespace \"" + asked.namespace() + "\"";
    return new ApiException(
        StatusReason.FORBIDDEN,
        "%s is forbidden: User \"%s\" cannot %s resource \"%s\" in API group \"%s\" %s%s"
            .formatted(subject, user.name(), asked.verb(), resource, asked.group(), where, why),
        StatusDetails.of(asked.group(), asked.resource(), asked.name()));
  }
}
