package io.kemudi.apiserver.custom;

import io.kemudi.kubernetes.apiextensions.v1.CustomResourceDefinition;
import io.kemudi.kubernetes.apiextensions.v1.CustomResourceDefinitionCondition;
import io.kemudi.kubernetes.apiextensions.v1.CustomResourceDefinitionNames;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What the status of a definition should say, in upstream's conditions, reasons and messages.
/// Pure; `now` is the time of conditions that turn.
record DefinitionStatus(Instant now) {
  static final String FINALIZER = "customresourcecleanup.apiextensions.k8s.io";
  private static final String APPROVAL = "api-approved.kubernetes.io";

  static boolean isEstablished(CustomResourceDefinition definition) {
    return isTrue(definition, "Established");
  }

  /// Whether it has all the names it wants.
  static boolean hasNames(CustomResourceDefinition definition) {
    return isTrue(definition, "NamesAccepted");
  }

  private static boolean isTrue(CustomResourceDefinition definition, String type) {
    CustomResourceDefinitionCondition condition = find(definition, type);
    return condition != null && condition.getStatus().equals("True");
  }

  private static @Nullable CustomResourceDefinitionCondition find(
      CustomResourceDefinition definition, String type) {
    for (CustomResourceDefinitionCondition each : definition.getStatus().getConditionsList()) {
      if (each.getType().equals(type)) {
        return each;
      }
    }
    return null;
  }

  /// Whether a status that [#next] gave makes the definition established.
  static boolean establishes(Map<String, @Nullable Object> status) {
    return status.get("conditions") instanceof List<?> conditions
        && conditions.stream()
            .anyMatch(each ->
                each instanceof Map<?, ?> condition
                    && "Established".equals(condition.get("type"))
                    && "True".equals(condition.get("status")));
  }

  /// The next status on the way, null when there is none: first the names, then being served.
  @Nullable Map<String, @Nullable Object> next(
      CustomResourceDefinition definition, NamesInUse used) {
    Map<String, @Nullable Object> status = new LinkedHashMap<>();
    List<Map<String, @Nullable Object>> conditions = new ArrayList<>();
    String[] conflict = conflict(definition, used);
    boolean accepted = conflict.length == 0;
    boolean installing =
        accepted && isTrue(definition, "NamesAccepted") && !isEstablished(definition);
    conditions.add(
        accepted
            ? condition(definition, "NamesAccepted", true, "NoConflicts", "no conflicts found")
            : condition(definition, "NamesAccepted", false, conflict[0], conflict[1]));
    if (isEstablished(definition) || installing) {
      conditions.add(
          condition(
              definition,
              "Established",
              true,
              "InitialNamesAccepted",
              "the initial names have been accepted"));
    } else {
      conditions.add(
          accepted
              ? condition(
                  definition,
                  "Established",
                  false,
                  "Installing",
                  "the initial names have been accepted")
              : condition(
                  definition, "Established", false, "NotAccepted", "not all names are accepted"));
    }
    approval(definition, conditions);
    status.put("conditions", conditions);
    status.put("acceptedNames", acceptedNames(definition, used));
    return says(definition, conditions)
            && (!accepted
                || definition
                    .getStatus()
                    .getAcceptedNames()
                    .equals(definition.getSpec().getNames()))
        ? null
        : status;
  }

  /// The status of a definition whose objects are being deleted; null when it says so.
  @Nullable Map<String, @Nullable Object> deleting(CustomResourceDefinition definition) {
    List<Map<String, @Nullable Object>> conditions = new ArrayList<>();
    for (CustomResourceDefinitionCondition each : definition.getStatus().getConditionsList()) {
      if (!each.getType().equals("Terminating")) {
        conditions.add(shown(each));
      }
    }
    conditions.add(
        condition(
            definition,
            "Terminating",
            true,
            "InstanceDeletionInProgress",
            "CustomResource deletion is in progress"));
    if (says(definition, conditions)) {
      return null;
    }
    Map<String, @Nullable Object> status = new LinkedHashMap<>();
    status.put("conditions", conditions);
    return status;
  }

  // ---- names ----

  /// Reason and message of the last name that is taken, or nothing.
  private static String[] conflict(CustomResourceDefinition definition, NamesInUse used) {
    CustomResourceDefinitionNames names = definition.getSpec().getNames();
    String[] found = {};
    if (used.resources().contains(names.getPlural())) {
      found = inUse("PluralConflict", names.getPlural());
    }
    if (used.resources().contains(names.getSingular())) {
      found = inUse("SingularConflict", names.getSingular());
    }
    for (String shortName : names.getShortNamesList()) {
      if (used.resources().contains(shortName)) {
        found = inUse("ShortNamesConflict", shortName);
      }
    }
    if (used.kinds().contains(names.getKind())) {
      found = inUse("KindConflict", names.getKind());
    }
    if (used.kinds().contains(names.getListKind())) {
      found = inUse("ListKindConflict", names.getListKind());
    }
    return found;
  }

  private static String[] inUse(String reason, String name) {
    return new String[] {reason, "\"" + name + "\" is already in use"};
  }

  /// Of the names those that are free.
  private static Map<String, @Nullable Object> acceptedNames(
      CustomResourceDefinition definition, NamesInUse used) {
    CustomResourceDefinitionNames names = definition.getSpec().getNames();
    Map<String, @Nullable Object> accepted = new LinkedHashMap<>();
    accepted.put("plural", used.resources().contains(names.getPlural()) ? "" : names.getPlural());
    boolean kindTaken =
        used.kinds().contains(names.getKind()) || used.kinds().contains(names.getListKind());
    if (conflict(definition, used).length == 0) {
      accepted.put("singular", names.getSingular());
      accepted.put(
          "shortNames", names.getShortNamesCount() == 0 ? null : names.getShortNamesList());
      accepted.put(
          "categories", names.getCategoriesCount() == 0 ? null : names.getCategoriesList());
      accepted.put("listKind", names.getListKind());
    }
    accepted.put("kind", kindTaken ? "" : names.getKind());
    return accepted;
  }

  // ---- approval ----

  /// Groups of the community say whether their API has been approved.
  private void approval(
      CustomResourceDefinition definition, List<Map<String, @Nullable Object>> conditions) {
    String group = definition.getSpec().getGroup();
    if (!group.endsWith(".k8s.io") && !group.endsWith(".kubernetes.io")) {
      return;
    }
    String value = definition.getMetadata().getAnnotationsMap().getOrDefault(APPROVAL, "");
    boolean approved = !value.isEmpty() && !value.startsWith("unapproved");
    conditions.add(
        condition(
            definition,
            "KubernetesAPIApprovalPolicyConformant",
            approved,
            approved ? "ApprovedAnnotation" : "UnapprovedAnnotation",
            approved ? "approved in " + value : "not approved: \"" + value + "\""));
  }

  // ---- conditions ----

  private Map<String, @Nullable Object> condition(
      CustomResourceDefinition definition,
      String type,
      boolean value,
      String reason,
      String message) {
    CustomResourceDefinitionCondition known = find(definition, type);
    String status = value ? "True" : "False";
    boolean turned = known == null || !known.getStatus().equals(status);
    Map<String, @Nullable Object> condition = new LinkedHashMap<>();
    condition.put("type", type);
    condition.put("status", status);
    condition.put(
        "lastTransitionTime",
        turned || known == null
            ? time(now)
            : time(Instant.ofEpochSecond(known.getLastTransitionTime().getSeconds())));
    condition.put("reason", reason);
    condition.put("message", message);
    return condition;
  }

  private static String time(Instant instant) {
    return DateTimeFormatter.ISO_INSTANT.format(instant.truncatedTo(ChronoUnit.SECONDS));
  }

  private static Map<String, @Nullable Object> shown(CustomResourceDefinitionCondition known) {
    Map<String, @Nullable Object> condition = new LinkedHashMap<>();
    condition.put("type", known.getType());
    condition.put("status", known.getStatus());
    condition.put(
        "lastTransitionTime",
        time(Instant.ofEpochSecond(known.getLastTransitionTime().getSeconds())));
    condition.put("reason", known.getReason());
    condition.put("message", known.getMessage());
    return condition;
  }

  private static boolean says(
      CustomResourceDefinition definition, List<Map<String, @Nullable Object>> conditions) {
    List<Map<String, @Nullable Object>> known = new ArrayList<>();
    definition.getStatus().getConditionsList().forEach(each -> known.add(shown(each)));
    return known.equals(conditions);
  }
}
