package io.kemudi.apimachinery.kinds;

import io.kemudi.apimachinery.validation.Checks;
import io.kemudi.apimachinery.validation.FieldErrors;
import io.kemudi.apimachinery.validation.FieldPath;
import io.kemudi.kubernetes.batch.v1.Job;
import io.kemudi.kubernetes.batch.v1.JobStatus;
import io.kemudi.kubernetes.meta.v1.Time;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// The status of a job: its conditions and counts must tell one story, and go only forward.
///
/// Most rules hold only for what a write changes, so that a status which an older server let in can
/// still be written.
final class JobStatusValidation {
  private static final FieldPath STATUS = FieldPath.of("status");
  private static final FieldPath CONDITIONS = STATUS.child("conditions");

  private final Job job;
  private final Job old;
  private final JobStatus status;
  private final JobStatus before;
  private final FieldErrors errors;

  private JobStatusValidation(Job job, Job old, FieldErrors errors) {
    this.job = job;
    this.old = old;
    this.status = job.getStatus();
    this.before = old.getStatus();
    this.errors = errors;
  }

  static void validate(Job job, Job old, FieldErrors errors) {
    JobStatusValidation validation = new JobStatusValidation(job, old, errors);
    validation.counts();
    validation.times();
    validation.ends();
    validation.indexes();
    validation.ready();
    validation.success();
    validation.transition();
  }

  private static boolean is(JobStatus status, String type) {
    return status.getConditionsList().stream()
        .anyMatch(c -> c.getType().equals(type) && c.getStatus().equals("True"));
  }

  private boolean is(String type) {
    return is(status, type);
  }

  private boolean was(String type) {
    return is(before, type);
  }

  /// Whether this write makes the condition true.
  private boolean becomes(String type) {
    return is(type) && !was(type);
  }

  private boolean isFinished() {
    return is("Complete") || is("Failed");
  }

  private boolean becomesFinished() {
    return isFinished() && !was("Complete") && !was("Failed");
  }

  private void counts() {
    Checks.nonNegative(status.getActive(), STATUS.child("active"), errors);
    Checks.nonNegative(status.getSucceeded(), STATUS.child("succeeded"), errors);
    Checks.nonNegative(status.getFailed(), STATUS.child("failed"), errors);
    Checks.nonNegative(status.getReady(), STATUS.child("ready"), errors);
    Checks.nonNegative(status.getTerminating(), STATUS.child("terminating"), errors);
    Set<String> seen = new HashSet<>();
    var uncounted = status.getUncountedTerminatedPods();
    FieldPath path = STATUS.child("uncountedTerminatedPods");
    uids(uncounted.getSucceededList(), seen, path.child("succeeded"));
    uids(uncounted.getFailedList(), seen, path.child("failed"));
    if (is("Complete") && is("Failed") && (becomes("Complete") || becomes("Failed"))) {
      errors.invalid(CONDITIONS, "cannot set Complete=True and Failed=true conditions");
    }
    if (is("Complete")
        && is("FailureTarget")
        && (becomes("Complete") || becomes("FailureTarget"))) {
      errors.invalid(CONDITIONS, "cannot set Complete=True and FailureTarget=true conditions");
    }
  }

  private void uids(List<String> uids, Set<String> seen, FieldPath path) {
    for (int i = 0; i < uids.size(); i++) {
      if (uids.get(i).isEmpty()) {
        errors.invalid(path.index(i), "", "must not be empty");
      } else if (!seen.add(uids.get(i))) {
        errors.duplicate(path.index(i), uids.get(i));
      }
    }
  }

  private void times() {
    FieldPath path = STATUS.child("completionTime");
    boolean ended = status.hasCompletionTime();
    boolean changed = !status.getCompletionTime().equals(before.getCompletionTime());
    if (ended && !is("Complete") && (changed || was("Complete"))) {
      errors.invalid(
          path,
          shown(status.getCompletionTime()),
          "cannot set completionTime when there is no Complete=True condition");
    }
    if (!ended && is("Complete") && (changed || becomes("Complete"))) {
      errors.required(path, "completionTime is required for Complete jobs");
    }
    boolean moved = changed || !status.getStartTime().equals(before.getStartTime());
    if (ended
        && status.hasStartTime()
        && moved
        && status.getCompletionTime().getSeconds() < status.getStartTime().getSeconds()) {
      errors.invalid(
          path, shown(status.getCompletionTime()), "completionTime cannot be set before startTime");
    }
  }

  private static String shown(Time time) {
    return Instant.ofEpochSecond(time.getSeconds()).toString();
  }

  private void ends() {
    if (becomes("Failed") && !is("FailureTarget")) {
      errors.invalid(
          CONDITIONS, "cannot set Failed=True condition without the FailureTarget=true condition");
    }
    if (becomes("Complete") && !is("SuccessCriteriaMet")) {
      errors.invalid(
          CONDITIONS,
          "cannot set Complete=True condition without the SuccessCriteriaMet=true condition");
    }
    if (status.getActive() > 0
        && isFinished()
        && (becomesFinished() || status.getActive() != before.getActive())) {
      errors.invalid(
          STATUS.child("active"), status.getActive(), "active>0 is invalid for finished job");
    }
    boolean startChanged = !status.getStartTime().equals(before.getStartTime());
    if (!status.hasStartTime() && isFinished() && (becomesFinished() || startChanged)) {
      errors.required(STATUS.child("startTime"), "startTime is required for finished job");
    }
    var uncounted = status.getUncountedTerminatedPods();
    boolean uncountedChanged = !uncounted.equals(before.getUncountedTerminatedPods());
    if (isFinished()
        && uncounted.getFailedCount() + uncounted.getSucceededCount() > 0
        && (becomesFinished() || uncountedChanged)) {
      errors.invalid(
          STATUS.child("uncountedTerminatedPods"),
          java.util.Map.of(
              "Succeeded", uncounted.getSucceededList(), "Failed", uncounted.getFailedList()),
          "uncountedTerminatedPods needs to be empty for finished job");
    }
  }

  private void indexes() {
    int completions = job.getSpec().getCompletions();
    boolean completedChanged = !status.getCompletedIndexes().equals(before.getCompletedIndexes());
    boolean failedChanged =
        status.hasFailedIndexes() != before.hasFailedIndexes()
            || !status.getFailedIndexes().equals(before.getFailedIndexes());
    boolean indexed = JobValidation.isIndexed(job.getSpec());
    FieldPath completed = STATUS.child("completedIndexes");
    FieldPath failed = STATUS.child("failedIndexes");
    if (indexed && completedChanged && job.getSpec().hasCompletions()) {
      format(status.getCompletedIndexes(), completed, "completedIndexes");
    }
    if (indexed && failedChanged && job.getSpec().hasBackoffLimitPerIndex()) {
      format(status.getFailedIndexes(), failed, "failedIndexes");
    }
    if (completedChanged && !status.getCompletedIndexes().isEmpty() && !indexed) {
      errors.invalid(
          completed,
          status.getCompletedIndexes(),
          "cannot set non-empty completedIndexes when non-indexed completion mode");
    }
    if (failedChanged && status.hasFailedIndexes() && !job.getSpec().hasBackoffLimitPerIndex()) {
      errors.invalid(
          failed,
          status.getFailedIndexes(),
          "cannot set non-null failedIndexes when backoffLimitPerIndex is null");
    }
    if ((completedChanged || failedChanged)
        && indexed
        && !status.getFailedIndexes().isEmpty()
        && !status.getCompletedIndexes().isEmpty()) {
      JobIndexes.readable(status.getCompletedIndexes(), completions)
          .overlap(JobIndexes.readable(status.getFailedIndexes(), completions))
          .ifPresent(at ->
              errors.invalid(
                  failed,
                  status.getFailedIndexes(),
                  "failedIndexes and completedIndexes overlap at index: " + at));
    }
  }

  private void format(String indexes, FieldPath path, String field) {
    try {
      JobIndexes.parse(indexes, job.getSpec().getCompletions());
    } catch (JobIndexes.FormatException e) {
      errors.invalid(path, indexes, "error parsing " + field + ": " + e.getMessage());
    }
  }

  private void ready() {
    if (status.getTerminating() > 0
        && isFinished()
        && (becomesFinished() || status.getTerminating() != before.getTerminating())) {
      errors.invalid(
          STATUS.child("terminating"),
          status.getTerminating(),
          "terminating>0 is invalid for finished job");
    }
    if (status.getReady() > status.getActive() && status.getReady() != before.getReady()) {
      errors.invalid(
          STATUS.child("ready"), status.getReady(), "cannot set more ready pods than active");
    }
  }

  private void success() {
    boolean met = is("SuccessCriteriaMet");
    if (met && is("Failed")) {
      errors.invalid(CONDITIONS, "cannot set SuccessCriteriaMet=True and Failed=true conditions");
    }
    if (met && is("FailureTarget")) {
      errors.invalid(
          CONDITIONS, "cannot set SuccessCriteriaMet=True and FailureTarget=true conditions");
    }
    if (job.getSpec().hasSuccessPolicy() && !met && is("Complete")) {
      errors.invalid(
          CONDITIONS,
          "cannot set Complete=True for Job with SuccessPolicy unless SuccessCriteriaMet=True");
    }
  }

  private void transition() {
    for (String type : List.of("Failed", "Complete", "FailureTarget")) {
      if (was(type) && !is(type)) {
        errors.invalid(CONDITIONS, "cannot disable the terminal " + type + "=True condition");
      }
    }
    if (status.getFailed() < before.getFailed()) {
      errors.invalid(
          STATUS.child("failed"), status.getFailed(), "cannot decrease the failed counter");
    }
    if (status.getSucceeded() < before.getSucceeded()) {
      errors.invalid(
          STATUS.child("succeeded"),
          status.getSucceeded(),
          "cannot decrease the succeeded counter");
    }
    if (status.hasCompletionTime()
        && before.hasCompletionTime()
        && !status.getCompletionTime().equals(before.getCompletionTime())) {
      errors.invalid(
          STATUS.child("completionTime"),
          shown(status.getCompletionTime()),
          "completionTime cannot be mutated");
    }
    if (before.hasStartTime()
        && !before.getStartTime().equals(status.getStartTime())
        && !job.getSpec().getSuspend()) {
      errors.required(STATUS.child("startTime"), "startTime cannot be removed for unsuspended job");
    }
    if (was("SuccessCriteriaMet") && !is("SuccessCriteriaMet")) {
      errors.invalid(CONDITIONS, "cannot disable the SuccessCriteriaMet=True condition");
    }
    if (is(old.getStatus(), "Complete") && !was("SuccessCriteriaMet") && is("SuccessCriteriaMet")) {
      errors.invalid(
          CONDITIONS,
          "cannot set SuccessCriteriaMet=True for Job already has Complete=true conditions");
    }
  }
}
