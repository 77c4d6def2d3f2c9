package io.kemudi.apimachinery.kinds;

import io.kemudi.apimachinery.codec.ProtobufCodec;
import io.kemudi.apimachinery.schema.Schema;
import io.kemudi.apimachinery.selector.LabelSelectors;
import io.kemudi.apimachinery.validation.Checks;
import io.kemudi.apimachinery.validation.FieldErrors;
import io.kemudi.apimachinery.validation.FieldPath;
import io.kemudi.apimachinery.validation.LabelSelectorValidation;
import io.kemudi.apimachinery.validation.Names;
import io.kemudi.kubernetes.batch.v1.Job;
import io.kemudi.kubernetes.batch.v1.JobSpec;
import io.kemudi.kubernetes.core.v1.Affinity;
import io.kemudi.kubernetes.core.v1.Container;
import io.kemudi.kubernetes.core.v1.PodSpec;
import io.kemudi.kubernetes.core.v1.PodTemplateSpec;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Jobs, and the jobs that CronJobs make.
final class JobValidation {
  private static final FieldPath SPEC = FieldPath.of("spec");
  private static final String IMMUTABLE = "field is immutable";
  private static final int MAX_PARALLELISM_INDEXED = 100_000;
  private static final int MAX_FAILED_INDEXES = 100_000;
  private static final int MANY_COMPLETIONS = 100_000;
  private static final int MANY_COMPLETIONS_LIMIT = 10_000;
  private static final int MANAGED_BY_MAX = 63;

  private JobValidation() {}

  static void validate(Job job, FieldErrors errors) {
    generatedSelector(job, errors);
    ownSpec(job.getSpec(), errors);
    podNames(job, errors);
  }

  /// The pods of an indexed job are named after it and their index, which must be a host name.
  private static void podNames(Job job, FieldErrors errors) {
    JobSpec spec = job.getSpec();
    if (isIndexed(spec) && spec.getCompletions() > 0) {
      String name = job.getMetadata().getName();
      String last = name + "-" + (spec.getCompletions() - 1);
      if (!Names.dnsLabel(last).isEmpty()) {
        errors.invalid(
            FieldPath.of("metadata", "name"),
            name,
            "will not able to create pod with invalid DNS label: " + last);
      }
    }
  }

  /// A selector that the client did not ask to choose is the one that the job's uid makes.
  private static void generatedSelector(Job job, FieldErrors errors) {
    JobSpec spec = job.getSpec();
    if (spec.getManualSelector() || !spec.hasSelector()) {
      return;
    }
    String uid = job.getMetadata().getUid();
    String name = job.getMetadata().getName();
    if (uid.isEmpty()) {
      errors.required(FieldPath.of("metadata", "uid"));
    }
    Map<String, String> labels = spec.getTemplate().getMetadata().getLabelsMap();
    FieldPath path = SPEC.child("template", "metadata");
    hasLabel(labels, "controller-uid", uid, path, errors);
    hasLabel(labels, "job-name", name, path, errors);
    hasLabel(labels, "batch.kubernetes.io/controller-uid", uid, path, errors);
    hasLabel(labels, "batch.kubernetes.io/job-name", name, path, errors);
    Map<String, String> ours =
        Map.of(
            "controller-uid", uid,
            "job-name", name,
            "batch.kubernetes.io/controller-uid", uid,
            "batch.kubernetes.io/job-name", name);
    if (isValid(spec) && !selects(spec, ours)) {
      errors.invalid(
          SPEC.child("selector"),
          LabelSelectorValidation.shown(spec.getSelector()),
          "`selector` not auto-generated");
    }
  }

  private static void hasLabel(
      Map<String, String> labels, String key, String wanted, FieldPath path, FieldErrors errors) {
    String value = labels.get(key);
    if (value == null) {
      errors.required(path.child("labels").key(key), "must be '" + wanted + "'");
    } else if (!value.equals(wanted)) {
      errors.invalid(
          path.child("labels").key(key),
          WorkloadValidation.labels(labels),
          "must be '" + wanted + "'");
    }
  }

  private static void ownSpec(JobSpec spec, FieldErrors errors) {
    validate(spec, SPEC, errors);
    if (!spec.hasSelector()) {
      errors.required(SPEC.child("selector"));
    } else {
      LabelSelectorValidation.validate(spec.getSelector(), SPEC.child("selector"), errors);
    }
    Map<String, String> labels = spec.getTemplate().getMetadata().getLabelsMap();
    if (isValid(spec) && !selects(spec, labels)) {
      errors.invalid(
          SPEC.child("template", "metadata").child("labels"),
          WorkloadValidation.labels(labels),
          "`selector` does not match template `labels`");
    }
  }

  private static boolean isValid(JobSpec spec) {
    FieldErrors wrong = new FieldErrors();
    LabelSelectorValidation.validate(spec.getSelector(), SPEC, wrong);
    return wrong.isEmpty();
  }

  /// A missing selector selects nothing, an empty one all.
  private static boolean selects(JobSpec spec, Map<String, String> labels) {
    return spec.hasSelector()
        && (LabelSelectorValidation.isEmpty(spec.getSelector())
            || LabelSelectors.matches(spec.getSelector(), labels));
  }

  static boolean isIndexed(JobSpec spec) {
    return spec.getCompletionMode().equals("Indexed");
  }

  /// All but the selector, which a CronJob's template has not.
  static void validate(JobSpec spec, FieldPath path, FieldErrors errors) {
    counts(spec, path, errors);
    if (spec.hasManagedBy()) {
      FieldPath place = path.child("managedBy");
      Checks.domainPrefixedPath(spec.getManagedBy(), place, errors);
      if (spec.getManagedBy().length() > MANAGED_BY_MAX) {
        errors.tooLong(place, MANAGED_BY_MAX);
      }
    }
    completionMode(spec, path, errors);
    if (spec.hasPodFailurePolicy()) {
      JobPolicyValidation.failure(spec, path.child("podFailurePolicy"), errors);
    }
    if (spec.hasSuccessPolicy()) {
      JobPolicyValidation.success(spec, path.child("successPolicy"), errors);
    }
    replacement(spec, path.child("podReplacementPolicy"), errors);
    PodTemplateValidation.validate(spec.getTemplate(), path.child("template"), errors);
    restart(spec, path.child("template", "spec").child("restartPolicy"), errors);
  }

  private static void counts(JobSpec spec, FieldPath path, FieldErrors errors) {
    Checks.nonNegative(spec.getParallelism(), path.child("parallelism"), errors);
    Checks.nonNegative(spec.getCompletions(), path.child("completions"), errors);
    Checks.nonNegative(
        spec.getActiveDeadlineSeconds(), path.child("activeDeadlineSeconds"), errors);
    Checks.nonNegative(spec.getBackoffLimit(), path.child("backoffLimit"), errors);
    Checks.nonNegative(
        spec.getTtlSecondsAfterFinished(), path.child("ttlSecondsAfterFinished"), errors);
    Checks.nonNegative(spec.getBackoffLimitPerIndex(), path.child("backoffLimitPerIndex"), errors);
    Checks.nonNegative(spec.getMaxFailedIndexes(), path.child("maxFailedIndexes"), errors);
    if (spec.hasMaxFailedIndexes() && !spec.hasBackoffLimitPerIndex()) {
      errors.required(path.child("backoffLimitPerIndex"), "when maxFailedIndexes is specified");
    }
  }

  private static void completionMode(JobSpec spec, FieldPath path, FieldErrors errors) {
    if (spec.hasCompletionMode()) {
      Checks.oneOf(
          spec.getCompletionMode(),
          List.of("NonIndexed", "Indexed"),
          path.child("completionMode"),
          errors);
    }
    if (isIndexed(spec)) {
      indexed(spec, path, errors);
    } else if (!spec.hasCompletionMode() || spec.getCompletionMode().equals("NonIndexed")) {
      String why = "requires indexed completion mode";
      if (spec.hasBackoffLimitPerIndex()) {
        errors.invalid(path.child("backoffLimitPerIndex"), spec.getBackoffLimitPerIndex(), why);
      }
      if (spec.hasMaxFailedIndexes()) {
        errors.invalid(path.child("maxFailedIndexes"), spec.getMaxFailedIndexes(), why);
      }
    }
  }

  private static void indexed(JobSpec spec, FieldPath path, FieldErrors errors) {
    FieldPath parallelism = path.child("parallelism");
    FieldPath maxFailed = path.child("maxFailedIndexes");
    if (!spec.hasCompletions()) {
      errors.required(path.child("completions"), "when completion mode is Indexed");
    }
    if (spec.getParallelism() > MAX_PARALLELISM_INDEXED) {
      errors.invalid(
          parallelism,
          spec.getParallelism(),
          "must be less than or equal to "
              + MAX_PARALLELISM_INDEXED
              + " when completion mode is Indexed");
    }
    int failed = spec.getMaxFailedIndexes();
    if (spec.hasCompletions() && failed > spec.getCompletions()) {
      errors.invalid(maxFailed, failed, "must be less than or equal to completions");
    }
    if (failed > MAX_FAILED_INDEXES) {
      errors.invalid(maxFailed, failed, "must be less than or equal to " + MAX_FAILED_INDEXES);
    }
    if (spec.getCompletions() > MANY_COMPLETIONS && spec.hasBackoffLimitPerIndex()) {
      String limit =
          "must be less than or equal to "
              + MANY_COMPLETIONS_LIMIT
              + " when completions are above "
              + MANY_COMPLETIONS
              + " and used with backoff limit per index";
      if (!spec.hasMaxFailedIndexes()) {
        errors.required(
            maxFailed, "must be specified when completions is above " + MANY_COMPLETIONS);
      }
      if (spec.getParallelism() > MANY_COMPLETIONS_LIMIT) {
        errors.invalid(parallelism, spec.getParallelism(), limit);
      }
      if (failed > MANY_COMPLETIONS_LIMIT) {
        errors.invalid(maxFailed, failed, limit);
      }
    }
  }

  /// A policy for failures sees pods only once they have failed.
  private static void replacement(JobSpec spec, FieldPath path, FieldErrors errors) {
    if (spec.hasPodReplacementPolicy()) {
      Checks.oneOf(
          spec.getPodReplacementPolicy(),
          spec.hasPodFailurePolicy() ? List.of("Failed") : List.of("Failed", "TerminatingOrFailed"),
          path,
          errors);
    }
  }

  private static void restart(JobSpec spec, FieldPath path, FieldErrors errors) {
    String policy = spec.getTemplate().getSpec().getRestartPolicy();
    switch (policy) {
      case "", "Always" -> errors.required(path, "valid values: \"OnFailure\", \"Never\"");
      case "Never" -> {}
      case "OnFailure" -> {
        if (spec.hasPodFailurePolicy()) {
          errors.invalid(
              path, policy, "only \"Never\" is supported when podFailurePolicy is specified");
        }
      }
      default -> errors.notSupported(path, policy, List.of("OnFailure", "Never"));
    }
  }

  static void validateUpdate(Job job, Job old, FieldErrors errors) {
    validate(job, errors);
    JobSpec spec = job.getSpec();
    JobSpec before = old.getSpec();
    ownSpec(spec, errors);
    completions(spec, before, errors);
    if (differ(
        spec.hasSelector(), spec.getSelector(), before.hasSelector(), before.getSelector())) {
      errors.invalid(
          SPEC.child("selector"),
          spec.hasSelector() ? LabelSelectorValidation.shown(spec.getSelector()) : null,
          IMMUTABLE);
    }
    PodTemplateSpec allowed =
        isHalted(old)
            ? withAllowed(before.getTemplate(), spec.getTemplate())
            : before.getTemplate();
    if (!allowed.equals(spec.getTemplate())) {
      errors.invalid(SPEC.child("template"), shown(spec.getTemplate()), IMMUTABLE);
    }
    if (!spec.getCompletionMode().equals(before.getCompletionMode())) {
      errors.invalid(SPEC.child("completionMode"), spec.getCompletionMode(), IMMUTABLE);
    }
    if (differ(
        spec.hasPodFailurePolicy(),
        spec.getPodFailurePolicy(),
        before.hasPodFailurePolicy(),
        before.getPodFailurePolicy())) {
      errors.invalid(
          SPEC.child("podFailurePolicy"),
          spec.hasPodFailurePolicy() ? JobPolicyValidation.shown(spec.getPodFailurePolicy()) : null,
          IMMUTABLE);
    }
    immutable(
        spec.hasBackoffLimitPerIndex() ? spec.getBackoffLimitPerIndex() : null,
        before.hasBackoffLimitPerIndex() ? before.getBackoffLimitPerIndex() : null,
        SPEC.child("backoffLimitPerIndex"),
        errors);
    immutable(
        spec.hasManagedBy() ? spec.getManagedBy() : null,
        before.hasManagedBy() ? before.getManagedBy() : null,
        SPEC.child("managedBy"),
        errors);
    if (differ(
        spec.hasSuccessPolicy(),
        spec.getSuccessPolicy(),
        before.hasSuccessPolicy(),
        before.getSuccessPolicy())) {
      errors.invalid(
          SPEC.child("successPolicy"),
          spec.hasSuccessPolicy() ? JobPolicyValidation.shown(spec.getSuccessPolicy()) : null,
          IMMUTABLE);
    }
  }

  private static boolean differ(boolean has, Object now, boolean had, Object before) {
    return has != had || has && !now.equals(before);
  }

  private static void immutable(
      @Nullable Object now, @Nullable Object before, FieldPath path, FieldErrors errors) {
    if (!Objects.equals(now, before)) {
      errors.invalid(path, now, IMMUTABLE);
    }
  }

  /// An indexed job can grow and shrink, as long as all its pods run at once.
  private static void completions(JobSpec spec, JobSpec before, FieldErrors errors) {
    FieldPath path = SPEC.child("completions");
    Integer now = spec.hasCompletions() ? spec.getCompletions() : null;
    if (Objects.equals(now, before.hasCompletions() ? before.getCompletions() : null)) {
      return;
    }
    if (!isIndexed(spec)) {
      errors.invalid(path, now, IMMUTABLE);
    } else if (now != null && now != spec.getParallelism()) {
      errors.invalid(path, now, "can only be modified in tandem with spec.parallelism");
    }
  }

  /// While nothing of it runs, a suspended job's pods can be told to go elsewhere and to need less
  /// or more (KEP-5440).
  private static boolean isHalted(Job old) {
    return old.getSpec().getSuspend() && old.getStatus().getActive() == 0;
  }

  /// `before`, had it only changed as the template of a halted job may.
  private static PodTemplateSpec withAllowed(PodTemplateSpec before, PodTemplateSpec now) {
    PodTemplateSpec.Builder allowed = before.toBuilder();
    PodSpec.Builder spec = allowed.getSpecBuilder();
    nodeAffinity(spec, now.getSpec());
    spec.clearNodeSelector().putAllNodeSelector(now.getSpec().getNodeSelectorMap());
    spec.clearTolerations().addAllTolerations(now.getSpec().getTolerationsList());
    spec.clearSchedulingGates().addAllSchedulingGates(now.getSpec().getSchedulingGatesList());
    for (int i = 0;
        i < Math.min(spec.getContainersCount(), now.getSpec().getContainersCount());
        i++) {
      resources(spec.getContainersBuilder(i), now.getSpec().getContainers(i));
    }
    for (int i = 0;
        i < Math.min(spec.getInitContainersCount(), now.getSpec().getInitContainersCount());
        i++) {
      resources(spec.getInitContainersBuilder(i), now.getSpec().getInitContainers(i));
    }
    if (now.hasMetadata() || before.hasMetadata()) {
      allowed
          .getMetadataBuilder()
          .clearAnnotations()
          .putAllAnnotations(now.getMetadata().getAnnotationsMap())
          .clearLabels()
          .putAllLabels(now.getMetadata().getLabelsMap());
    }
    return allowed.build();
  }

  private static void resources(Container.Builder allowed, Container now) {
    if (now.hasResources()) {
      allowed.setResources(now.getResources());
    } else {
      allowed.clearResources();
    }
  }

  private static void nodeAffinity(PodSpec.Builder allowed, PodSpec now) {
    Affinity.Builder affinity = allowed.getAffinity().toBuilder().clearNodeAffinity();
    if (now.getAffinity().hasNodeAffinity()) {
      affinity.setNodeAffinity(now.getAffinity().getNodeAffinity());
    }
    boolean none = affinity.build().equals(Affinity.getDefaultInstance());
    if (none && !now.hasAffinity()) {
      allowed.clearAffinity();
    } else {
      allowed.setAffinity(affinity);
    }
  }

  /// As the API has it; upstream shows the fields of its own structs. The metadata by its JSON
  /// names, the rest by Go's: upstream embeds the one into the other.
  private static Object shown(PodTemplateSpec template) {
    Map<String, @Nullable Object> shown =
        ProtobufCodec.decode(
            Schema.message("meta.v1.ObjectMeta"), template.getMetadata().toByteArray());
    shown.put("Spec", GoForm.of(template.getSpec()));
    return shown;
  }
}
