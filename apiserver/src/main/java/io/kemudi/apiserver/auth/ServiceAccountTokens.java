package io.kemudi.apiserver.auth;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.apimachinery.errors.StatusReason;
import io.kemudi.apimachinery.resource.ResourceType;
import io.kemudi.apimachinery.resource.ResourceTypes;
import io.kemudi.apiserver.registry.Registry;
import io.kemudi.apiserver.registry.RequestContext;
import io.kemudi.apiserver.registry.Target;
import io.kemudi.apiserver.registry.User;
import io.kemudi.kubernetes.meta.v1.ObjectMeta;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Issues the tokens of service accounts and knows their bearers. A token is good while its
/// signature, times, issuer and audience are, and while the account and the object it is bound to
/// live on under the same uid.
public final class ServiceAccountTokens implements Authenticator {
  private static final String CLAIMS = "kubernetes.io";
  private static final String CREDENTIAL = "authentication.kubernetes.io/credential-id";
  private static final String POD = "authentication.kubernetes.io/pod-";
  private static final String NODE = "authentication.kubernetes.io/node-";

  /// Clocks of machines differ.
  private static final Duration LEEWAY = Duration.ofSeconds(10);

  private static final int REMEMBERED = 8192;

  private final String issuer;
  private final List<String> audiences;
  private final JsonWebTokens tokens;
  private final Registry registry;
  private final InstantSource clock;

  /// digest of a token -> its claims, once the signature was found good
  private final Map<String, Map<String, @Nullable Object>> verified =
      Collections.synchronizedMap(
          new LinkedHashMap<>(64, 0.75f, true) {
            @Override
            protected boolean removeEldestEntry(
                Map.Entry<String, Map<String, @Nullable Object>> eldest) {
              return size() > REMEMBERED;
            }
          });

  /// What a token is bound to besides its account; `node` is where a bound pod runs.
  public record Bound(String kind, String name, String uid, @Nullable Bound node) {}

  /// `audiences` are those that this API server goes by; empty means the issuer.
  public ServiceAccountTokens(
      String issuer,
      List<String> audiences,
      PrivateKey signingKey,
      List<PublicKey> publicKeys,
      Registry registry,
      InstantSource clock) {
    this.issuer = issuer;
    this.audiences = audiences.isEmpty() ? List.of(issuer) : List.copyOf(audiences);
    this.tokens = new JsonWebTokens(signingKey, publicKeys);
    this.registry = registry;
    this.clock = clock;
  }

  /// What a token is for when its request does not say.
  public List<String> audiences() {
    return audiences;
  }

  public String issue(
      ObjectMeta account, List<String> forAudiences, Instant expires, @Nullable Bound bound) {
    long now = clock.instant().getEpochSecond();
    Map<String, @Nullable Object> about = new LinkedHashMap<>();
    about.put("namespace", account.getNamespace());
    if (bound != null && bound.node != null) {
      about.put("node", reference(bound.node));
    }
    if (bound != null && bound.kind.equals("Node")) {
      about.put("node", reference(bound));
    }
    if (bound != null && bound.kind.equals("Pod")) {
      about.put("pod", reference(bound));
    }
    if (bound != null && bound.kind.equals("Secret")) {
      about.put("secret", reference(bound));
    }
    about.put(
        "serviceaccount",
        reference(new Bound("ServiceAccount", account.getName(), account.getUid(), null)));
    Map<String, @Nullable Object> claims = new LinkedHashMap<>();
    claims.put("aud", new ArrayList<@Nullable Object>(forAudiences));
    claims.put("exp", expires.getEpochSecond());
    claims.put("iat", now);
    claims.put("iss", issuer);
    claims.put("jti", UUID.randomUUID().toString());
    claims.put(CLAIMS, about);
    claims.put("nbf", now);
    claims.put("sub", ServiceAccountNames.user(account.getNamespace(), account.getName()));
    return tokens.sign(claims);
  }

  @Override
  public @Nullable User authenticate(Credentials credentials) {
    String token = credentials.bearerToken();
    return token == null ? null : authenticate(token, audiences);
  }

  /// As [#authenticate(Credentials)] for a token that must be for one of the audiences.
  public @Nullable User authenticate(String token, List<String> wanted) {
    try {
      return judged(token, wanted);
    } catch (BadToken _) {
      throw Authenticator.unauthorized();
    }
  }

  /// Why [#authenticate(String, List)] refuses the token, null when it does not. For those who may
  /// ask about tokens: who presents a bad one is not told.
  @Nullable String refusal(String token, List<String> wanted) {
    try {
      judged(token, wanted);
      return null;
    } catch (BadToken e) {
      return e.getMessage();
    }
  }

  /// What is wrong with a token of ours.
  private static final class BadToken extends Exception {
    private static final long serialVersionUID = 1;

    BadToken(String why) {
      super(why, null, false, false);
    }
  }

  private @Nullable User judged(String token, List<String> wanted) throws BadToken {
    Map<String, @Nullable Object> claims = JsonWebTokens.unverifiedClaims(token);
    if (claims == null || !issuer.equals(claims.get("iss"))) {
      return null; // somebody else's token
    }
    String digest = StaticTokens.digest(token);
    if (!verified.containsKey(digest)) {
      if (!tokens.verify(token)) {
        throw new BadToken("no key of this server has signed it");
      }
      verified.put(digest, claims);
    }
    checkTimes(claims);
    if (Collections.disjoint(audiencesOf(claims), wanted)) {
      throw new BadToken(
          "token audiences %s is invalid for the target audiences %s"
              .formatted(quoted(audiencesOf(claims)), quoted(wanted)));
    }
    return user(claims);
  }

  /// `/openid/v1/jwks`.
  public Map<String, @Nullable Object> keySet() {
    return tokens.keySet();
  }

  /// `/.well-known/openid-configuration`; `externalUrl` is where clients reach this server.
  public Map<String, @Nullable Object> discovery(String externalUrl) {
    Map<String, @Nullable Object> document = new LinkedHashMap<>();
    document.put("issuer", issuer);
    document.put("jwks_uri", externalUrl + "/openid/v1/jwks");
    document.put("response_types_supported", new ArrayList<@Nullable Object>(List.of("id_token")));
    document.put("subject_types_supported", new ArrayList<@Nullable Object>(List.of("public")));
    document.put("id_token_signing_alg_values_supported", tokens.algorithms());
    return document;
  }

  static List<String> audiencesOf(Map<String, @Nullable Object> claims) {
    Object audience = claims.get("aud");
    if (audience instanceof List<?> list) {
      return list.stream().map(String::valueOf).toList();
    }
    return audience == null ? List.of() : List.of(audience.toString());
  }

  private static String quoted(List<String> values) {
    return values.stream()
        .map(value -> '"' + value + '"')
        .collect(java.util.stream.Collectors.joining(" ", "[", "]"));
  }

  private void checkTimes(Map<String, @Nullable Object> claims) throws BadToken {
    Instant now = clock.instant();
    if (!(claims.get("exp") instanceof Long expires)
        || now.minus(LEEWAY).isAfter(Instant.ofEpochSecond(expires))) {
      throw new BadToken("service account token has expired");
    }
    if (claims.get("nbf") instanceof Long from
        && now.plus(LEEWAY).isBefore(Instant.ofEpochSecond(from))) {
      throw new BadToken("service account token is not valid yet");
    }
  }

  private User user(Map<String, @Nullable Object> claims) throws BadToken {
    Map<?, ?> about = object(claims.get(CLAIMS));
    String namespace = text(about.get("namespace"));
    Map<?, ?> account = object(about.get("serviceaccount"));
    String name = text(account.get("name"));
    requireAlive(ResourceTypes.SERVICE_ACCOUNTS, namespace, account);
    Map<String, List<String>> extra = new LinkedHashMap<>();
    extra.put(CREDENTIAL, List.of("JTI=" + text(claims.get("jti"))));
    if (about.get("secret") instanceof Map<?, ?> secret) {
      requireAlive(ResourceTypes.SECRETS, namespace, secret);
    }
    if (about.get("pod") instanceof Map<?, ?> pod) {
      requireAlive(ResourceTypes.PODS, namespace, pod);
      extra.put(POD + "name", List.of(text(pod.get("name"))));
      extra.put(POD + "uid", List.of(text(pod.get("uid"))));
    }
    if (about.get("node") instanceof Map<?, ?> node) {
      if (about.get("pod") == null) {
        requireAlive(ResourceTypes.NODES, "", node);
      }
      extra.put(NODE + "name", List.of(text(node.get("name"))));
      if (node.get("uid") != null) {
        extra.put(NODE + "uid", List.of(text(node.get("uid"))));
      }
    }
    return new User(
        ServiceAccountNames.user(namespace, name),
        text(account.get("uid")),
        ServiceAccountNames.groups(namespace),
        extra);
  }

  /// The named object exists with that uid, and if it is being deleted its time is not over yet.
  private <T extends Message> void requireAlive(
      ResourceType<T> type, String namespace, Map<?, ?> reference) throws BadToken {
    T object = read(registry, type, namespace, text(reference.get("name")), "0");
    if (object == null) {
      // the token may be newer than the cache
      object = read(registry, type, namespace, text(reference.get("name")), "");
    }
    ObjectMeta meta = object == null ? null : type.metadata().apply(object);
    if (meta == null) {
      throw new BadToken(
          "%s \"%s\" not found".formatted(type.resource(), text(reference.get("name"))));
    }
    if (!meta.getUid().equals(text(reference.get("uid")))) {
      throw new BadToken(
          "the %s UID (%s) does not match the claim (%s)"
              .formatted(type.kind(), meta.getUid(), text(reference.get("uid"))));
    }
    if (meta.hasDeletionTimestamp()
        && clock.instant().getEpochSecond() > meta.getDeletionTimestamp().getSeconds() + 60) {
      throw new BadToken(type.kind() + " has been deleted");
    }
  }

  /// An object from the registry, or null when it does not exist.
  static <T extends Message> @Nullable T read(
      Registry registry, ResourceType<T> type, String namespace, String name, String version) {
    Target target =
        Target.object(
            registry.resources().need(type.group(), type.version(), type.resource()),
            namespace,
            name);
    try {
      return type.parser()
          .parseFrom(registry.get(RequestContext.loopback(), target, version).bytes());
    } catch (ApiException e) {
      if (e.is(StatusReason.NOT_FOUND)) {
        return null;
      }
      throw e;
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException(type + " " + name + " is unreadable", e);
    }
  }

  private static Map<String, @Nullable Object> reference(Bound object) {
    Map<String, @Nullable Object> reference = new LinkedHashMap<>();
    reference.put("name", object.name);
    if (!object.uid.isEmpty()) {
      reference.put("uid", object.uid);
    }
    return reference;
  }

  private static Map<?, ?> object(@Nullable Object value) throws BadToken {
    if (value instanceof Map<?, ?> map) {
      return map;
    }
    throw new BadToken("the token lacks claims of a service account");
  }

  private static String text(@Nullable Object value) {
    return value == null ? "" : value.toString();
  }
}
