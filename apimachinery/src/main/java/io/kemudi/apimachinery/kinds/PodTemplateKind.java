package io.kemudi.apimachinery.kinds;

import com.google.protobuf.Message;
import io.kemudi.apimachinery.validation.FieldErrors;
import io.kemudi.apimachinery.validation.FieldPath;
import io.kemudi.kubernetes.core.v1.PodTemplate;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

final class PodTemplateKind extends BuiltInKind<PodTemplate> {
  PodTemplateKind() {
    super("", "PodTemplate", PodTemplate.getDefaultInstance(), PodTemplate::getMetadata, true);
  }

  @Override
  public void applyDefaults(Map<String, @Nullable Object> tree) {
    PodSpecDefaults.applyToTemplateOf(tree);
  }

  @Override
  void validate(PodTemplate object, FieldErrors errors) {
    PodTemplateValidation.validate(object.getTemplate(), FieldPath.of("template"), errors);
  }

  @Override
  void validateUpdate(PodTemplate object, PodTemplate old, String subresource, FieldErrors errors) {
    validate(object, errors);
  }

  @Override
  public List<String> warnings(Message object, @Nullable Message old) {
    return WorkloadWarnings.of(
        metadata(object),
        old == null ? null : metadata(old),
        cast(object).getTemplate(),
        FieldPath.of("template"));
  }
}
