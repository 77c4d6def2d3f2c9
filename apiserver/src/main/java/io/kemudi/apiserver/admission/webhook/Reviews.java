package io.kemudi.apiserver.admission.webhook;

import io.kemudi.apimachinery.codec.CodecException;
import io.kemudi.apimachinery.codec.Json;
import io.kemudi.apimachinery.codec.Trees;
import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.apimachinery.errors.StatusCause;
import io.kemudi.apimachinery.errors.StatusDetails;
import io.kemudi.apiserver.admission.AdmissionRequest;
import io.kemudi.apiserver.admission.match.SeenRequest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// `AdmissionReview` of `admission.k8s.io`: the question, and what an answer says. Pure.
final class Reviews {
  private static final String GROUP = "admission.k8s.io/";
  private static final int MAX_CODE = 599;

  private Reviews() {}

  static byte[] question(SeenRequest seen, String version, String uid) {
    AdmissionRequest asked = seen.request();
    Map<String, @Nullable Object> request = new LinkedHashMap<>();
    request.put("uid", uid);
    request.putAll(seen.about());
    request.put("object", seen.object());
    request.put("oldObject", seen.old());
    request.put("dryRun", asked.dryRun());
    request.put("options", asked.options().isEmpty() ? null : asked.options());
    Map<String, @Nullable Object> review = new LinkedHashMap<>();
    review.put("kind", "AdmissionReview");
    review.put("apiVersion", GROUP + version);
    review.put("request", request);
    return Json.write(review);
  }

  /// @param patch operations of a JSON patch; null for none
  record Answer(
      boolean allowed,
      @Nullable Map<String, @Nullable Object> status,
      @Nullable Object patch,
      List<String> warnings,
      Map<String, String> annotations) {}

  /// Reads the answer to a question.
  ///
  /// @throws CallFailed when it is none
  static Answer answer(byte[] body, String version, String uid, boolean mutating) {
    Map<String, @Nullable Object> response = response(body, version);
    String answered = Trees.string(response, "uid");
    if (version.equals("v1") && !answered.equals(uid)) {
      throw invalid("expected response.uid=\"" + uid + "\", got \"" + answered + "\"");
    }
    return new Answer(
        Boolean.TRUE.equals(response.get("allowed")),
        Trees.objectOrNull(response.get("status")),
        patch(response, version, mutating),
        warnings(response.get("warnings")),
        annotations(response.get("auditAnnotations")));
  }

  private static Map<String, @Nullable Object> response(byte[] body, String version) {
    Object parsed;
    try {
      parsed = Json.parse(body);
    } catch (CodecException e) {
      throw new CallFailed("failed to call webhook: the answer is no JSON: " + e.getMessage());
    }
    Map<String, @Nullable Object> review = Trees.objectOrNull(parsed);
    if (review == null) {
      throw new CallFailed(
          "failed to call webhook: couldn't get version/kind; the answer is "
              + Trees.typeName(parsed)
              + ", not an AdmissionReview");
    }
    String kind = Trees.string(review, "kind");
    String apiVersion = Trees.string(review, "apiVersion");
    if (!kind.equals("AdmissionReview") || !apiVersion.equals(GROUP + version)) {
      throw new CallFailed(
          "failed to call webhook: no kind \""
              + kind
              + "\" is registered for version \""
              + apiVersion
              + "\": expected an AdmissionReview of "
              + GROUP
              + version);
    }
    Map<String, @Nullable Object> response = Trees.objectOrNull(review.get("response"));
    if (response == null) {
      throw invalid("webhook response was absent");
    }
    return response;
  }

  private static @Nullable Object patch(
      Map<String, @Nullable Object> response, String version, boolean mutating) {
    String patch = Trees.string(response, "patch");
    String type = Trees.string(response, "patchType");
    if (!mutating) {
      if (!patch.isEmpty() && version.equals("v1")) {
        throw invalid("validating webhook may not return response.patch");
      }
      return null;
    }
    if (patch.isEmpty()) {
      if (!type.isEmpty() && version.equals("v1")) {
        throw invalid("webhook returned response.patchType but not response.patch");
      }
      return null;
    }
    if (type.isEmpty() && version.equals("v1")) {
      throw invalid("webhook returned response.patch but not response.patchType");
    }
    if (!type.isEmpty() && !type.equals("JSONPatch")) {
      throw invalid("webhook returned invalid response.patchType of \"" + type + "\"");
    }
    return decoded(patch);
  }

  private static @Nullable Object decoded(String patch) {
    try {
      return Json.parse(Base64.getDecoder().decode(patch));
    } catch (CodecException | IllegalArgumentException e) {
      throw new CallFailed("received undecodable patch in webhook response: " + e.getMessage());
    }
  }

  private static CallFailed invalid(String why) {
    return new CallFailed("received invalid webhook response: " + why);
  }

  private static List<String> warnings(@Nullable Object tree) {
    List<String> warnings = new ArrayList<>();
    if (tree instanceof List<?> list) {
      list.forEach(each -> warnings.add(String.valueOf(each)));
    }
    return warnings;
  }

  private static Map<String, String> annotations(@Nullable Object tree) {
    Map<String, String> annotations = new LinkedHashMap<>();
    Map<String, @Nullable Object> map = Trees.objectOrNull(tree);
    if (map != null) {
      map.forEach((key, value) -> annotations.put(key, String.valueOf(value)));
    }
    return annotations;
  }

  /// What a client is told of a denial: the webhook's own status, with its name before the words.
  static ApiException denial(String webhook, @Nullable Map<String, @Nullable Object> status) {
    Map<String, @Nullable Object> said = status == null ? Map.of() : status;
    String by = "admission webhook \"" + webhook + "\" denied the request";
    String message = Trees.string(said, "message");
    String reason = Trees.string(said, "reason");
    String why = message.isEmpty() ? reason : message;
    int code =
        said.get("code") instanceof Long number && number <= MAX_CODE ? number.intValue() : 0;
    return ApiException.relayed(
        reason,
        Math.max(code, 400),
        by + (why.isEmpty() ? " without explanation" : ": " + why),
        details(Trees.objectOrNull(said.get("details"))));
  }

  private static @Nullable StatusDetails details(@Nullable Map<String, @Nullable Object> tree) {
    if (tree == null) {
      return null;
    }
    List<StatusCause> causes = new ArrayList<>();
    if (tree.get("causes") instanceof List<?> list) {
      for (Object each : list) {
        Map<String, @Nullable Object> cause = Trees.objectOrNull(each);
        if (cause != null) {
          causes.add(
              new StatusCause(
                  Trees.string(cause, "reason"),
                  Trees.string(cause, "message"),
                  Trees.string(cause, "field")));
        }
      }
    }
    return new StatusDetails(
        Trees.string(tree, "name"),
        Trees.string(tree, "group"),
        Trees.string(tree, "kind"),
        Trees.string(tree, "uid"),
        causes,
        tree.get("retryAfterSeconds") instanceof Long seconds
            ? (int) Math.clamp(seconds, 0, Integer.MAX_VALUE)
            : 0);
  }
}
