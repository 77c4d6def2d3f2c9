package io.kemudi.apiserver.admission.podsecurity;

import io.kemudi.apimachinery.validation.FieldErrors;
import io.kemudi.apimachinery.validation.FieldPath;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What a namespace asks for: what is refused, what is noted in the audit log, what is warned of.
public record Policy(Standard enforce, Standard audit, Standard warn) {
  private static final String PREFIX = "pod-security.kubernetes.io/";
  private static final FieldPath LABELS = FieldPath.of("metadata", "labels");
  private static final Pattern VERSION = Pattern.compile("v1\\.(0|[1-9][0-9]{0,8})");

  /// Without labels nothing is forbidden.
  public static final Policy NONE =
      new Policy(
          new Standard(Level.PRIVILEGED, Standard.LATEST),
          new Standard(Level.PRIVILEGED, Standard.LATEST),
          new Standard(Level.PRIVILEGED, Standard.LATEST));

  /// A level as of a release: `baseline:latest`, `restricted:v1.25`. `minor` is that of the release
  /// (25), or [#LATEST].
  public record Standard(Level level, int minor) {
    public static final int LATEST = Integer.MAX_VALUE;

    @Override
    public String toString() {
      return level + ":" + (minor == LATEST ? "latest" : "v1." + minor);
    }
  }

  /// Reads a namespace's labels. What is wrong goes into `errors`; a wrong level then enforces
  /// `restricted` and neither warns nor audits, a wrong version is the latest.
  public static Policy of(Map<String, String> labels, FieldErrors errors) {
    Standard enforce = standard(labels, "enforce", Level.RESTRICTED, errors);
    Standard audit = standard(labels, "audit", Level.PRIVILEGED, errors);
    Standard warn = standard(labels, "warn", Level.PRIVILEGED, errors);
    String enforced = labels.get(PREFIX + "enforce");
    // Who is refused pods shall hear of it where they make workloads, too.
    boolean warnsAsEnforced =
        !labels.containsKey(PREFIX + "warn") && enforced != null && Level.parse(enforced) != null;
    if (warnsAsEnforced && enforce.level().compareTo(warn.level()) > 0) {
      boolean ownVersion = labels.containsKey(PREFIX + "warn-version");
      warn = new Standard(enforce.level(), ownVersion ? warn.minor() : enforce.minor());
    }
    return new Policy(enforce, audit, warn);
  }

  private static Standard standard(
      Map<String, String> labels, String mode, Level wrong, FieldErrors errors) {
    Level level = Level.PRIVILEGED;
    String levelText = labels.get(PREFIX + mode);
    if (levelText != null) {
      Level parsed = Level.parse(levelText);
      if (parsed == null) {
        errors.invalid(
            LABELS.key(PREFIX + mode),
            levelText,
            "must be one of privileged, baseline, restricted");
      }
      level = parsed == null ? wrong : parsed;
    }
    int minor = Standard.LATEST;
    String versionText = labels.get(PREFIX + mode + "-version");
    if (versionText != null && !versionText.equals("latest")) {
      Matcher matcher = VERSION.matcher(versionText);
      if (matcher.matches()) {
        minor = Integer.parseInt(matcher.group(1));
      } else {
        errors.invalid(
            LABELS.key(PREFIX + mode + "-version"), versionText, "must be \"latest\" or \"v1.x\"");
      }
    }
    return new Standard(level, minor);
  }
}
