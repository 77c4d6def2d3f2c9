package io.kemudi.apimachinery.kinds;

import com.google.protobuf.Message;
import io.kemudi.apimachinery.validation.FieldErrors;
import io.kemudi.apimachinery.validation.FieldPath;
import io.kemudi.kubernetes.apps.v1.Deployment;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Deployment. Its annotations count as desired state too: they are copied to its ReplicaSets.
final class DeploymentKind extends BuiltInKind<Deployment> {
  private static final ConstantDefaults DEFAULTS =
      new ConstantDefaults(
          "spec+.replicas=1",
          "spec.strategy+.type=RollingUpdate",
          "spec.revisionHistoryLimit=10",
          "spec.progressDeadlineSeconds=600");
  private static final ConstantDefaults ROLLING =
      new ConstantDefaults("rollingUpdate+.maxUnavailable='25%", "rollingUpdate.maxSurge='25%");

  DeploymentKind() {
    super("apps", "Deployment", Deployment.getDefaultInstance(), Deployment::getMetadata, true);
  }

  @Override
  public void applyDefaults(Map<String, @Nullable Object> tree) {
    DEFAULTS.apply(tree);
    Map<String, @Nullable Object> spec = Tree.made(tree, "spec");
    Map<String, @Nullable Object> strategy = Tree.made(spec, "strategy");
    if (Tree.text(strategy, "type").equals("RollingUpdate")) {
      ROLLING.apply(strategy);
    }
    PodSpecDefaults.applyToTemplateOf(spec);
  }

  @Override
  public void prepareForUpdate(
      Map<String, @Nullable Object> tree, Map<String, @Nullable Object> old, String subresource) {
    super.prepareForUpdate(tree, old, subresource);
    if (subresource.equals("status")) {
      Map<String, @Nullable Object> oldMetadata = Tree.map(old, "metadata");
      Tree.copy(
          oldMetadata == null ? Map.of() : oldMetadata, Tree.made(tree, "metadata"), "labels");
    }
  }

  @Override
  boolean desiredStateDiffers(
      Map<String, @Nullable Object> tree, Map<String, @Nullable Object> old) {
    return super.desiredStateDiffers(tree, old)
        || !Tree.same(
            Tree.map(tree, "metadata", "annotations"), Tree.map(old, "metadata", "annotations"));
  }

  @Override
  void validate(Deployment deployment, FieldErrors errors) {
    DeploymentValidation.validate(deployment, errors);
  }

  @Override
  void validateUpdate(
      Deployment deployment, Deployment old, String subresource, FieldErrors errors) {
    if (subresource.equals("status")) {
      DeploymentValidation.validateStatus(deployment, old, errors);
    } else {
      DeploymentValidation.validateUpdate(deployment, old, errors);
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
