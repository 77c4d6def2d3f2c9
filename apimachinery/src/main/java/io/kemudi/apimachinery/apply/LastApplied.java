package io.kemudi.apimachinery.apply;

import io.kemudi.apimachinery.codec.CodecException;
import io.kemudi.apimachinery.codec.Json;
import io.kemudi.apimachinery.codec.Trees;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The way from kubectl's client-side apply to server-side apply and back: what the annotation of
/// the former says was applied is no conflict to the latter, which keeps the annotation up to date.
final class LastApplied {
  private static final String ANNOTATION = "kubectl.kubernetes.io/last-applied-configuration";

  /// All annotations of an object together are at most this long.
  private static final int MAX_BYTES = 256 << 10;

  private static final String KUBECTL = "kubectl";

  private LastApplied() {}

  /// The fields that kubectl applied from the client side and that still are as it left them.
  static FieldSet excused(
      Topology topology,
      @Nullable Map<String, @Nullable Object> live,
      Map<String, @Nullable Object> comparable,
      FieldWriter writer) {
    Object annotation = Trees.at(live, "metadata", "annotations", ANNOTATION);
    if (!writer.manager().equals(KUBECTL) || !(annotation instanceof String text)) {
      return new FieldSet();
    }
    try {
      var last = Json.parseObject(text.getBytes(StandardCharsets.UTF_8));
      last.remove("kind");
      last.remove("apiVersion");
      FieldComparison changes = FieldComparison.of(topology, last, comparable);
      return AppliedFields.of(topology, last)
          .difference(changes.changed())
          .difference(changes.removed());
    } catch (CodecException e) {
      return new FieldSet(); // somebody wrote the annotation by hand: it excuses nothing
    }
  }

  /// The object with its annotation, where it has one, telling what kubectl just applied.
  static Map<String, @Nullable Object> renewed(
      Map<String, @Nullable Object> object,
      Map<String, @Nullable Object> applied,
      FieldWriter writer) {
    Object annotation = Trees.at(object, "metadata", "annotations", ANNOTATION);
    if (!writer.manager().equals(KUBECTL) || annotation == null) {
      return object;
    }
    Map<String, @Nullable Object> configuration = Trees.copyObject(applied);
    Map<String, @Nullable Object> annotations =
        Trees.objectOrNull(Trees.at(configuration, "metadata", "annotations"));
    if (annotations != null) {
      annotations.remove(ANNOTATION);
      if (annotations.isEmpty()) {
        Trees.child(configuration, "metadata").remove("annotations");
      }
    }
    byte[] text = Json.writeSorted(configuration);
    if (text.length < MAX_BYTES) {
      Trees.child(Trees.child(object, "metadata"), "annotations")
          .put(ANNOTATION, new String(text, StandardCharsets.UTF_8) + "\n");
    }
    return object;
  }
}
