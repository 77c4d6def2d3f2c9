package io.kemudi.apiserver.registry;

import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.apimachinery.errors.StatusReason;
import io.kemudi.apimachinery.validation.FieldError;
import io.kemudi.apimachinery.validation.FieldErrors;
import io.kemudi.apimachinery.validation.FieldPath;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Checks the options of requests, in upstream's words.
final class Options {
  private static final int MAX_MANAGER_BYTES = 128;
  private static final FieldPath MATCH = FieldPath.of("resourceVersionMatch");

  private Options() {}

  static void check(ListOptions options) {
    FieldErrors errors = new FieldErrors();
    String match = options.resourceVersionMatch();
    if (!match.isEmpty()) {
      if (options.resourceVersion().isEmpty()) {
        errors.forbidden(
            MATCH, "resourceVersionMatch is forbidden unless resourceVersion is provided");
      }
      if (!options.continueToken().isEmpty()) {
        errors.forbidden(MATCH, "resourceVersionMatch is forbidden when continue is provided");
      }
      if (!match.equals("Exact") && !match.equals("NotOlderThan")) {
        errors.notSupported(MATCH, match, List.of("Exact", "NotOlderThan", ""));
      }
      if (match.equals("Exact") && options.resourceVersion().equals("0")) {
        errors.forbidden(
            MATCH, "resourceVersionMatch \"exact\" is forbidden for resourceVersion \"0\"");
      }
    }
    refuse("ListOptions", errors);
    if (options.continueToken().isEmpty()) {
      String why = revisionError(options.resourceVersion());
      if (why != null) {
        throw ApiException.badRequest("invalid resource version: " + why);
      }
    }
  }

  static void check(WatchOptions options) {
    FieldErrors errors = new FieldErrors();
    String match = options.resourceVersionMatch();
    Boolean initial = options.sendInitialEvents();
    String version = options.resourceVersion();
    if (initial == null && match.isEmpty() && (version.isEmpty() || version.equals("0"))) {
      // such a watch begins with what is there: as if that had been asked for
      initial = true;
      match = "NotOlderThan";
    }
    if (initial != null && !match.equals("NotOlderThan")) {
      errors.forbidden(
          MATCH, "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan");
    }
    if (!match.isEmpty()) {
      if (initial == null) {
        errors.forbidden(
            MATCH,
            "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided");
      }
      if (!match.equals("NotOlderThan")) {
        errors.notSupported(MATCH, match, List.of("NotOlderThan"));
      }
      if (!options.continueToken().isEmpty()) {
        errors.forbidden(MATCH, "resourceVersionMatch is forbidden when continue is provided");
      }
    }
    refuse("ListOptions", errors);
    String why = revisionError(options.resourceVersion());
    if (why != null) {
      throw new ApiException(StatusReason.UNKNOWN, why);
    }
  }

  /// `kind` is CreateOptions, UpdateOptions or PatchOptions.
  static void check(String kind, WriteOptions options, Patch.@Nullable Type patch) {
    FieldErrors errors = new FieldErrors();
    String manager = options.fieldManager();
    FieldPath path = FieldPath.of("fieldManager");
    if (patch == Patch.Type.APPLY && manager.isEmpty()) {
      errors.required(path, "is required for apply patch");
    }
    if (manager.getBytes(StandardCharsets.UTF_8).length > MAX_MANAGER_BYTES) {
      errors.tooLong(path, MAX_MANAGER_BYTES);
    }
    for (int i = 0; i < manager.length(); i++) {
      if (Character.isISOControl(manager.charAt(i))) {
        String character = String.format("U+%04X", (int) manager.charAt(i));
        errors.invalid(
            path, manager, "invalid character " + character + " (at position " + i + ")");
      }
    }
    if (!List.of("", "Ignore", "Strict", "Warn").contains(options.fieldValidation())) {
      errors.notSupported(
          FieldPath.of("fieldValidation"),
          options.fieldValidation(),
          List.of("", "Ignore", "Strict", "Warn"));
    }
    refuse(kind, errors);
  }

  static void check(DeleteOptions options) {
    FieldErrors errors = new FieldErrors();
    FieldPath path = FieldPath.of("propagationPolicy");
    String policy = options.propagationPolicy();
    if (policy != null && options.orphanDependents() != null) {
      errors.invalid(path, policy, "orphanDependents and deletionPropagation cannot be both set");
    }
    if (policy != null && !List.of("Foreground", "Background", "Orphan").contains(policy)) {
      errors.notSupported(path, policy, List.of("Foreground", "Background", "Orphan", "nil"));
    }
    refuse("DeleteOptions", errors);
  }

  private static void refuse(String kind, FieldErrors errors) {
    if (!errors.isEmpty()) {
      throw FieldError.toStatus("meta.k8s.io", kind, "", errors.list());
    }
  }

  /// What is wrong with a resourceVersion, as Go says it; null when nothing is.
  static @Nullable String revisionError(String version) {
    String why = numberError(version);
    return why == null ? null : "resourceVersion: Invalid value: \"" + version + "\": " + why;
  }

  private static @Nullable String numberError(String version) {
    if (version.isEmpty()) {
      return null;
    }
    String parsing = "strconv.ParseUint: parsing \"" + version + "\": ";
    for (int i = 0; i < version.length(); i++) {
      if (version.charAt(i) < '0' || version.charAt(i) > '9') {
        return parsing + "invalid syntax";
      }
    }
    try {
      Long.parseLong(version);
      return null;
    } catch (NumberFormatException tooLarge) {
      return parsing + "value out of range";
    }
  }

  /// The revision that a written object names; 0 when it names none.
  static long revision(String version) {
    String why = numberError(version);
    if (why != null) {
      throw new ApiException(StatusReason.UNKNOWN, why);
    }
    return version.isEmpty() ? 0 : Long.parseLong(version);
  }
}
