package io.kemudi.apimachinery.kinds.table;

import io.kemudi.apimachinery.kinds.table.TablePrinter.Builder;
import io.kemudi.kubernetes.apps.v1.ControllerRevision;
import io.kemudi.kubernetes.apps.v1.DaemonSet;
import io.kemudi.kubernetes.apps.v1.Deployment;
import io.kemudi.kubernetes.apps.v1.ReplicaSet;
import io.kemudi.kubernetes.apps.v1.StatefulSet;
import io.kemudi.kubernetes.batch.v1.CronJob;
import io.kemudi.kubernetes.batch.v1.Job;
import io.kemudi.kubernetes.meta.v1.OwnerReference;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;

/// The tables of what makes pods.
final class WorkloadTables {
  private WorkloadTables() {}

  static void addTo(Map<String, TablePrinter> tables) {
    put(
        tables,
        "apps/ControllerRevision",
        Tables.named(ControllerRevision::getMetadata)
            .text("Controller", WorkloadTables::controller)
            .text("Revision", ControllerRevision::getRevision)
            .since("Age", Tables.age(ControllerRevision::getMetadata)));
    put(
        tables,
        "apps/DaemonSet",
        Tables.named(DaemonSet::getMetadata)
            .number("Desired", o -> o.getStatus().getDesiredNumberScheduled())
            .number("Current", o -> o.getStatus().getCurrentNumberScheduled())
            .number("Ready", o -> o.getStatus().getNumberReady())
            .number("Up-to-date", o -> o.getStatus().getUpdatedNumberScheduled())
            .number("Available", o -> o.getStatus().getNumberAvailable())
            .text(
                "Node Selector",
                o -> Cells.labels(o.getSpec().getTemplate().getSpec().getNodeSelectorMap()))
            .since("Age", Tables.age(DaemonSet::getMetadata))
            .wide("Containers", o -> Cells.containers(o.getSpec().getTemplate().getSpec()))
            .wide("Images", o -> Cells.images(o.getSpec().getTemplate().getSpec()))
            .wide("Selector", o -> Cells.selector(o.getSpec().getSelector())));
    put(
        tables,
        "apps/Deployment",
        Tables.named(Deployment::getMetadata)
            .text("Ready", o -> o.getStatus().getReadyReplicas() + "/" + o.getSpec().getReplicas())
            .text("Up-to-date", o -> o.getStatus().getUpdatedReplicas())
            .text("Available", o -> o.getStatus().getAvailableReplicas())
            .since("Age", Tables.age(Deployment::getMetadata))
            .wide("Containers", o -> Cells.containers(o.getSpec().getTemplate().getSpec()))
            .wide("Images", o -> Cells.images(o.getSpec().getTemplate().getSpec()))
            .wide("Selector", o -> Cells.selector(o.getSpec().getSelector())));
    put(
        tables,
        "apps/ReplicaSet",
        Tables.named(ReplicaSet::getMetadata)
            .number("Desired", o -> o.getSpec().getReplicas())
            .number("Current", o -> o.getStatus().getReplicas())
            .number("Ready", o -> o.getStatus().getReadyReplicas())
            .since("Age", Tables.age(ReplicaSet::getMetadata))
            .wide("Containers", o -> Cells.containers(o.getSpec().getTemplate().getSpec()))
            .wide("Images", o -> Cells.images(o.getSpec().getTemplate().getSpec()))
            .wide("Selector", o -> Cells.selector(o.getSpec().getSelector())));
    put(
        tables,
        "apps/StatefulSet",
        Tables.named(StatefulSet::getMetadata)
            .text("Ready", o -> o.getStatus().getReadyReplicas() + "/" + o.getSpec().getReplicas())
            .since("Age", Tables.age(StatefulSet::getMetadata))
            .wide("Containers", o -> Cells.containers(o.getSpec().getTemplate().getSpec()))
            .wide("Images", o -> Cells.images(o.getSpec().getTemplate().getSpec())));
    put(
        tables,
        "batch/CronJob",
        Tables.named(CronJob::getMetadata)
            .text("Schedule", o -> o.getSpec().getSchedule())
            .text("Timezone", o -> Cells.orNone(o.getSpec().getTimeZone()))
            .flag("Suspend", o -> o.getSpec().getSuspend() ? "True" : "False")
            .number("Active", o -> o.getStatus().getActiveCount())
            .since(
                "Last Schedule",
                (o, now) ->
                    o.getStatus().hasLastScheduleTime()
                        ? HumanDuration.since(o.getStatus().getLastScheduleTime(), now)
                        : Cells.NONE)
            .since("Age", Tables.age(CronJob::getMetadata))
            .wide(
                "Containers",
                o ->
                    Cells.containers(
                        o.getSpec().getJobTemplate().getSpec().getTemplate().getSpec()))
            .wide(
                "Images",
                o -> Cells.images(o.getSpec().getJobTemplate().getSpec().getTemplate().getSpec()))
            .wide(
                "Selector",
                o -> Cells.selector(o.getSpec().getJobTemplate().getSpec().getSelector())));
    put(
        tables,
        "batch/Job",
        Tables.named(Job::getMetadata)
            .text("Status", WorkloadTables::status)
            .text("Completions", WorkloadTables::completions)
            .since("Duration", WorkloadTables::duration)
            .since("Age", Tables.age(Job::getMetadata))
            .wide("Containers", o -> Cells.containers(o.getSpec().getTemplate().getSpec()))
            .wide("Images", o -> Cells.images(o.getSpec().getTemplate().getSpec()))
            .wide("Selector", o -> Cells.selector(o.getSpec().getSelector())));
  }

  private static void put(Map<String, TablePrinter> tables, String kind, Builder<?> table) {
    tables.put(kind, table.build());
  }

  private static String controller(ControllerRevision revision) {
    for (OwnerReference owner : revision.getMetadata().getOwnerReferencesList()) {
      if (owner.getController()) {
        int slash = owner.getApiVersion().indexOf('/');
        String group = slash < 0 ? "" : "." + owner.getApiVersion().substring(0, slash);
        return owner.getKind().toLowerCase(java.util.Locale.ROOT) + group + "/" + owner.getName();
      }
    }
    return Cells.NONE;
  }

  private static boolean has(Job job, String type) {
    return job.getStatus().getConditionsList().stream()
        .anyMatch(c -> c.getType().equals(type) && c.getStatus().equals("True"));
  }

  private static String status(Job job) {
    if (has(job, "Complete")) {
      return "Complete";
    }
    if (has(job, "Failed")) {
      return "Failed";
    }
    if (job.getMetadata().hasDeletionTimestamp()) {
      return "Terminating";
    }
    if (has(job, "Suspended")) {
      return "Suspended";
    }
    return has(job, "FailureTarget")
        ? "FailureTarget"
        : has(job, "SuccessCriteriaMet") ? "SuccessCriteriaMet" : "Running";
  }

  private static String completions(Job job) {
    int done = job.getStatus().getSucceeded();
    if (job.getSpec().hasCompletions()) {
      return done + "/" + job.getSpec().getCompletions();
    }
    int parallel = job.getSpec().getParallelism();
    return parallel > 1 ? done + "/1 of " + parallel : done + "/1";
  }

  private static String duration(Job job, Instant now) {
    if (!job.getStatus().hasStartTime()) {
      return "";
    }
    Instant start = HumanDuration.instant(job.getStatus().getStartTime());
    Instant end =
        job.getStatus().hasCompletionTime()
            ? HumanDuration.instant(job.getStatus().getCompletionTime())
            : now;
    return HumanDuration.of(Duration.between(start, end));
  }
}
