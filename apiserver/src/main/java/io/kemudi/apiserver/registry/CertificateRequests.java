package io.kemudi.apiserver.registry;

import io.kemudi.apimachinery.codec.Trees;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What the server says itself in a CertificateSigningRequest: who asks, as the signer has to rely
/// on it, and when conditions came. The rest of it changes through one subresource each: the
/// conditions through `approval`, the certificate through `status`.
final class CertificateRequests {
  static final String RESOURCE = "certificatesigningrequests.certificates.k8s.io";

  private CertificateRequests() {}

  /// Names the requester in place of whom the client named.
  static void stamp(Map<String, @Nullable Object> request, User user) {
    Map<String, @Nullable Object> spec = Trees.child(request, "spec");
    put(spec, "username", user.name());
    put(spec, "uid", user.uid());
    put(spec, "groups", user.groups().isEmpty() ? null : new ArrayList<Object>(user.groups()));
    Map<String, @Nullable Object> extra = new LinkedHashMap<>();
    user.extra().forEach((key, values) -> extra.put(key, new ArrayList<Object>(values)));
    put(spec, "extra", extra.isEmpty() ? null : extra);
  }

  private static void put(
      Map<String, @Nullable Object> spec, String field, @Nullable Object value) {
    if (value == null || value.equals("")) {
      spec.remove(field);
    } else {
      spec.put(field, value);
    }
  }

  /// Keeps of `old` what a write through `subresource` cannot change, and dates new conditions.
  static void prepare(
      Map<String, @Nullable Object> request,
      Map<String, @Nullable Object> old,
      String subresource,
      String now) {
    copy(old, request, "spec");
    Map<String, @Nullable Object> status = Trees.child(request, "status");
    Map<String, @Nullable Object> known = Trees.child(old, "status");
    switch (subresource) {
      case "approval" -> copy(known, status, "certificate");
      case "status" -> keepApproval(status, known);
      default -> {
        copy(old, request, "status");
        return;
      }
    }
    date(status, known, now);
  }

  /// Approved and Denied come and go by approval only; a Failed that is gone comes back too.
  private static void keepApproval(
      Map<String, @Nullable Object> status, Map<String, @Nullable Object> known) {
    List<@Nullable Object> conditions = list(status);
    for (Object condition : list(known)) {
      Object type = Trees.at(condition, "type");
      boolean there =
          conditions.stream().anyMatch(one -> Objects.equals(type, Trees.at(one, "type")));
      if (!there && ("Approved".equals(type) || "Denied".equals(type) || "Failed".equals(type))) {
        conditions.add(Trees.copy(condition));
      }
    }
    put(status, "conditions", conditions.isEmpty() ? null : conditions);
  }

  private static void date(
      Map<String, @Nullable Object> status, Map<String, @Nullable Object> known, String now) {
    List<@Nullable Object> before = list(known);
    for (Object one : list(status)) {
      Map<String, @Nullable Object> condition = Trees.object(one, "status.conditions");
      if (condition.get("lastUpdateTime") == null) {
        condition.put("lastUpdateTime", now);
      }
      if (condition.get("lastTransitionTime") == null) {
        condition.put("lastTransitionTime", transition(condition, before, now));
      }
    }
  }

  private static Object transition(
      Map<String, @Nullable Object> condition, List<@Nullable Object> before, String now) {
    for (Object old : before) {
      if (String.valueOf(Trees.at(old, "type")).equals(condition.get("type"))
          && String.valueOf(Trees.at(old, "status")).equals(condition.get("status"))
          && Trees.at(old, "lastTransitionTime") instanceof String time) {
        return time;
      }
    }
    return now;
  }

  private static List<@Nullable Object> list(Map<String, @Nullable Object> status) {
    List<@Nullable Object> list = Trees.listOrNull(status.get("conditions"));
    return list == null ? new ArrayList<>() : list;
  }

  private static void copy(
      Map<String, @Nullable Object> from, Map<String, @Nullable Object> to, String field) {
    put(to, field, Trees.copy(from.get(field)));
  }
}
