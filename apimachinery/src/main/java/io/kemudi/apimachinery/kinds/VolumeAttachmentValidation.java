package io.kemudi.apimachinery.kinds;

import io.kemudi.apimachinery.validation.Checks;
import io.kemudi.apimachinery.validation.FieldErrors;
import io.kemudi.apimachinery.validation.FieldPath;
import io.kemudi.apimachinery.validation.Immutable;
import io.kemudi.apimachinery.validation.Names;
import io.kemudi.kubernetes.storage.v1.VolumeAttachment;
import io.kemudi.kubernetes.storage.v1.VolumeAttachmentSource;
import io.kemudi.kubernetes.storage.v1.VolumeError;
import java.nio.charset.StandardCharsets;

final class VolumeAttachmentValidation {
  private static final FieldPath SPEC = FieldPath.of("spec");
  private static final FieldPath STATUS = FieldPath.of("status");
  private static final int METADATA_MAX_BYTES = 256 * 1024;
  private static final int MESSAGE_MAX_BYTES = 1024;

  private VolumeAttachmentValidation() {}

  static void validate(VolumeAttachment attachment, FieldErrors errors) {
    var spec = attachment.getSpec();
    CsiNames.driver(spec.getAttacher(), SPEC.child("attacher"), errors);
    source(spec.getSource(), SPEC.child("source"), errors);
    Checks.form(spec.getNodeName(), Names::dnsSubdomain, SPEC.child("nodeName"), errors);
    validateStatus(attachment, errors);
  }

  private static void source(VolumeAttachmentSource source, FieldPath path, FieldErrors errors) {
    String exactlyOne = "must specify exactly one of inlineVolumeSpec and persistentVolumeName";
    boolean named = source.hasPersistentVolumeName();
    boolean inline = source.hasInlineVolumeSpec();
    if (named && inline) {
      errors.forbidden(path, exactlyOne);
    } else if (inline) {
      PersistentVolumeValidation.validateSpec(
          source.getInlineVolumeSpec(), true, path.child("inlineVolumeSpec"), errors);
    } else if (!named) {
      errors.required(path, exactlyOne);
    } else if (source.getPersistentVolumeName().isEmpty()) {
      errors.required(
          path.child("persistentVolumeName"), "must specify non empty persistentVolumeName");
    } else {
      Checks.form(
          source.getPersistentVolumeName(),
          Names::dnsSubdomain,
          path.child("persistentVolumeName"),
          errors);
    }
  }

  static void validateStatus(VolumeAttachment attachment, FieldErrors errors) {
    var status = attachment.getStatus();
    long bytes = 0;
    for (var entry : status.getAttachmentMetadataMap().entrySet()) {
      bytes += entry.getKey().getBytes(StandardCharsets.UTF_8).length;
      bytes += entry.getValue().getBytes(StandardCharsets.UTF_8).length;
    }
    if (bytes > METADATA_MAX_BYTES) {
      errors.tooLong(STATUS.child("attachmentMetadata"), METADATA_MAX_BYTES);
    }
    if (status.hasAttachError()) {
      error(status.getAttachError(), STATUS.child("attachError"), errors);
    }
    if (status.hasDetachError()) {
      error(status.getDetachError(), STATUS.child("detachError"), errors);
    }
  }

  private static void error(VolumeError error, FieldPath path, FieldErrors errors) {
    if (error.getMessage().getBytes(StandardCharsets.UTF_8).length > MESSAGE_MAX_BYTES) {
      // Upstream says the limit of the metadata here.
      errors.tooLong(path.child("message"), METADATA_MAX_BYTES);
    }
    if (error.hasErrorCode()) {
      Checks.id(error.getErrorCode(), path.child("errorCode"), errors);
    }
  }

  static void validateUpdate(VolumeAttachment now, VolumeAttachment old, FieldErrors errors) {
    if (!now.getSpec().equals(old.getSpec())) {
      errors.invalid(SPEC, GoForm.of(now.getSpec()), Immutable.DETAIL);
    }
  }
}
