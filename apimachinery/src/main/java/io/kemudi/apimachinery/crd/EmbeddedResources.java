package io.kemudi.apimachinery.crd;

import io.kemudi.apimachinery.codec.Trees;
import io.kemudi.apimachinery.validation.FieldErrors;
import io.kemudi.apimachinery.validation.FieldPath;
import io.kemudi.apimachinery.validation.Names;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Checks that values whose schema says `x-kubernetes-embedded-resource` say what they are.
final class EmbeddedResources {
  private EmbeddedResources() {}

  /// @param path null of the object itself, which is checked as every object is
  static void validate(
      @Nullable Object value,
      StructuralSchema schema,
      @Nullable FieldPath path,
      FieldErrors errors) {
    Map<String, @Nullable Object> map = Trees.objectOrNull(value);
    if (map != null) {
      if (path != null && schema.isEmbeddedResource()) {
        typeMeta(map, path, errors);
      }
      map.forEach((name, each) -> {
        StructuralSchema field = schema.field(name);
        if (field != null) {
          boolean declared = schema.properties().containsKey(name);
          validate(each, field, step(path, name, declared), errors);
        }
      });
      return;
    }
    List<?> list = Trees.listOrNull(value);
    StructuralSchema items = schema.items();
    if (list != null && items != null && path != null) {
      for (int i = 0; i < list.size(); i++) {
        validate(list.get(i), items, path.index(i), errors);
      }
    }
  }

  private static FieldPath step(@Nullable FieldPath path, String name, boolean declared) {
    if (path == null) {
      return FieldPath.of(name);
    }
    return declared ? path.child(name) : path.key(name);
  }

  private static void typeMeta(
      Map<String, @Nullable Object> resource, FieldPath path, FieldErrors errors) {
    String apiVersion = Trees.string(resource, "apiVersion");
    if (apiVersion.isEmpty()) {
      errors.required(path.child("apiVersion"), "must not be empty");
    } else if (apiVersion.chars().filter(c -> c == '/').count() > 1) {
      errors.invalid(
          path.child("apiVersion"), apiVersion, "unexpected GroupVersion string: " + apiVersion);
    }
    String kind = Trees.string(resource, "kind");
    if (kind.isEmpty()) {
      errors.required(path.child("kind"), "must not be empty");
      return;
    }
    for (String wrong : Names.dns1035Label(kind.toLowerCase(Locale.ROOT))) {
      errors.invalid(
          path.child("kind"), kind, "may have mixed case, but should otherwise match: " + wrong);
    }
  }
}
