package io.kemudi.apimachinery.kinds;

import com.google.protobuf.Message;
import io.kemudi.apimachinery.validation.FieldErrors;
import io.kemudi.apimachinery.validation.FieldPath;
import io.kemudi.kubernetes.apps.v1.StatefulSet;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

final class StatefulSetKind extends BuiltInKind<StatefulSet> {
  private static final ConstantDefaults DEFAULTS =
      new ConstantDefaults(
          "spec+.podManagementPolicy=OrderedReady",
          "spec.updateStrategy+.type=RollingUpdate",
          "spec.persistentVolumeClaimRetentionPolicy+.whenDeleted=Retain",
          "spec.persistentVolumeClaimRetentionPolicy.whenScaled=Retain",
          "spec.replicas=1",
          "spec.revisionHistoryLimit=10",
          "spec.volumeClaimTemplates[].apiVersion=v1",
          "spec.volumeClaimTemplates[].kind=PersistentVolumeClaim",
          "spec.volumeClaimTemplates[].spec+.volumeMode=Filesystem",
          "spec.volumeClaimTemplates[].status+.phase=Pending");
  private static final ConstantDefaults ROLLING =
      new ConstantDefaults("rollingUpdate+.partition=0");

  StatefulSetKind() {
    super("apps", "StatefulSet", StatefulSet.getDefaultInstance(), StatefulSet::getMetadata, true);
  }

  @Override
  public void applyDefaults(Map<String, @Nullable Object> tree) {
    DEFAULTS.apply(tree);
    Map<String, @Nullable Object> spec = Tree.made(tree, "spec");
    Map<String, @Nullable Object> strategy = Tree.made(spec, "updateStrategy");
    if (Tree.text(strategy, "type").equals("RollingUpdate")) {
      ROLLING.apply(strategy);
    }
    PodSpecDefaults.applyToTemplateOf(spec);
  }

  /// A default server drops `maxUnavailable`, whose feature is off.
  @Override
  public void prepareForCreate(Map<String, @Nullable Object> tree) {
    super.prepareForCreate(tree);
    Tree.ifPresent(
        Tree.map(tree, "spec", "updateStrategy"),
        "rollingUpdate",
        rolling -> rolling.remove("maxUnavailable"));
  }

  @Override
  void validate(StatefulSet set, FieldErrors errors) {
    StatefulSetValidation.validate(set, errors);
  }

  @Override
  void validateUpdate(StatefulSet set, StatefulSet old, String subresource, FieldErrors errors) {
    if (subresource.equals("status")) {
      StatefulSetValidation.validateStatus(set.getStatus(), old.getStatus(), errors);
    } else {
      StatefulSetValidation.validateUpdate(set, old, errors);
    }
  }

  @Override
  public List<String> warnings(Message object, @Nullable Message old) {
    return WorkloadWarnings.named(
        metadata(object),
        old == null ? null : metadata(old),
        cast(object).getSpec().getTemplate(),
        FieldPath.of("spec", "template"));
  }
}
