package io.kemudi.apimachinery.kinds;

import com.google.protobuf.ByteString;
import io.kemudi.apimachinery.codec.CodecException;
import io.kemudi.apimachinery.codec.Json;
import io.kemudi.apimachinery.validation.Checks;
import io.kemudi.apimachinery.validation.FieldErrors;
import io.kemudi.apimachinery.validation.FieldPath;
import io.kemudi.apimachinery.validation.Names;
import io.kemudi.kubernetes.core.v1.Secret;
import java.util.TreeSet;

/// Secrets: sizes and keys, and what each well-known type must hold. Never shows contents.
final class SecretValidation {
  private static final FieldPath DATA = FieldPath.of("data");
  private static final String REDACTED = "<secret contents redacted>";
  private static final String ACCOUNT_NAME = "kubernetes.io/service-account.name";

  private SecretValidation() {}

  static void validate(Secret secret, FieldErrors errors) {
    long size = 0;
    for (String key : new TreeSet<>(secret.getDataMap().keySet())) {
      Checks.form(key, Names::configMapKey, DATA.key(key), errors);
      size += secret.getDataOrThrow(key).size();
    }
    if (size > ConfigMapValidation.MAX_BYTES) {
      errors.tooLong(DATA, ConfigMapValidation.MAX_BYTES);
    }
    switch (secret.getType()) {
      case "kubernetes.io/service-account-token" -> {
        if (secret.getMetadata().getAnnotationsOrDefault(ACCOUNT_NAME, "").isEmpty()) {
          errors.required(FieldPath.of("metadata", "annotations").key(ACCOUNT_NAME));
        }
      }
      case "kubernetes.io/dockercfg" -> requireJson(secret, ".dockercfg", errors);
      case "kubernetes.io/dockerconfigjson" -> requireJson(secret, ".dockerconfigjson", errors);
      case "kubernetes.io/basic-auth" -> {
        if (!secret.containsData("username") && !secret.containsData("password")) {
          errors.required(DATA.key("username"));
          errors.required(DATA.key("password"));
        }
      }
      case "kubernetes.io/ssh-auth" -> {
        if (secret.getDataOrDefault("ssh-privatekey", ByteString.EMPTY).isEmpty()) {
          errors.required(DATA.key("ssh-privatekey"));
        }
      }
      case "kubernetes.io/tls" -> {
        for (String key : new String[] {"tls.crt", "tls.key"}) {
          if (!secret.containsData(key)) {
            errors.required(DATA.key(key));
          }
        }
      }
      default -> {}
    }
  }

  private static void requireJson(Secret secret, String key, FieldErrors errors) {
    ByteString value = secret.getDataOrDefault(key, ByteString.EMPTY);
    if (!secret.containsData(key)) {
      errors.required(DATA.key(key));
      return;
    }
    try {
      Json.parse(value.toByteArray());
    } catch (CodecException notJson) {
      String why = String.valueOf(notJson.getMessage());
      int where = why.indexOf(" (line ");
      errors.invalid(DATA.key(key), REDACTED, where < 0 ? why : why.substring(0, where));
    }
  }

  static void validateUpdate(Secret secret, Secret old, FieldErrors errors) {
    if (!secret.getType().equals(old.getType())) {
      errors.invalid(FieldPath.of("type"), secret.getType(), "field is immutable");
    }
    if (old.getImmutable()) {
      if (!secret.getImmutable()) {
        errors.forbidden(FieldPath.of("immutable"), ConfigMapValidation.FROZEN);
      }
      if (!secret.getDataMap().equals(old.getDataMap())) {
        errors.forbidden(DATA, ConfigMapValidation.FROZEN);
      }
    }
    validate(secret, errors);
  }
}
