package io.kemudi.apiserver.audit;

import io.kemudi.apimachinery.codec.Trees;
import io.kemudi.apiserver.registry.Authorizer.Attributes;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// What no event may hold. Bodies of resources that hold secrets are recorded only where the policy
/// says RequestResponse of them; bearer tokens never (k/k CVE-2019-11250 and CVE-2020-8563 to
/// -8566: tokens in logs).
final class Redaction {
  private static final String REDACTED = "redacted";

  private static final Set<String> SECRET =
      Set.of(
          "/secrets",
          "/configmaps",
          "authentication.k8s.io/tokenreviews",
          "/serviceaccounts/token");

  /// Types of Secrets that hold credentials of this cluster.
  private static final Set<String> TOKENS =
      Set.of("kubernetes.io/service-account-token", "bootstrap.kubernetes.io/token");

  private static final Pattern TOKEN_PARAMETER =
      Pattern.compile(
          "([?&](?:access_token|id_token|token|authorization)=)[^&]*", Pattern.CASE_INSENSITIVE);

  private Redaction() {}

  /// Whether bodies may be recorded at this level.
  static boolean allowsBodies(AuditLevel level, Attributes asked) {
    String resource = asked.group() + "/" + asked.resource();
    boolean secret =
        SECRET.contains(resource)
            || SECRET.contains(resource + "/" + asked.subresource())
            || asked.group().equals("kemudi.io"); // a transaction holds bodies of all resources
    return level.atLeast(secret ? AuditLevel.REQUEST_RESPONSE : AuditLevel.REQUEST)
        && !asked.group().equals("kemudi.io");
  }

  static String uri(String uri) {
    return TOKEN_PARAMETER.matcher(uri).replaceAll("$1" + REDACTED);
  }

  /// Takes tokens out of a body, in place.
  static void clean(Map<String, @Nullable Object> body) {
    List<@Nullable Object> items = Trees.listOrNull(body.get("items"));
    if (items != null) {
      for (Object item : items) {
        Map<String, @Nullable Object> each = Trees.objectOrNull(item);
        if (each != null) {
          clean(each);
        }
      }
    }
    // TokenReview's and TokenRequest's; whatever else calls a field of spec or status `token`
    // means the same.
    cleanToken(Trees.objectOrNull(body.get("spec")));
    cleanToken(Trees.objectOrNull(body.get("status")));
    if (body.get("type") instanceof String type && TOKENS.contains(type)) {
      cleanValues(Trees.objectOrNull(body.get("data")));
      cleanValues(Trees.objectOrNull(body.get("stringData")));
      Map<String, @Nullable Object> annotations =
          Trees.objectOrNull(Trees.at(body, "metadata", "annotations"));
      if (annotations != null) {
        annotations.remove("kubectl.kubernetes.io/last-applied-configuration");
      }
    }
  }

  private static void cleanToken(@Nullable Map<String, @Nullable Object> part) {
    if (part != null && part.get("token") instanceof String) {
      part.put("token", REDACTED);
    }
  }

  private static void cleanValues(@Nullable Map<String, @Nullable Object> values) {
    if (values != null) {
      values.replaceAll((_, _) -> REDACTED);
    }
  }
}
