package io.kemudi.apiserver.openapi;

import java.util.Map;

/// A line for the fields and types that people meet most, shown by `kubectl explain`. Our own
/// words; what is not here is told by its name and type alone.
final class Descriptions {
  private static final Map<String, String> FIELDS =
      Map.ofEntries(
          Map.entry("apiVersion", "The group and version of the API this object is written in."),
          Map.entry("kind", "The kind of this object."),
          Map.entry("metadata", "Name, labels and what else every object has."),
          Map.entry("spec", "What is wanted."),
          Map.entry("status", "What was last observed; written by the system."),
          Map.entry("labels", "Key and value pairs that selectors match."),
          Map.entry("annotations", "Key and value pairs for tools; nothing selects by them."),
          Map.entry("namespace", "The namespace the object lives in; fixed at creation."),
          Map.entry(
              "resourceVersion",
              "Changes whenever the object does; compared only for equality or order."),
          Map.entry("uid", "Names this object for all time, also after its name is used again."),
          Map.entry("generation", "Counts the changes of what is wanted."),
          Map.entry("finalizers", "Who has to let go before the object disappears."),
          Map.entry("ownerReferences", "The objects that this one is deleted with."),
          Map.entry("containers", "The containers of the pod; at least one."),
          Map.entry(
              "initContainers",
              "Containers that run to their end, one after the other, before the others start."),
          Map.entry("image", "The image to run, such as registry.example/app:1.2."),
          Map.entry("replicas", "How many pods are wanted, or were observed."),
          Map.entry("selector", "Which objects, by their labels, this one is about."),
          Map.entry("template", "The pod that is made from this object."),
          Map.entry("strategy", "How old pods are replaced by new ones."),
          Map.entry(
              "restartPolicy",
              "When a container that ended is started again: Always, OnFailure or Never."),
          Map.entry("nodeName", "The node the pod is bound to."),
          Map.entry("nodeSelector", "Labels that a node must have to run the pod."),
          Map.entry("tolerations", "Taints of nodes that the pod puts up with."),
          Map.entry("affinity", "Rules about the nodes and pods to be near to or far from."),
          Map.entry("resources", "What is requested at least and allowed at most."),
          Map.entry("volumes", "The volumes that containers of the pod can mount."),
          Map.entry("env", "Environment variables of the container."),
          Map.entry("ports", "The ports that are exposed."),
          Map.entry("livenessProbe", "A check whose failure restarts the container."),
          Map.entry("readinessProbe", "A check whose failure takes the pod out of its Services."),
          Map.entry("startupProbe", "A check that the other probes wait for."),
          Map.entry("serviceAccountName", "The service account that the pod acts as."),
          Map.entry("items", "The objects of the list."));

  private static final Map<String, String> TYPES =
      Map.ofEntries(
          Map.entry("Pod", "Containers that run together on one node."),
          Map.entry(
              "Deployment", "Keeps a number of equal pods running and rolls out their changes."),
          Map.entry("ReplicaSet", "Keeps a number of equal pods running."),
          Map.entry("Service", "One address for a changing set of pods."),
          Map.entry("ConfigMap", "Configuration as keys and values."),
          Map.entry("Secret", "Confidential keys and values."),
          Map.entry("Namespace", "A scope for names, rights and quotas."),
          Map.entry("Node", "A machine that runs pods."),
          Map.entry("ServiceAccount", "An identity for what runs in pods."),
          Map.entry("Job", "Runs pods until enough of them have succeeded."),
          Map.entry("CronJob", "Starts jobs by a schedule."),
          Map.entry("DaemonSet", "Runs a pod on every matching node."),
          Map.entry("StatefulSet", "Keeps numbered pods with storage of their own."),
          Map.entry("Role", "Rights within one namespace."),
          Map.entry("ClusterRole", "Rights in all namespaces and outside of them."),
          Map.entry("RoleBinding", "Gives a role to users, groups or service accounts."),
          Map.entry("ClusterRoleBinding", "Gives a cluster role everywhere."));

  private Descriptions() {}

  static String ofField(String jsonName) {
    return FIELDS.getOrDefault(jsonName, "");
  }

  static String ofType(String simpleName) {
    return TYPES.getOrDefault(simpleName, "");
  }
}
