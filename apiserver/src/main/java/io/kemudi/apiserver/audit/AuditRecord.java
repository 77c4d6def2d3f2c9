package io.kemudi.apiserver.audit;

import io.kemudi.apimachinery.codec.Json;
import io.kemudi.apimachinery.codec.Trees;
import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.apimachinery.errors.StatusReason;
import io.kemudi.apiserver.registry.AuditHook;
import io.kemudi.apiserver.registry.Authorizer.Attributes;
import io.kemudi.apiserver.registry.StoredObject;
import io.kemudi.apiserver.registry.Target;
import io.kemudi.apiserver.registry.User;
import io.kemudi.apiserver.rest.ObjectText;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What is known of one request, told to the log at its stages. A request that the policy leaves
/// out costs nothing but the object. The parts of a transaction have records of their own
/// ([#operation]), which end with it.
public final class AuditRecord implements AuditHook {
  private static final int MAX_ANNOTATIONS = 100;
  private static final Set<String> LONG_SUBRESOURCES =
      Set.of("attach", "exec", "proxy", "log", "portforward");

  private final Auditor auditor;
  private final AuditOrigin origin;
  private final User user;
  private final Attributes asked;
  private final @Nullable AuditRule rule;
  private final boolean bodies;
  private final Instant received;
  private final Map<String, String> annotations = new TreeMap<>();

  /// The parts of a transaction, in order.
  private final List<Part> parts = new ArrayList<>(0);

  private @Nullable User impersonated;
  private @Nullable Map<String, @Nullable Object> requestBody;
  private @Nullable Map<String, @Nullable Object> responseBody;
  private @Nullable ApiException refusal;
  private boolean ended;

  private record Part(Target target, AuditRecord record) {}

  AuditRecord(
      Auditor auditor, AuditOrigin origin, User user, Attributes asked, @Nullable AuditRule rule) {
    this.auditor = auditor;
    this.origin = origin;
    this.user = user;
    this.asked = asked;
    this.rule = rule;
    this.bodies = rule != null && Redaction.allowsBodies(rule.level(), asked);
    this.received = rule == null ? Instant.EPOCH : auditor.now();
  }

  /// Whether the request's answer may go on for long.
  public boolean runsLong() {
    return asked.verb().equals("watch") || LONG_SUBRESOURCES.contains(asked.subresource());
  }

  /// Whether the answer's body is wanted.
  public boolean wantsResponse() {
    return bodies
        && rule != null
        && rule.level() == AuditLevel.REQUEST_RESPONSE
        && !asked.resource().isEmpty()
        && !runsLong();
  }

  // ---- what happened ----

  void received() {
    tell(AuditStage.REQUEST_RECEIVED, 0);
  }

  public synchronized void impersonated(User as) {
    impersonated = as;
  }

  @Override
  public synchronized void requested(Target target, Object tree) {
    Part part = part(target);
    if (part != null) {
      part.record.requested(target, tree);
    } else if (bodies && tree instanceof Map<?, ?>) {
      requestBody = body(Trees.objectOrNull(Trees.copy(tree)));
    }
  }

  @Override
  public synchronized void answered(Target target, @Nullable StoredObject object) {
    Part part = part(target);
    if (part != null) {
      part.record.answered(target, object);
    } else if (object != null && wantsResponse()) {
      responseBody = body(Json.parseObject(ObjectText.json(object)));
    }
  }

  /// The answer's body, of requests that are not told by [#answered].
  public synchronized void answeredWith(byte[] json) {
    if (responseBody == null && wantsResponse()) {
      Map<String, @Nullable Object> tree = Trees.objectOrNull(Json.parse(json));
      responseBody = tree == null || "Table".equals(tree.get("kind")) ? null : body(tree);
    }
  }

  @Override
  public synchronized void refused(ApiException why) {
    refusal = why;
  }

  @Override
  public synchronized void annotate(String key, String value) {
    if (rule != null && annotations.size() < MAX_ANNOTATIONS) {
      annotations.putIfAbsent(key, value);
    }
  }

  /// A part of this transaction, which has an event of its own.
  @Override
  public synchronized void operation(String verb, Target target) {
    User as = impersonated == null ? user : impersonated;
    parts.add(new Part(target, auditor.begin(origin, as, Attributes.of(verb, target))));
  }

  private @Nullable Part part(Target target) {
    for (Part part : parts) {
      Target its = part.target;
      if (its.row().equals(target.row())
          && its.subresource().equals(target.subresource())
          && its.namespace().equals(target.namespace())
          && (its.name().isEmpty() || its.name().equals(target.name()))
          && part.record.responseBody == null) {
        return part;
      }
    }
    return null;
  }

  private @Nullable Map<String, @Nullable Object> body(
      @Nullable Map<String, @Nullable Object> tree) {
    if (tree == null) {
      return null;
    }
    Redaction.clean(tree);
    Map<String, @Nullable Object> metadata = Trees.objectOrNull(tree.get("metadata"));
    if (metadata != null && rule != null && rule.omitManagedFields()) {
      metadata.remove("managedFields");
    }
    return tree;
  }

  // ---- stages ----

  /// The answer of a long request has begun.
  public void started(int code) {
    if (runsLong()) {
      tell(AuditStage.RESPONSE_STARTED, code);
    }
  }

  /// The request is over. Only the first call counts.
  public void complete(int code) {
    end(AuditStage.RESPONSE_COMPLETE, code);
  }

  /// A bug ended it.
  public void panicked() {
    end(AuditStage.PANIC, StatusReason.INTERNAL_ERROR.code());
  }

  private synchronized void end(AuditStage stage, int code) {
    if (!ended) {
      ended = true;
      for (Part part : parts) {
        if (refusal != null && part.record.refusal == null) {
          part.record.refused(refusal);
        }
        part.record.end(stage, code);
      }
      tell(stage, code);
    }
  }

  private synchronized void tell(AuditStage stage, int code) {
    if (rule != null && !rule.omitted().contains(stage)) {
      auditor.record(
          Json.write(
              new AuditEvent(
                      rule.level(),
                      stage,
                      origin,
                      user,
                      impersonated,
                      asked,
                      code,
                      refusal,
                      requestBody,
                      rule.level() == AuditLevel.REQUEST_RESPONSE ? responseBody : null,
                      received,
                      stage == AuditStage.REQUEST_RECEIVED ? received : auditor.now(),
                      annotations)
                  .tree()));
    }
  }
}
