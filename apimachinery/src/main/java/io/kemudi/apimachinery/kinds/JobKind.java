package io.kemudi.apimachinery.kinds;

import com.google.protobuf.Message;
import io.kemudi.apimachinery.validation.FieldErrors;
import io.kemudi.apimachinery.validation.FieldPath;
import io.kemudi.kubernetes.batch.v1.Job;
import io.kemudi.kubernetes.batch.v1.JobSpec;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Job: finds its pods by its own uid, unless the client chose the selector.
final class JobKind extends BuiltInKind<Job> {
  private static final long BACKOFF_LIMIT = 6;
  private static final int MANY_COMPLETIONS = 100_000;
  private static final int MANY_PODS = 10_000;
  private static final ConstantDefaults DEFAULTS =
      new ConstantDefaults(
          "spec+.completionMode=NonIndexed",
          "spec.suspend=false",
          "spec.manualSelector=false",
          "spec.podFailurePolicy.rules[].onPodConditions[].status=True");

  JobKind() {
    super("batch", "Job", Job.getDefaultInstance(), Job::getMetadata, true);
  }

  @Override
  public void applyDefaults(Map<String, @Nullable Object> tree) {
    DEFAULTS.apply(tree);
    Map<String, @Nullable Object> spec = Tree.made(tree, "spec");
    if (!Tree.has(spec, "completions") && !Tree.has(spec, "parallelism")) {
      spec.put("completions", 1L);
    }
    Tree.defaultTo(spec, "parallelism", 1L);
    boolean perIndex = Tree.has(spec, "backoffLimitPerIndex");
    Tree.defaultTo(spec, "backoffLimit", perIndex ? (long) Integer.MAX_VALUE : BACKOFF_LIMIT);
    Tree.defaultTo(
        spec,
        "podReplacementPolicy",
        Tree.has(spec, "podFailurePolicy") ? "Failed" : "TerminatingOrFailed");
    Map<String, @Nullable Object> metadata = Tree.made(tree, "metadata");
    Map<String, @Nullable Object> own = Tree.map(metadata, "labels");
    Map<String, @Nullable Object> labels =
        Tree.map(Tree.map(spec, "template", "metadata"), "labels");
    if ((own == null || own.isEmpty()) && labels != null && !labels.isEmpty()) {
      metadata.put("labels", new LinkedHashMap<>(labels));
    }
    PodSpecDefaults.applyToTemplateOf(spec);
  }

  @Override
  public void prepareForCreate(Map<String, @Nullable Object> tree) {
    super.prepareForCreate(tree);
    Map<String, @Nullable Object> spec = Tree.made(tree, "spec");
    if (!Tree.flag(spec, "manualSelector")) {
      selectByUid(spec, Tree.made(tree, "metadata"));
    }
  }

  private static void selectByUid(
      Map<String, @Nullable Object> spec, Map<String, @Nullable Object> metadata) {
    Map<String, @Nullable Object> labels =
        Tree.made(Tree.made(Tree.made(spec, "template"), "metadata"), "labels");
    Map<String, @Nullable Object> ours = new LinkedHashMap<>();
    for (String prefix : List.of("", "batch.kubernetes.io/")) {
      ours.put(prefix + "job-name", Tree.text(metadata, "name"));
      ours.put(prefix + "controller-uid", Tree.text(metadata, "uid"));
    }
    Map<String, @Nullable Object> own = Tree.map(metadata, "labels");
    boolean ownAreTheTemplates = own != null && Tree.same(own, labels);
    ours.forEach(labels::putIfAbsent);
    if (own != null && ownAreTheTemplates) {
      // Defaulted from the template's labels, they go on being the same.
      ours.forEach(own::putIfAbsent);
    }
    Map<String, @Nullable Object> required = Tree.made(Tree.made(spec, "selector"), "matchLabels");
    required.putIfAbsent("batch.kubernetes.io/controller-uid", Tree.text(metadata, "uid"));
  }

  @Override
  void validate(Job job, FieldErrors errors) {
    JobValidation.validate(job, errors);
  }

  @Override
  void validateUpdate(Job job, Job old, String subresource, FieldErrors errors) {
    if (subresource.equals("status")) {
      JobStatusValidation.validate(job, old, errors);
    } else {
      JobValidation.validateUpdate(job, old, errors);
    }
  }

  @Override
  public List<String> selectableFields() {
    return List.of("metadata.name", "metadata.namespace", "status.successful");
  }

  @Override
  public String unsupportedField(String field) {
    return "field label \"" + field + "\" not supported for Job";
  }

  @Override
  public String selectableField(Message object, String field) {
    return field.equals("status.successful")
        ? String.valueOf(cast(object).getStatus().getSucceeded())
        : super.selectableField(object, field);
  }

  @Override
  int creationRulesOnUpdate(String subresource) {
    return subresource.isEmpty() ? 1 : 0;
  }

  @Override
  public List<String> warnings(Message object, @Nullable Message old) {
    JobSpec spec = cast(object).getSpec();
    List<String> warnings =
        WorkloadWarnings.named(
            metadata(object),
            old == null ? null : metadata(old),
            spec.getTemplate(),
            FieldPath.of("spec", "template"));
    if (old == null
        && JobValidation.isIndexed(spec)
        && spec.getCompletions() > MANY_COMPLETIONS
        && spec.getParallelism() > MANY_PODS) {
      warnings.add(
          "In Indexed Jobs with a number of completions higher than 10^5 and a parallelism higher than"
              + " 10^4, Kubernetes might not be able to track completedIndexes when a big number of"
              + " indexes fail");
    }
    return warnings;
  }
}
