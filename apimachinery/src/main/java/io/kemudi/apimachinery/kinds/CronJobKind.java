package io.kemudi.apimachinery.kinds;

import io.kemudi.apimachinery.validation.Names;
import io.kemudi.kubernetes.batch.v1.CronJob;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

final class CronJobKind extends BuiltInKind<CronJob> {
  private static final int NAME_MAX = 52;
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

  /// Its jobs' names are its own and eleven more characters.
  @Override
  List<String> wrongName(String name) {
    List<String> wrong = new ArrayList<>(Names.dnsSubdomain(name));
    if (name.length() > NAME_MAX) {
      wrong.add("must be no more than " + NAME_MAX + " characters");
    }
    return wrong;
  }

  @Override
  public void applyDefaults(Map<String, @Nullable Object> tree) {
    DEFAULTS.apply(tree);
    Map<String, @Nullable Object> template = Tree.made(Tree.made(tree, "spec"), "jobTemplate");
    PodSpecDefaults.applyToTemplateOf(Tree.made(template, "spec"));
  }
}
