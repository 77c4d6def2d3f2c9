package io.kemudi.apimachinery.kinds;

import com.google.protobuf.Message;
import io.kemudi.apimachinery.validation.FieldErrors;
import io.kemudi.apimachinery.validation.FieldPath;
import io.kemudi.kubernetes.apps.v1.ReplicaSet;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

final class ReplicaSetKind extends BuiltInKind<ReplicaSet> {
  private static final ConstantDefaults DEFAULTS = new ConstantDefaults("spec+.replicas=1");

  ReplicaSetKind() {
    super("apps", "ReplicaSet", ReplicaSet.getDefaultInstance(), ReplicaSet::getMetadata, true);
  }

  @Override
  public void applyDefaults(Map<String, @Nullable Object> tree) {
    DEFAULTS.apply(tree);
    PodSpecDefaults.applyToTemplateOf(Tree.made(tree, "spec"));
  }

  @Override
  void validate(ReplicaSet set, FieldErrors errors) {
    WorkloadValidation.validate(set, errors);
  }

  @Override
  void validateUpdate(ReplicaSet set, ReplicaSet old, String subresource, FieldErrors errors) {
    if (subresource.equals("status")) {
      WorkloadValidation.validateStatus(set, errors);
    } else {
      WorkloadValidation.validateUpdate(set, old, errors);
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
