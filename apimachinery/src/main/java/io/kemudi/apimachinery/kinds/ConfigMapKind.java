package io.kemudi.apimachinery.kinds;

import io.kemudi.apimachinery.validation.FieldErrors;
import io.kemudi.kubernetes.core.v1.ConfigMap;

/// ConfigMap: text and bytes by key, frozen for good once it is immutable.
final class ConfigMapKind extends BuiltInKind<ConfigMap> {
  ConfigMapKind() {
    super("", "ConfigMap", ConfigMap.getDefaultInstance(), ConfigMap::getMetadata);
  }

  @Override
  void validate(ConfigMap object, FieldErrors errors) {
    ConfigMapValidation.validate(object, errors);
  }

  @Override
  void validateUpdate(ConfigMap object, ConfigMap old, String subresource, FieldErrors errors) {
    ConfigMapValidation.validateUpdate(object, old, errors);
  }

  @Override
  int creationRulesOnUpdate(String subresource) {
    return subresource.isEmpty() ? 1 : 0;
  }
}
