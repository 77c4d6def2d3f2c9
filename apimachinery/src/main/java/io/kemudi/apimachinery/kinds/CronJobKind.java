package io.kemudi.apimachinery.kinds;

import com.google.protobuf.Message;
import io.kemudi.apimachinery.validation.FieldErrors;
import io.kemudi.apimachinery.validation.FieldPath;
import io.kemudi.kubernetes.batch.v1.CronJob;
import io.kemudi.kubernetes.batch.v1.CronJobSpec;
import java.util.List;
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

  @Override
  public List<String> warnings(Message object, @Nullable Message old) {
    CronJobSpec spec = cast(object).getSpec();
    List<String> warnings =
        WorkloadWarnings.named(
            metadata(object),
            old == null ? null : metadata(old),
            spec.getJobTemplate().getSpec().getTemplate(),
            FieldPath.of("spec", "jobTemplate", "spec", "template"));
    if (old != null && spec.getSchedule().contains("TZ")) {
      warnings.add(
          "CRON_TZ or TZ used in spec.schedule is not officially supported, see"
              + " https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/ for more"
              + " details");
    }
    return warnings;
  }
}
