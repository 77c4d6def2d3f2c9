package io.kemudi.apimachinery.kinds;

import io.kemudi.apimachinery.validation.Checks;
import io.kemudi.apimachinery.validation.FieldErrors;
import io.kemudi.apimachinery.validation.FieldPath;
import io.kemudi.apimachinery.validation.LabelSelectorValidation;
import io.kemudi.kubernetes.batch.v1.CronJob;
import io.kemudi.kubernetes.batch.v1.CronJobSpec;
import io.kemudi.kubernetes.batch.v1.JobSpec;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

final class CronJobValidation {
  private static final FieldPath SPEC = FieldPath.of("spec");

  /// The names of its jobs are its own and eleven more characters.
  private static final int NAME_MAX = 52;

  private static final Pattern ZONE_PART = Pattern.compile("[A-Za-z.\\-_0-9+]{1,14}");

  private CronJobValidation() {}

  static void validate(CronJob job, FieldErrors errors) {
    spec(job.getSpec(), null, errors);
    if (job.getMetadata().getName().length() > NAME_MAX) {
      errors.invalid(
          FieldPath.of("metadata", "name"),
          job.getMetadata().getName(),
          "must be no more than " + NAME_MAX + " characters");
    }
  }

  /// A name that was let in once may stay.
  static void validateUpdate(CronJob job, CronJob old, FieldErrors errors) {
    spec(job.getSpec(), old.getSpec(), errors);
  }

  private static void spec(CronJobSpec spec, @Nullable CronJobSpec old, FieldErrors errors) {
    FieldPath schedule = SPEC.child("schedule");
    if (spec.getSchedule().isEmpty()) {
      errors.required(schedule);
    } else {
      schedule(spec, old != null && old.getSchedule().contains("TZ"), schedule, errors);
    }
    Checks.nonNegative(
        spec.getStartingDeadlineSeconds(), SPEC.child("startingDeadlineSeconds"), errors);
    boolean zoneChanged =
        old == null
            || old.hasTimeZone() != spec.hasTimeZone()
            || !old.getTimeZone().equals(spec.getTimeZone());
    if (spec.hasTimeZone() && zoneChanged) {
      timeZone(spec.getTimeZone(), SPEC.child("timeZone"), errors);
    }
    if (spec.getConcurrencyPolicy().isEmpty()) {
      errors.required(SPEC.child("concurrencyPolicy"));
    } else {
      Checks.oneOf(
          spec.getConcurrencyPolicy(),
          List.of("Allow", "Forbid", "Replace"),
          SPEC.child("concurrencyPolicy"),
          errors);
    }
    template(spec.getJobTemplate().getSpec(), SPEC.child("jobTemplate", "spec"), errors);
    Checks.nonNegative(
        spec.getSuccessfulJobsHistoryLimit(), SPEC.child("successfulJobsHistoryLimit"), errors);
    Checks.nonNegative(
        spec.getFailedJobsHistoryLimit(), SPEC.child("failedJobsHistoryLimit"), errors);
  }

  /// @param hadZone whether the schedule named a time zone before, as it no longer may
  private static void schedule(
      CronJobSpec spec, boolean hadZone, FieldPath path, FieldErrors errors) {
    String schedule = spec.getSchedule();
    CronSchedule.wrong(schedule).ifPresent(wrong -> errors.invalid(path, schedule, wrong));
    if (!schedule.contains("TZ")) {
      return;
    }
    if (!hadZone) {
      errors.invalid(
          path, schedule, "cannot use TZ or CRON_TZ in schedule, use timeZone field instead");
    } else if (spec.hasTimeZone()) {
      errors.invalid(
          path, schedule, "cannot use both timeZone field and TZ or CRON_TZ in schedule");
    }
  }

  private static void timeZone(String zone, FieldPath path, FieldErrors errors) {
    if (zone.isEmpty()) {
      errors.invalid(path, zone, "timeZone must be nil or non-empty string");
      return;
    }
    String unknown = "unknown time zone " + zone;
    for (String part : zone.split("/", -1)) {
      if (part.equals(".")
          || part.equals("..")
          || part.startsWith("-")
          || !ZONE_PART.matcher(part).matches()) {
        errors.invalid(path, zone, unknown);
        return;
      }
    }
    if (zone.equalsIgnoreCase("Local")) {
      errors.invalid(
          path,
          zone,
          "timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones");
    }
    if (!zone.equals("Local") && !CronSchedule.isZone(zone)) {
      errors.invalid(path, zone, unknown);
    }
  }

  private static void template(JobSpec spec, FieldPath path, FieldErrors errors) {
    JobValidation.validate(spec, path, errors);
    if (spec.hasSelector()) {
      errors.invalid(
          path.child("selector"),
          LabelSelectorValidation.shown(spec.getSelector()),
          "`selector` will be auto-generated");
    }
    if (spec.getManualSelector()) {
      errors.notSupported(path.child("manualSelector"), true, List.of("nil", "false"));
    }
  }
}
