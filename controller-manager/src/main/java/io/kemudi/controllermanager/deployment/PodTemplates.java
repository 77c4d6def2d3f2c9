package io.kemudi.controllermanager.deployment;

import io.kemudi.kubernetes.core.v1.PodTemplateSpec;
import java.util.zip.CRC32C;

/// Telling pod templates apart.
final class PodTemplates {
  static final String HASH_LABEL = "pod-template-hash";

  /// No vowels and no look-alikes, so that no hash spells a word (upstream's SafeEncodeString).
  private static final String ALPHABET = "bcdfghjklmnpqrstvwxz2456789";

  private PodTemplates() {}

  /// Whether both templates make the same pods; the hash label is the controller's own business.
  static boolean same(PodTemplateSpec a, PodTemplateSpec b) {
    return withoutHash(a).equals(withoutHash(b));
  }

  private static PodTemplateSpec withoutHash(PodTemplateSpec template) {
    if (!template.getMetadata().containsLabels(HASH_LABEL)) {
      return template;
    }
    var builder = template.toBuilder();
    builder.getMetadataBuilder().removeLabels(HASH_LABEL);
    return builder.build();
  }

  /// A short name for the template, different for each `collisions` count. It needs to be stable
  /// only until a ReplicaSet of that name exists: sets are found by comparing templates.
  static String hash(PodTemplateSpec template, int collisions) {
    var crc = new CRC32C();
    crc.update(withoutHash(template).toByteArray());
    crc.update(collisions);
    String digits = Long.toString(crc.getValue());
    var name = new StringBuilder();
    for (int i = 0; i < digits.length(); i++) {
      name.append(ALPHABET.charAt(digits.charAt(i) % ALPHABET.length()));
    }
    return name.toString();
  }
}
