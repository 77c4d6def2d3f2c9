package io.kemudi.launcher;

import io.kemudi.apiserver.audit.AuditLogFile;
import io.kemudi.apiserver.audit.AuditPolicy;
import io.kemudi.apiserver.audit.AuditQueue;
import io.kemudi.apiserver.audit.Auditor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Which requests are recorded, and where to.
///
/// @param policy null for the default one
/// @param log null records nothing
record AuditFiles(@Nullable Path policy, @Nullable Path log, AuditLogFile.Limits limits) {
  static final AuditFiles NONE = new AuditFiles(null, null, AuditLogFile.Limits.DEFAULT);

  /// Upstream's size of a batch; a file needs no wait to fill it.
  private static final int BATCH = 400;

  static AuditFiles ofDefault(Path log) {
    return new AuditFiles(null, log, AuditLogFile.Limits.DEFAULT);
  }

  /// The auditor, which the caller closes.
  Auditor open(InstantSource clock) {
    AuditPolicy rules = rules();
    if (log == null) {
      return Auditor.NONE;
    }
    try {
      var file = new AuditLogFile(log, limits, clock);
      return new Auditor(rules, List.of(new AuditQueue(file, BATCH, 0)), clock);
    } catch (IOException e) {
      throw new UserError("the audit log cannot be written: " + e.getMessage());
    }
  }

  private AuditPolicy rules() {
    if (policy == null) {
      return AuditPolicy.ofDefault();
    }
    try {
      return AuditPolicy.parse(Files.readAllBytes(policy));
    } catch (IllegalArgumentException e) {
      throw new UserError("the audit policy " + policy + ": " + e.getMessage());
    } catch (IOException e) {
      throw new UserError("the audit policy " + policy + " cannot be read: " + e.getMessage());
    }
  }
}
