package io.kemudi.apiserver.table;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// The printers of the kinds that people look at, with upstream's columns; every other kind shows
/// its name and age.
final class TablePrinters {
  private static final TablePrinter GENERIC = TablePrinter.named().age();
  private static final Map<String, TablePrinter> PRINTERS = new HashMap<>();

  static {
    core();
    workloads();
    others();
  }

  private TablePrinters() {}

  static TablePrinter of(String group, String resource) {
    return PRINTERS.getOrDefault(group + "/" + resource, GENERIC);
  }

  private static void core() {
    PRINTERS.put("/pods", PodPrinter.PRINTER);
    PRINTERS.put("/nodes", NodePrinter.PRINTER);
    PRINTERS.put(
        "/configmaps",
        TablePrinter.named()
            .text("Data", each -> each.size("data") + each.size("binaryData"))
            .age());
    PRINTERS.put(
        "/secrets",
        TablePrinter.named().text("Type", "type").text("Data", each -> each.size("data")).age());
    PRINTERS.put("/namespaces", TablePrinter.named().text("Status", "status.phase").age());
    PRINTERS.put(
        "/endpoints", TablePrinter.named().text("Endpoints", TablePrinters::endpoints).age());
    PRINTERS.put(
        "/services",
        TablePrinter.named()
            .text("Type", "spec.type")
            .text("Cluster-IP", each -> each.text("spec.clusterIP", Cells.NONE))
            .text("External-IP", TablePrinters::externalAddresses)
            .text("Port(s)", TablePrinters::servicePorts)
            .age()
            .wide("Selector", each -> each.labels("spec.selector")));
    TablePrinter events =
        new TablePrinter()
            .text("Last Seen", TablePrinters::lastSeen)
            .text("Type", "type")
            .text("Reason", "reason")
            .text("Object", each -> involved(each, "involvedObject"))
            .wide("Subobject", each -> each.text("involvedObject.fieldPath"))
            .wide("Source", TablePrinters::source)
            .text("Message", each -> each.text("message").strip())
            .wide("First Seen", TablePrinters::firstSeen)
            .wide("Count", TablePrinters::count)
            .wide("Name", each -> each.text("metadata.name"));
    PRINTERS.put("/events", events);
    PRINTERS.put(
        "/persistentvolumeclaims",
        TablePrinter.named()
            .text("Status", TablePrinters::claimStatus)
            .text("Volume", "spec.volumeName")
            .text("Capacity", "status.capacity.storage")
            .text("Access Modes", each -> modes(each, "status.accessModes"))
            .text("StorageClass", "spec.storageClassName")
            .text(
                "VolumeAttributesClass",
                each -> each.text("spec.volumeAttributesClassName", "<unset>"))
            .age()
            .wide("VolumeMode", each -> each.text("spec.volumeMode", "<unset>")));
    PRINTERS.put(
        "/persistentvolumes",
        TablePrinter.named()
            .text("Capacity", "spec.capacity.storage")
            .text("Access Modes", each -> modes(each, "spec.accessModes"))
            .text("Reclaim Policy", "spec.persistentVolumeReclaimPolicy")
            .text("Status", TablePrinters::claimStatus)
            .text("Claim", TablePrinters::claim)
            .text("StorageClass", "spec.storageClassName")
            .text(
                "VolumeAttributesClass",
                each -> each.text("spec.volumeAttributesClassName", "<unset>"))
            .text("Reason", "status.reason")
            .age()
            .wide("VolumeMode", each -> each.text("spec.volumeMode", "<unset>")));
    PRINTERS.put(
        "/replicationcontrollers",
        replicas()
            .containers("spec.template")
            .wide("Selector", each -> each.labels("spec.selector")));
  }

  private static void workloads() {
    PRINTERS.put(
        "apps/deployments",
        TablePrinter.named()
            .text(
                "Ready",
                each -> each.number("status.readyReplicas") + "/" + each.number("spec.replicas"))
            .text("Up-to-date", each -> each.number("status.updatedReplicas"))
            .text("Available", each -> each.number("status.availableReplicas"))
            .age()
            .containers("spec.template")
            .wide("Selector", each -> each.selector("spec.selector")));
    PRINTERS.put(
        "apps/replicasets",
        replicas()
            .containers("spec.template")
            .wide("Selector", each -> each.selector("spec.selector")));
    PRINTERS.put(
        "apps/statefulsets",
        TablePrinter.named()
            .text(
                "Ready",
                each -> each.number("status.readyReplicas") + "/" + each.number("spec.replicas"))
            .age()
            .containers("spec.template"));
    PRINTERS.put(
        "apps/daemonsets",
        TablePrinter.named()
            .number("Desired", "status.desiredNumberScheduled")
            .number("Current", "status.currentNumberScheduled")
            .number("Ready", "status.numberReady")
            .number("Up-to-date", "status.updatedNumberScheduled")
            .number("Available", "status.numberAvailable")
            .text("Node Selector", each -> each.labels("spec.template.spec.nodeSelector"))
            .age()
            .containers("spec.template")
            .wide("Selector", each -> each.selector("spec.selector")));
    PRINTERS.put(
        "batch/jobs",
        TablePrinter.named()
            .text("Status", TablePrinters::jobStatus)
            .text("Completions", TablePrinters::completions)
            .text("Duration", TablePrinters::jobDuration)
            .age()
            .containers("spec.template")
            .wide("Selector", each -> each.selector("spec.selector")));
    PRINTERS.put(
        "batch/cronjobs",
        TablePrinter.named()
            .text("Schedule", "spec.schedule")
            .text("Timezone", each -> each.text("spec.timeZone", Cells.NONE))
            .column("Suspend", "boolean", 0, each -> each.flag("spec.suspend") ? "True" : "False")
            .column("Active", "integer", 0, each -> each.size("status.active"))
            .text(
                "Last Schedule",
                each ->
                    each.at("status.lastScheduleTime") == null
                        ? Cells.NONE
                        : each.age("status.lastScheduleTime"))
            .age()
            .containers("spec.jobTemplate.spec.template")
            .wide("Selector", each -> each.selector("spec.jobTemplate.spec.selector")));
  }

  private static void others() {
    PRINTERS.put(
        "coordination.k8s.io/leases",
        TablePrinter.named().text("Holder", "spec.holderIdentity").age());
    PRINTERS.put(
        "discovery.k8s.io/endpointslices",
        TablePrinter.named()
            .text("AddressType", "addressType")
            .text(
                "Ports",
                each -> shortly(each.list("ports").stream().map(p -> p.text("port", "*")).toList()))
            .text("Endpoints", TablePrinters::sliceAddresses)
            .age());
    for (String resource : List.of("roles", "clusterroles")) {
      PRINTERS.put(
          "rbac.authorization.k8s.io/" + resource,
          TablePrinter.named()
              .column("Created At", "date", 0, each -> each.at("metadata.creationTimestamp")));
    }
    for (String resource : List.of("rolebindings", "clusterrolebindings")) {
      PRINTERS.put(
          "rbac.authorization.k8s.io/" + resource,
          TablePrinter.named()
              .text("Role", each -> each.text("roleRef.kind") + "/" + each.text("roleRef.name"))
              .age()
              .wide("Users", each -> subjects(each, "User"))
              .wide("Groups", each -> subjects(each, "Group"))
              .wide("ServiceAccounts", each -> subjects(each, "ServiceAccount")));
    }
    PRINTERS.put(
        "scheduling.k8s.io/priorityclasses",
        TablePrinter.named()
            .number("Value", "value")
            .column("Global-Default", "boolean", 0, each -> each.flag("globalDefault"))
            .age()
            .text("PreemptionPolicy", "preemptionPolicy"));
    PRINTERS.put(
        "storage.k8s.io/storageclasses",
        TablePrinter.named()
            .text("Provisioner", "provisioner")
            .text("ReclaimPolicy", "reclaimPolicy")
            .text("VolumeBindingMode", "volumeBindingMode")
            .text("AllowVolumeExpansion", each -> each.flag("allowVolumeExpansion"))
            .age());
    PRINTERS.put(
        "networking.k8s.io/ingresses",
        TablePrinter.named()
            .text("Class", each -> each.text("spec.ingressClassName", Cells.NONE))
            .text("Hosts", TablePrinters::ingressHosts)
            .text("Address", TablePrinters::ingressAddresses)
            .text("Ports", each -> each.list("spec.tls").isEmpty() ? "80" : "80, 443")
            .age());
  }

  private static TablePrinter replicas() {
    return TablePrinter.named()
        .number("Desired", "spec.replicas")
        .number("Current", "status.replicas")
        .number("Ready", "status.readyReplicas")
        .age();
  }

  private static String endpoints(Cells each) {
    List<String> all = new ArrayList<>();
    for (Cells subset : each.list("subsets")) {
      for (Cells port : subset.list("ports")) {
        subset
            .list("addresses")
            .forEach(address -> all.add(host(address.text("ip")) + ":" + port.number("port")));
      }
    }
    return all.isEmpty() ? Cells.NONE : shortly(all);
  }

  private static String sliceAddresses(Cells each) {
    List<String> all = new ArrayList<>();
    for (Cells endpoint : each.list("endpoints")) {
      if (endpoint.at("addresses") instanceof List<?> addresses) {
        addresses.forEach(address -> all.add(String.valueOf(address)));
      }
    }
    return shortly(all);
  }

  /// Three of them, and how many more there are.
  private static String shortly(List<String> all) {
    if (all.isEmpty()) {
      return "<unset>";
    }
    String shown = String.join(",", all.subList(0, Math.min(3, all.size())));
    return all.size() <= 3 ? shown : shown + " + " + (all.size() - 3) + " more...";
  }

  private static String host(String address) {
    return address.contains(":") ? "[" + address + "]" : address;
  }

  private static String externalAddresses(Cells each) {
    List<String> given = new ArrayList<>();
    if (each.at("spec.externalIPs") instanceof List<?> list) {
      list.forEach(address -> given.add(String.valueOf(address)));
    }
    return switch (each.text("spec.type")) {
      case "ExternalName" -> each.text("spec.externalName");
      case "LoadBalancer" -> {
        Set<String> all = new LinkedHashSet<>();
        for (Cells ingress : each.list("status.loadBalancer.ingress")) {
          all.add(ingress.text("ip", ingress.text("hostname")));
        }
        all.addAll(given);
        yield all.isEmpty() ? "<pending>" : String.join(",", all);
      }
      default -> Cells.orNone(String.join(",", given));
    };
  }

  private static String servicePorts(Cells each) {
    return Cells.orNone(
        each.joined(
            "spec.ports",
            port -> {
              long node = port.number("nodePort");
              String ports = port.number("port") + (node > 0 ? ":" + node : "");
              return ports + "/" + port.text("protocol", "TCP");
            }));
  }

  private static String lastSeen(Cells each) {
    for (String path : List.of("series.lastObservedTime", "lastTimestamp", "eventTime")) {
      if (each.at(path) != null) {
        return each.age(path);
      }
    }
    return each.age("firstTimestamp");
  }

  private static String firstSeen(Cells each) {
    return each.at("firstTimestamp") == null ? each.age("eventTime") : each.age("firstTimestamp");
  }

  private static long count(Cells each) {
    long counted = each.at("series") == null ? each.number("count") : each.number("series.count");
    return Math.max(1, counted);
  }

  private static String involved(Cells each, String path) {
    String kind = each.text(path + ".kind").toLowerCase(java.util.Locale.ROOT);
    String name = each.text(path + ".name");
    return name.isEmpty() ? kind : kind + "/" + name;
  }

  private static String source(Cells each) {
    String component = each.text("source.component", each.text("reportingComponent"));
    String host = each.text("source.host", each.text("reportingInstance"));
    return host.isEmpty() ? component : component + ", " + host;
  }

  private static String claimStatus(Cells each) {
    return each.at("metadata.deletionTimestamp") == null
        ? each.text("status.phase")
        : "Terminating";
  }

  private static String claim(Cells each) {
    String name = each.text("spec.claimRef.name");
    return name.isEmpty() ? "" : each.text("spec.claimRef.namespace") + "/" + name;
  }

  private static String modes(Cells each, String path) {
    List<String> all = new ArrayList<>();
    if (each.at(path) instanceof List<?> given) {
      for (Map.Entry<String, String> mode :
          List.of(
              Map.entry("ReadWriteOnce", "RWO"),
              Map.entry("ReadOnlyMany", "ROX"),
              Map.entry("ReadWriteMany", "RWX"),
              Map.entry("ReadWriteOncePod", "RWOP"))) {
        if (given.contains(mode.getKey())) {
          all.add(mode.getValue());
        }
      }
    }
    return String.join(",", all);
  }

  private static String jobStatus(Cells each) {
    boolean leaving = each.at("metadata.deletionTimestamp") != null;
    for (String telling :
        List.of("Complete", "Failed", "", "Suspended", "FailureTarget", "SuccessCriteriaMet")) {
      if (telling.isEmpty() && leaving) {
        return "Terminating";
      }
      for (Cells condition : each.list("status.conditions")) {
        if (condition.text("type").equals(telling) && condition.text("status").equals("True")) {
          return telling;
        }
      }
    }
    return "Running";
  }

  private static String completions(Cells each) {
    long done = each.number("status.succeeded");
    if (each.at("spec.completions") != null) {
      return done + "/" + each.number("spec.completions");
    }
    long parallel = each.number("spec.parallelism");
    return parallel > 1 ? done + "/1 of " + parallel : done + "/1";
  }

  private static String jobDuration(Cells each) {
    Instant start = each.time("status.startTime");
    Instant end = each.time("status.completionTime");
    if (start == null) {
      return "";
    }
    return Ages.shortly(Duration.between(start, end == null ? each.now() : end));
  }

  private static String subjects(Cells each, String kind) {
    List<String> all = new ArrayList<>();
    for (Cells subject : each.list("subjects")) {
      if (subject.text("kind").equals(kind)) {
        String name = subject.text("name");
        all.add(kind.equals("ServiceAccount") ? subject.text("namespace") + "/" + name : name);
      }
    }
    return String.join(", ", all);
  }

  private static String ingressHosts(Cells each) {
    List<String> hosts = new ArrayList<>();
    each.list("spec.rules").forEach(rule -> hosts.add(rule.text("host")));
    hosts.removeIf(String::isEmpty);
    if (hosts.isEmpty()) {
      return "*";
    }
    String shown = String.join(",", hosts.subList(0, Math.min(3, hosts.size())));
    return hosts.size() <= 3 ? shown : shown + " + " + (hosts.size() - 3) + " more...";
  }

  private static String ingressAddresses(Cells each) {
    Set<String> all = new TreeSet<>();
    for (Cells ingress : each.list("status.loadBalancer.ingress")) {
      all.add(ingress.text("ip", ingress.text("hostname")));
    }
    return String.join(",", all);
  }
}
