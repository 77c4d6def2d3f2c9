package io.kemudi.apimachinery.kinds;

import io.kemudi.apimachinery.validation.FieldErrors;
import io.kemudi.kubernetes.batch.v1.CronJob;
import java.util.Map;
import org.jspecify.annotations.Nullable;

final class CronJobKind extends BuiltInKind<CronJob> {
  private static final ConstantDefaults DEFAULTS =
      new ConstantDefaults(
          "spec+.concurrencyPolicy=Allow",
          "spec.suspend=false",
          "spec.successfulJobsHistoryLimit=3",
          "spec.failedJobsHistoryLimit=1",
          "spec.jobTemplate.spec.podFailurePolicy.rules[].onPodConditions[].status=True");

  CronJobKind() {
    super("batch", "CronJob", CronJob.getDefaultInstance(), CronJob::getMetadata, true);
  }

  @Override
  public void applyDefaults(Map<String, @Nullable Object> tree) {
    DEFAULTS.apply(tree);
    Map<String, @Nullable Object> template = Tree.made(Tree.made(tree, "spec"), "jobTemplate");
    PodSpecDefaults.applyToTemplateOf(Tree.made(template, "spec"));
  }

  @Override
  void validate(CronJob job, FieldErrors errors) {
    CronJobValidation.validate(job, errors);
  }

  @Override
  void validateUpdate(CronJob job, CronJob old, String subresource, FieldErrors errors) {
    if (!subresource.equals("status")) {
      CronJobValidation.validateUpdate(job, old, errors);
    }
  }
}
