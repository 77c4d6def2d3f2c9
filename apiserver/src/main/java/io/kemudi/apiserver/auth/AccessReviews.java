package io.kemudi.apiserver.auth;

import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.apiserver.registry.Authorizer;
import io.kemudi.apiserver.registry.Authorizer.Attributes;
import io.kemudi.apiserver.registry.User;
import io.kemudi.kubernetes.authentication.v1.SelfSubjectReview;
import io.kemudi.kubernetes.authentication.v1.TokenReview;
import io.kemudi.kubernetes.authentication.v1.TokenReviewStatus;
import io.kemudi.kubernetes.authentication.v1.UserInfo;
import io.kemudi.kubernetes.authorization.v1.LocalSubjectAccessReview;
import io.kemudi.kubernetes.authorization.v1.NonResourceAttributes;
import io.kemudi.kubernetes.authorization.v1.NonResourceRule;
import io.kemudi.kubernetes.authorization.v1.ResourceAttributes;
import io.kemudi.kubernetes.authorization.v1.ResourceRule;
import io.kemudi.kubernetes.authorization.v1.SelfSubjectAccessReview;
import io.kemudi.kubernetes.authorization.v1.SelfSubjectRulesReview;
import io.kemudi.kubernetes.authorization.v1.SubjectAccessReview;
import io.kemudi.kubernetes.authorization.v1.SubjectAccessReviewStatus;
import io.kemudi.kubernetes.authorization.v1.SubjectRulesReviewStatus;
import io.kemudi.kubernetes.meta.v1.Time;
import io.kemudi.kubernetes.rbac.v1.PolicyRule;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Answers the questions that clients ask about users and rights: the review APIs, as functions of
/// their messages.
public final class AccessReviews {
  private final Authorizer authorizer;
  private final RbacAuthorizer rbac;
  private final Authenticator authenticator;
  private final ServiceAccountTokens serviceAccounts;
  private final List<String> audiences;
  private final InstantSource clock;

  /// `authenticator` judges bearer tokens; `serviceAccounts` also those meant for others than this
  /// server.
  public AccessReviews(
      Authorizer authorizer,
      RbacAuthorizer rbac,
      Authenticator authenticator,
      ServiceAccountTokens serviceAccounts,
      InstantSource clock) {
    this.authorizer = authorizer;
    this.rbac = rbac;
    this.authenticator = authenticator;
    this.serviceAccounts = serviceAccounts;
    this.audiences = serviceAccounts.audiences();
    this.clock = clock;
  }

  public SubjectAccessReview review(SubjectAccessReview review) {
    var spec = review.getSpec();
    ReviewValidation.validate(review);
    Attributes asked =
        asked(
            spec.hasResourceAttributes(),
            spec.getResourceAttributes(),
            spec.getNonResourceAttributes());
    Map<String, List<String>> extra = new LinkedHashMap<>();
    spec.getExtraMap().forEach((key, values) -> extra.put(key, values.getItemsList()));
    User user = new User(spec.getUser(), spec.getUid(), spec.getGroupsList(), extra);
    return review.toBuilder().setStatus(status(user, asked)).build();
  }

  public LocalSubjectAccessReview review(String namespace, LocalSubjectAccessReview review) {
    ReviewValidation.validate(namespace, review);
    SubjectAccessReview answer =
        review(SubjectAccessReview.newBuilder().setSpec(review.getSpec()).build());
    LocalSubjectAccessReview.Builder answered = review.toBuilder().setStatus(answer.getStatus());
    answered.getMetadataBuilder().setNamespace(namespace);
    return answered.build();
  }

  public SelfSubjectAccessReview review(User user, SelfSubjectAccessReview review) {
    var spec = review.getSpec();
    ReviewValidation.validate(review);
    Attributes asked =
        asked(
            spec.hasResourceAttributes(),
            spec.getResourceAttributes(),
            spec.getNonResourceAttributes());
    return review.toBuilder().setStatus(status(user, asked)).build();
  }

  public SelfSubjectRulesReview review(User user, SelfSubjectRulesReview review) {
    String namespace = review.getSpec().getNamespace();
    if (namespace.isEmpty()) {
      throw ApiException.badRequest("no namespace on request");
    }
    var status = SubjectRulesReviewStatus.newBuilder().setIncomplete(false);
    for (PolicyRule rule : rbac.rules(user, namespace)) {
      if (rule.getResourcesCount() > 0) {
        status.addResourceRules(
            ResourceRule.newBuilder()
                .addAllVerbs(rule.getVerbsList())
                .addAllApiGroups(rule.getApiGroupsList())
                .addAllResources(rule.getResourcesList())
                .addAllResourceNames(rule.getResourceNamesList()));
      }
      if (rule.getNonResourceURLsCount() > 0) {
        status.addNonResourceRules(
            NonResourceRule.newBuilder()
                .addAllVerbs(rule.getVerbsList())
                .addAllNonResourceURLs(rule.getNonResourceURLsList()));
      }
    }
    return SelfSubjectRulesReview.newBuilder().setStatus(status).build();
  }

  public SelfSubjectReview review(User user, SelfSubjectReview ignored) {
    SelfSubjectReview.Builder answer = SelfSubjectReview.newBuilder();
    answer
        .getMetadataBuilder()
        .setCreationTimestamp(Time.newBuilder().setSeconds(clock.instant().getEpochSecond()));
    answer.getStatusBuilder().setUserInfo(info(user));
    return answer.build();
  }

  public TokenReview review(TokenReview review) {
    if (review.getSpec().getToken().isEmpty()) {
      throw ApiException.badRequest("token is required for TokenReview in authentication");
    }
    TokenReviewStatus.Builder status = TokenReviewStatus.newBuilder();
    try {
      User user = bearer(review.getSpec().getToken(), review.getSpec().getAudiencesList());
      status
          .setAuthenticated(true)
          .setUser(info(user))
          .addAllAudiences(
              audiencesOf(review.getSpec().getToken(), user, review.getSpec().getAudiencesList()));
    } catch (ApiException _) {
      status.setUser(UserInfo.getDefaultInstance()).setError(why(review));
    }
    return review.toBuilder().setStatus(status).build();
  }

  /// Those of the audiences asked about (this server's when none) that the token is for; tokens
  /// that name none are for this server.
  private List<String> audiencesOf(String token, User user, List<String> asked) {
    List<String> wanted = asked.isEmpty() ? audiences : asked;
    Map<String, @Nullable Object> claims =
        user.name().startsWith(ServiceAccountNames.PREFIX)
            ? JsonWebTokens.unverifiedClaims(token)
            : null;
    List<String> named = claims == null ? audiences : ServiceAccountTokens.audiencesOf(claims);
    return wanted.stream().filter(named::contains).toList();
  }

  /// All authenticators are asked; those who do not know the token say so first.
  private String why(TokenReview review) {
    List<String> asked = review.getSpec().getAudiencesList();
    String known =
        serviceAccounts.refusal(review.getSpec().getToken(), asked.isEmpty() ? audiences : asked);
    return known == null ? "invalid bearer token" : "[invalid bearer token, " + known + "]";
  }

  /// Service account tokens are judged by the audiences asked about; others are for this server.
  private User bearer(String token, List<String> asked) {
    User account = serviceAccounts.authenticate(token, asked.isEmpty() ? audiences : asked);
    if (account != null) {
      return account;
    }
    boolean forUs = asked.isEmpty() || !java.util.Collections.disjoint(asked, audiences);
    User user = forUs ? authenticator.authenticate(new Credentials(List.of(), token)) : null;
    if (user == null) {
      throw Authenticator.unauthorized();
    }
    return user;
  }

  private SubjectAccessReviewStatus status(User user, Attributes asked) {
    Authorizer.Decision decision = authorizer.authorize(user, asked);
    return SubjectAccessReviewStatus.newBuilder()
        .setAllowed(decision.allowed())
        .setReason(decision.reason())
        .build();
  }

  private static Attributes asked(
      boolean aboutResource, ResourceAttributes resource, NonResourceAttributes path) {
    return !aboutResource
        ? new Attributes(path.getVerb(), "", "", "", "", "", "", path.getPath())
        : new Attributes(
            resource.getVerb(),
            resource.getGroup(),
            resource.getVersion(),
            resource.getResource(),
            resource.getSubresource(),
            resource.getNamespace(),
            resource.getName(),
            "");
  }

  private static UserInfo info(User user) {
    UserInfo.Builder info =
        UserInfo.newBuilder()
            .setUsername(user.name())
            .setUid(user.uid())
            .addAllGroups(user.groups());
    user.extra()
        .forEach((key, values) ->
            info.putExtra(
                key,
                io.kemudi.kubernetes.authentication.v1.ExtraValue.newBuilder()
                    .addAllItems(values)
                    .build()));
    return info.build();
  }
}
