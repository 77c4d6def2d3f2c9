package io.kemudi.apiserver.admission.match;

import io.kemudi.apimachinery.cel.library.CelAuthorizer;
import io.kemudi.apiserver.auth.ServiceAccountNames;
import io.kemudi.apiserver.registry.Authorizer;
import io.kemudi.apiserver.registry.RequestContext;
import io.kemudi.apiserver.registry.User;
import java.util.Map;

/// Answers what an expression asks about the rights of a request's user.
record RequestAuthorizer(Authorizer authorizer, User user) implements CelAuthorizer {
  RequestAuthorizer(RequestContext context) {
    this(context.authorizer(), context.user());
  }

  @Override
  public Decision check(Question question) {
    Authorizer.Decision decision =
        authorizer.authorize(
            user,
            new Authorizer.Attributes(
                question.verb(),
                question.group(),
                question.path().isEmpty() ? "*" : "",
                question.resource(),
                question.subresource(),
                question.namespace(),
                question.name(),
                question.path()));
    return new Decision(decision.allowed(), decision.reason(), "");
  }

  @Override
  public CelAuthorizer serviceAccount(String namespace, String name) {
    User account =
        new User(
            ServiceAccountNames.user(namespace, name),
            "",
            ServiceAccountNames.groups(namespace),
            Map.of());
    return new RequestAuthorizer(authorizer, account);
  }
}
