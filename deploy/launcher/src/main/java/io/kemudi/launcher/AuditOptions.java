package io.kemudi.launcher;

import io.kemudi.apiserver.audit.AuditLogFile;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Upstream's flags of the audit log.
final class AuditOptions {
  private static final long MEGABYTE = 1 << 20;

  @Option(
      names = "--audit-policy-file",
      paramLabel = "FILE",
      description = "what is recorded of which requests (default: nothing)")
  private @Nullable Path policy;

  @Option(
      names = "--audit-log-path",
      paramLabel = "FILE",
      description = "where to, as lines of JSON (default: nowhere)")
  private @Nullable Path log;

  @Option(
      names = "--audit-log-maxsize",
      defaultValue = "100",
      paramLabel = "MB",
      description = "of a file before it is put aside (default: ${DEFAULT-VALUE})")
  private int megabytes;

  @Option(
      names = "--audit-log-maxbackup",
      defaultValue = "0",
      description = "files put aside that are kept; 0 keeps all (default: ${DEFAULT-VALUE})")
  private int backups;

  @Option(
      names = "--audit-log-maxage",
      defaultValue = "0",
      paramLabel = "DAYS",
      description = "after which they are removed; 0 keeps them (default: ${DEFAULT-VALUE})")
  private int days;

  /// As upstream: without a policy nothing is recorded, and without a log there is nowhere to.
  AuditFiles files() {
    if (policy == null || log == null) {
      if (policy != null) {
        throw new UsageError(
            "--audit-policy-file needs --audit-log-path, where events are written");
      }
      return AuditFiles.NONE;
    }
    ApiConnection.requireFile("--audit-policy-file", policy);
    if (log.toString().equals("-")) {
      throw new UsageError("--audit-log-path -: name a file, standard output is not for events");
    }
    if (megabytes < 0 || backups < 0 || days < 0) {
      throw new UsageError("--audit-log-maxsize, -maxbackup and -maxage cannot be negative");
    }
    long bytes = megabytes == 0 ? AuditLogFile.Limits.DEFAULT.bytes() : megabytes * MEGABYTE;
    return new AuditFiles(
        policy, log, new AuditLogFile.Limits(bytes, backups, Duration.ofDays(days)));
  }
}
