package io.kemudi.nodeagent.volume;

import io.kemudi.kubernetes.authentication.v1.TokenRequest;
import io.kemudi.kubernetes.core.v1.Pod;
import io.kemudi.kubernetes.core.v1.ServiceAccountTokenProjection;
import io.kemudi.nodeagent.status.Times;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/// Tokens bound to pods, kept until they are worth replacing: at four fifths of their life, and at
/// most a day after they were given, as upstream does.
public final class ServiceAccountTokens {
  private static final long DEFAULT_SECONDS = 3600;
  private static final Duration MAX_AGE = Duration.ofHours(24);

  private final PodReferences references;
  private final InstantSource clock;
  // Bounded by the node's pods: entries go with their pod (see [#forget]).
  private final ConcurrentMap<Key, Held> held = new ConcurrentHashMap<>();

  public ServiceAccountTokens(PodReferences references, InstantSource clock) {
    this.references = references;
    this.clock = clock;
  }

  String token(Pod pod, ServiceAccountTokenProjection projection) {
    long seconds =
        projection.hasExpirationSeconds() ? projection.getExpirationSeconds() : DEFAULT_SECONDS;
    var key = new Key(pod.getMetadata().getUid(), projection.getAudience(), seconds);
    Held have = held.get(key);
    Instant now = clock.instant();
    if (have != null && now.isBefore(have.renewAt())) {
      return have.token();
    }
    TokenRequest answer = references.token(pod, request(pod, projection, seconds));
    Instant expires = Times.instant(answer.getStatus().getExpirationTimestamp());
    Duration life = Duration.between(now, expires);
    Duration keep = life.multipliedBy(4).dividedBy(5);
    Instant renewAt = now.plus(keep.compareTo(MAX_AGE) < 0 ? keep : MAX_AGE);
    held.put(key, new Held(answer.getStatus().getToken(), renewAt));
    return answer.getStatus().getToken();
  }

  private static TokenRequest request(
      Pod pod, ServiceAccountTokenProjection projection, long seconds) {
    var request = TokenRequest.newBuilder();
    if (!projection.getAudience().isEmpty()) {
      request.getSpecBuilder().addAudiences(projection.getAudience());
    }
    request.getSpecBuilder().setExpirationSeconds(seconds);
    request
        .getSpecBuilder()
        .getBoundObjectRefBuilder()
        .setKind("Pod")
        .setApiVersion("v1")
        .setName(pod.getMetadata().getName())
        .setUID(pod.getMetadata().getUid());
    return request.build();
  }

  public void forget(String podUid) {
    held.keySet().removeIf(key -> key.podUid().equals(podUid));
  }

  private record Key(String podUid, String audience, long seconds) {}

  private record Held(String token, Instant renewAt) {
    @Override
    public String toString() {
      return "token until " + renewAt; // never the token itself
    }
  }
}
