package io.kemudi.apimachinery.kinds;

import io.kemudi.apimachinery.validation.FieldErrors;
import io.kemudi.kubernetes.core.v1.Secret;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Secret: `stringData` is a way to write `data` without base64, and is never kept.
final class SecretKind extends BuiltInKind<Secret> {
  SecretKind() {
    super("", "Secret", Secret.getDefaultInstance(), Secret::getMetadata);
  }

  @Override
  public void applyDefaults(Map<String, @Nullable Object> tree) {
    Map<String, @Nullable Object> plain = Tree.map(tree, "stringData");
    if (plain != null && !plain.isEmpty()) {
      Map<String, @Nullable Object> data = Tree.made(tree, "data");
      plain.forEach((key, value) -> data.put(key, base64(String.valueOf(value))));
    }
    tree.remove("stringData");
    Tree.defaultText(tree, "type", "Opaque");
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  void validate(Secret secret, FieldErrors errors) {
    SecretValidation.validate(secret, errors);
  }

  @Override
  void validateUpdate(Secret secret, Secret old, String subresource, FieldErrors errors) {
    SecretValidation.validateUpdate(secret, old, errors);
  }

  @Override
  public List<String> selectableFields() {
    return List.of("metadata.name", "metadata.namespace", "type");
  }

  @Override
  public String selectableField(com.google.protobuf.Message object, String field) {
    return field.equals("type") ? cast(object).getType() : super.selectableField(object, field);
  }

  @Override
  int creationRulesOnUpdate(String subresource) {
    return subresource.isEmpty() ? 1 : 0;
  }
}
