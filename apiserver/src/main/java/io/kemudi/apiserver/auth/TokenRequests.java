package io.kemudi.apiserver.auth;

import com.google.protobuf.Message;
import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.apimachinery.errors.StatusCause;
import io.kemudi.apimachinery.resource.ResourceType;
import io.kemudi.apimachinery.resource.ResourceTypes;
import io.kemudi.apiserver.registry.Registry;
import io.kemudi.kubernetes.authentication.v1.TokenRequest;
import io.kemudi.kubernetes.authentication.v1.TokenRequestStatus;
import io.kemudi.kubernetes.core.v1.Pod;
import io.kemudi.kubernetes.core.v1.ServiceAccount;
import io.kemudi.kubernetes.meta.v1.ObjectMeta;
import io.kemudi.kubernetes.meta.v1.Time;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Answers `serviceaccounts/NAME/token`: a token for the account, maybe bound to a pod, a secret or
/// a node.
public final class TokenRequests {
  /// How long a token holds when nothing is asked for.
  public static final long DEFAULT_SECONDS = 3600;

  private static final long MIN_SECONDS = 600;
  private static final long MAX_SECONDS = 1L << 32;

  private final ServiceAccountTokens tokens;
  private final Registry registry;
  private final InstantSource clock;

  public TokenRequests(ServiceAccountTokens tokens, Registry registry, InstantSource clock) {
    this.tokens = tokens;
    this.registry = registry;
    this.clock = clock;
  }

  public TokenRequest create(String namespace, String name, TokenRequest request) {
    ServiceAccount account =
        ServiceAccountTokens.read(registry, ResourceTypes.SERVICE_ACCOUNTS, namespace, name, "");
    if (account == null) {
      throw ApiException.notFound("", "serviceaccounts", name);
    }
    long seconds =
        request.getSpec().hasExpirationSeconds()
            ? request.getSpec().getExpirationSeconds()
            : DEFAULT_SECONDS;
    checkSeconds(seconds);
    List<String> audiences =
        request.getSpec().getAudiencesCount() == 0
            ? tokens.audiences()
            : request.getSpec().getAudiencesList();
    Instant now = clock.instant();
    Instant expires = now.plusSeconds(seconds);
    ServiceAccountTokens.Bound bound =
        request.getSpec().hasBoundObjectRef() ? bound(namespace, request) : null;
    String token = tokens.issue(account.getMetadata(), audiences, expires, bound);
    TokenRequest.Builder answer = request.toBuilder();
    answer
        .getMetadataBuilder()
        .setName(name)
        .setNamespace(namespace)
        .setUid(account.getMetadata().getUid())
        .setCreationTimestamp(Time.newBuilder().setSeconds(now.getEpochSecond()));
    answer
        .getSpecBuilder()
        .clearAudiences()
        .addAllAudiences(audiences)
        .setExpirationSeconds(seconds);
    return answer
        .setStatus(
            TokenRequestStatus.newBuilder()
                .setToken(token)
                .setExpirationTimestamp(Time.newBuilder().setSeconds(expires.getEpochSecond())))
        .build();
  }

  private static void checkSeconds(long seconds) {
    String problem = "";
    if (seconds < MIN_SECONDS) {
      problem = "may not specify a duration less than 10 minutes";
    } else if (seconds > MAX_SECONDS) {
      problem = "may not specify a duration larger than 2^32 seconds";
    }
    if (!problem.isEmpty()) {
      String message = "Invalid value: " + seconds + ": " + problem;
      throw ApiException.invalid(
          "authentication.k8s.io",
          "TokenRequest",
          "",
          "TokenRequest.authentication.k8s.io \"\" is invalid: spec.expirationSeconds: " + message,
          List.of(new StatusCause("FieldValueInvalid", message, "spec.expirationSeconds")));
    }
  }

  private ServiceAccountTokens.Bound bound(String namespace, TokenRequest request) {
    var reference = request.getSpec().getBoundObjectRef();
    return switch (reference.getKind()) {
      case "Pod" -> {
        Pod pod = need(ResourceTypes.PODS, namespace, reference.getName(), reference.getUID());
        String node = pod.getSpec().getNodeName();
        yield new ServiceAccountTokens.Bound(
            "Pod",
            reference.getName(),
            pod.getMetadata().getUid(),
            node.isEmpty()
                ? null
                : new ServiceAccountTokens.Bound("Node", node, uidOf(node), null));
      }
      case "Secret" ->
          new ServiceAccountTokens.Bound(
              "Secret",
              reference.getName(),
              need(ResourceTypes.SECRETS, namespace, reference.getName(), reference.getUID())
                  .getMetadata()
                  .getUid(),
              null);
      case "Node" ->
          new ServiceAccountTokens.Bound(
              "Node",
              reference.getName(),
              need(ResourceTypes.NODES, "", reference.getName(), reference.getUID())
                  .getMetadata()
                  .getUid(),
              null);
      default ->
          throw ApiException.badRequest(
              "cannot bind token to object of type " + reference.getKind());
    };
  }

  private <T extends Message> T need(
      ResourceType<T> type, String namespace, String name, String uid) {
    @Nullable T object = ServiceAccountTokens.read(registry, type, namespace, name, "");
    if (object == null) {
      throw ApiException.notFound(type.group(), type.resource(), name);
    }
    ObjectMeta meta = type.metadata().apply(object);
    if (!uid.isEmpty() && !uid.equals(meta.getUid())) {
      throw ApiException.conflict(
          "",
          type.kind(),
          name,
          "the UID in the bound object reference (%s) does not match the UID in record. The object might have been deleted and then recreated"
              .formatted(uid));
    }
    return object;
  }

  private String uidOf(String node) {
    var found = ServiceAccountTokens.read(registry, ResourceTypes.NODES, "", node, "0");
    return found == null ? "" : found.getMetadata().getUid();
  }
}
