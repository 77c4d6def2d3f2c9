package io.kemudi.apimachinery.kinds;

import com.google.protobuf.Message;
import io.kemudi.apimachinery.validation.FieldErrors;
import io.kemudi.apimachinery.validation.FieldPath;
import io.kemudi.kubernetes.apps.v1.DaemonSet;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// DaemonSet: an annotation counts the changes of its template, as an older version had a field for
/// it.
final class DaemonSetKind extends BuiltInKind<DaemonSet> {
  private static final String TEMPLATE_GENERATION = "deprecated.daemonset.template.generation";
  private static final ConstantDefaults DEFAULTS =
      new ConstantDefaults(
          "spec+.updateStrategy+.type=RollingUpdate", "spec.revisionHistoryLimit=10");
  private static final ConstantDefaults ROLLING =
      new ConstantDefaults("rollingUpdate+.maxUnavailable=1", "rollingUpdate.maxSurge=0");

  DaemonSetKind() {
    super("apps", "DaemonSet", DaemonSet.getDefaultInstance(), DaemonSet::getMetadata, true);
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
    // Upstream's older form has a plain number here, so that whoever writes the object owns it.
    Tree.defaultText(
        Tree.made(Tree.made(tree, "metadata"), "annotations"), TEMPLATE_GENERATION, "0");
  }

  @Override
  public void prepareForCreate(Map<String, @Nullable Object> tree) {
    super.prepareForCreate(tree);
    annotate(tree, 1);
  }

  @Override
  public void prepareForUpdate(
      Map<String, @Nullable Object> tree, Map<String, @Nullable Object> old, String subresource) {
    super.prepareForUpdate(tree, old, subresource);
    long generation = templateGeneration(old);
    boolean changed =
        !Tree.same(Tree.map(tree, "spec", "template"), Tree.map(old, "spec", "template"));
    annotate(tree, changed ? generation + 1 : generation);
  }

  private static void annotate(Map<String, @Nullable Object> tree, long generation) {
    Tree.made(Tree.made(tree, "metadata"), "annotations")
        .put(TEMPLATE_GENERATION, Long.toString(generation));
  }

  private static long templateGeneration(Map<String, @Nullable Object> tree) {
    String text = Tree.text(Tree.map(tree, "metadata", "annotations"), TEMPLATE_GENERATION);
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException notCounted) {
      return 0;
    }
  }

  @Override
  void validate(DaemonSet set, FieldErrors errors) {
    DaemonSetValidation.validate(set, errors);
  }

  @Override
  void validateUpdate(DaemonSet set, DaemonSet old, String subresource, FieldErrors errors) {
    if (subresource.equals("status")) {
      DaemonSetValidation.validateStatus(set.getStatus(), old.getStatus(), errors);
    } else {
      DaemonSetValidation.validateUpdate(set, old, errors);
    }
  }

  @Override
  public List<String> warnings(Message object, @Nullable Message old) {
    return WorkloadWarnings.of(
        metadata(object),
        old == null ? null : metadata(old),
        cast(object).getSpec().getTemplate(),
        FieldPath.of("spec", "template"));
  }
}
