package io.kemudi.apiserver.admission;

import io.kemudi.apimachinery.codec.Trees;
import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.apimachinery.pods.PodReferences;
import io.kemudi.apimachinery.pods.PodReferences.Reference;
import io.kemudi.apiserver.admission.AdmissionRequest.Operation;
import io.kemudi.apiserver.registry.Meta;
import io.kemudi.apiserver.registry.ObjectReader;
import io.kemudi.apiserver.registry.User;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Node agents write what is their own and nothing else: their Node, its Lease and CSINode, the
/// status of their pods, mirror pods that refer to nothing, tokens for their pods. Fields are
/// allowed one by one, on creation as on update (CVE-2025-4563, CVE-2025-5187).
final class NodeRestriction implements AdmissionPlugin {
  private static final String MIRROR = "kubernetes.io/config.mirror";

  private final ObjectReader objects;

  NodeRestriction(ObjectReader objects) {
    this.objects = objects;
  }

  @Override
  public String name() {
    return "NodeRestriction";
  }

  @Override
  public void admit(AdmissionRequest request) {
    check(request);
  }

  /// Once more what will be stored, whatever plugins after this one made of it.
  @Override
  public void validate(AdmissionRequest request) {
    check(request);
  }

  private void check(AdmissionRequest request) {
    User user = request.context().user();
    if (!user.in(User.NODES)) {
      return;
    }
    String node = user.nodeName();
    if (node.isEmpty()) {
      throw request.forbidden("could not determine node from user \"" + user.name() + "\"");
    }
    switch (request.target().row().qualifiedResource()) {
      case "pods" -> pods(request, node);
      case "nodes" -> node(request, node);
      case "persistentvolumeclaims" -> claim(request, node);
      case "serviceaccounts" -> token(request, node);
      case "leases.coordination.k8s.io" -> lease(request, node);
      case "csinodes.storage.k8s.io" -> csiNode(request, node);
      case "resourceslices.resource.k8s.io" -> slice(request, node);
      case "certificatesigningrequests.certificates.k8s.io" -> signingRequest(request, node);
      default -> {
        // what else a node may write, its role says
      }
    }
  }

  // ---- pods ----

  private void pods(AdmissionRequest request, String node) {
    switch (request.target().subresource()) {
      case "" -> {
        switch (request.operation()) {
          case CREATE -> mirrorPod(request, node);
          case DELETE ->
              requireOwn(
                  request,
                  request.old(),
                  node,
                  "node \"%s\" can only delete pods with spec.nodeName set to itself");
          case UPDATE ->
              throw request.forbidden(
                  "unexpected operation \"UPDATE\", node \""
                      + node
                      + "\" can only create and delete mirror pods");
          case CONNECT -> {} // only webhooks and policies are asked
        }
      }
      case "status" -> podStatus(request, node);
      case "eviction" ->
          requireOwn(
              request,
              existing("pods", request.target().namespace(), request.target().name()),
              node,
              "node %s can only evict pods with spec.nodeName set to itself");
      default ->
          throw request.forbidden(
              "unexpected pod subresource \""
                  + request.target().subresource()
                  + "\", only 'status' and 'eviction' are allowed");
    }
  }

  private static void requireOwn(
      AdmissionRequest request,
      @Nullable Map<String, @Nullable Object> pod,
      String node,
      String refusal) {
    if (!node.equals(Trees.at(pod, "spec", "nodeName"))) {
      throw request.forbidden(refusal.formatted(node));
    }
  }

  private Map<String, @Nullable Object> existing(String resource, String namespace, String name) {
    Map<String, @Nullable Object> found = objects.cached(resource, namespace, name);
    if (found == null) {
      found = objects.latest(resource, namespace, name);
    }
    if (found == null) {
      throw ApiException.notFound("", resource, name);
    }
    return found;
  }

  private void mirrorPod(AdmissionRequest request, String node) {
    Map<String, @Nullable Object> pod = request.object();
    if (Trees.at(pod, "metadata", "annotations", MIRROR) == null) {
      throw request.forbidden(
          "pod does not have \""
              + MIRROR
              + "\" annotation, node \""
              + node
              + "\" can only create mirror pods");
    }
    requireOwn(
        request, pod, node, "node \"%s\" can only create pods with spec.nodeName set to itself");
    requireOwner(request, node);
    if (!Trees.string(Trees.child(pod, "spec"), "serviceAccountName").isEmpty()) {
      throw request.forbidden(
          "node \"" + node + "\" can not create pods that reference a service account");
    }
    for (Reference reference : PodReferences.of(Messages.pod(pod))) {
      throw request.forbidden(
          "node \"" + node + "\" can not create pods that reference " + reference.resource());
    }
  }

  private void requireOwner(AdmissionRequest request, String node) {
    List<?> owners =
        Trees.at(request.object(), "metadata", "ownerReferences") instanceof List<?> list
            ? list
            : List.of();
    String only = "node \"" + node + "\" can only create pods with ";
    if (owners.size() > 1) {
      throw request.forbidden(only + "a single owner reference set to itself");
    }
    Object owner = owners.isEmpty() ? null : owners.getFirst();
    if (!"v1".equals(Trees.at(owner, "apiVersion"))
        || !"Node".equals(Trees.at(owner, "kind"))
        || !node.equals(Trees.at(owner, "name"))) {
      throw request.forbidden(only + "an owner reference set to itself");
    }
    if (!Boolean.TRUE.equals(Trees.at(owner, "controller"))) {
      throw request.forbidden(only + "a controller owner reference set to itself");
    }
    if (Boolean.TRUE.equals(Trees.at(owner, "blockOwnerDeletion"))) {
      throw request.forbidden(
          "node \"" + node + "\" must not set blockOwnerDeletion on an owner reference");
    }
    Object said = Trees.at(owner, "uid");
    String known = Meta.text(existing("nodes", "", node), "uid");
    if (!known.equals(said)) {
      throw request.forbidden("node " + node + " UID mismatch: expected " + said + " got " + known);
    }
  }

  private static void podStatus(AdmissionRequest request, String node) {
    if (request.operation() != Operation.UPDATE) {
      throw request.forbidden("unexpected operation \"" + request.operation() + "\"");
    }
    requireOwn(
        request,
        request.old(),
        node,
        "node \"%s\" can only update pod status for pods with spec.nodeName set to itself");
    Map<String, @Nullable Object> old = Objects.requireNonNull(request.old());
    if (!Meta.labels(old).equals(Meta.labels(request.object()))) {
      throw request.forbidden("node \"" + node + "\" cannot update labels through pod status");
    }
    if (!Meta.of(old)
            .getOrDefault("ownerReferences", List.of())
            .equals(Meta.of(request.object()).getOrDefault("ownerReferences", List.of()))
        || !Meta.finalizers(old).equals(Meta.finalizers(request.object()))) {
      throw request.forbidden(
          "node \"" + node + "\" cannot update owners or finalizers through pod status");
    }
    for (String field : List.of("resourceClaimStatuses", "extendedResourceClaimStatus")) {
      if (!Objects.equals(
          Trees.at(old, "status", field), Trees.at(request.object(), "status", field))) {
        throw request.forbidden("node \"" + node + "\" cannot update resource claim statuses");
      }
    }
  }

  // ---- nodes ----

  private static void node(AdmissionRequest request, String node) {
    String name = request.target().name();
    if (!name.equals(node)) {
      throw request.forbidden(
          "node \"" + node + "\" is not allowed to modify node \"" + name + "\"");
    }
    switch (request.operation()) {
      case DELETE, CONNECT -> {
        // upstream's role lets no node delete itself; where another role does, it may
      }
      case CREATE -> newNode(request, node);
      case UPDATE -> changedNode(request, node);
    }
  }

  private static void newNode(AdmissionRequest request, String node) {
    Map<String, @Nullable Object> object = request.object();
    if (Trees.at(object, "spec", "configSource") != null) {
      throw request.forbidden(
          "node \"" + node + "\" is not allowed to create pods with a non-nil configSource");
    }
    Set<String> labels = forbiddenLabels(Meta.labels(object), Map.of());
    if (!labels.isEmpty()) {
      throw request.forbidden(
          "node \""
              + node
              + "\" is not allowed to set the following labels: "
              + String.join(", ", labels));
    }
    requireSameOwners(request, node, Map.of());
  }

  private static void changedNode(AdmissionRequest request, String node) {
    Map<String, @Nullable Object> object = request.object();
    Map<String, @Nullable Object> old = Objects.requireNonNull(request.old());
    Object config = Trees.at(object, "spec", "configSource");
    if (config != null && !config.equals(Trees.at(old, "spec", "configSource"))) {
      throw request.forbidden(
          "node \""
              + node
              + "\" is not allowed to update configSource to a new non-nil"
              + " configSource");
    }
    if (!list(object, "spec", "taints").equals(list(old, "spec", "taints"))) {
      throw request.forbidden("node \"" + node + "\" is not allowed to modify taints");
    }
    Set<String> labels = forbiddenLabels(Meta.labels(object), Meta.labels(old));
    if (!labels.isEmpty()) {
      throw request.forbidden("is not allowed to modify labels: " + String.join(", ", labels));
    }
    requireSameOwners(request, node, old);
  }

  /// A node that owned itself by what does not exist would be collected as garbage and come back
  /// without its taints and labels.
  private static void requireSameOwners(
      AdmissionRequest request, String node, Map<String, @Nullable Object> old) {
    if (!list(request.object(), "metadata", "ownerReferences")
        .equals(list(old, "metadata", "ownerReferences"))) {
      throw request.forbidden("node \"" + node + "\" is not allowed to modify ownerReferences");
    }
  }

  private static List<?> list(Map<String, @Nullable Object> tree, String... path) {
    return Trees.at(tree, path) instanceof List<?> list ? list : List.of();
  }

  private static Set<String> forbiddenLabels(Map<String, String> now, Map<String, String> before) {
    Set<String> changed = new TreeSet<>(now.keySet());
    changed.addAll(before.keySet());
    changed.removeIf(key -> Objects.equals(now.get(key), before.get(key)));
    changed.removeIf(NodeLabels::mayBeSetByNodes);
    return changed;
  }

  // ---- the others ----

  private static void claim(AdmissionRequest request, String node) {
    if (!request.target().subresource().equals("status")
        || request.operation() != Operation.UPDATE) {
      throw request.forbidden("may only update PVC status");
    }
    if (!withoutGrowth(request.object())
        .equals(withoutGrowth(Objects.requireNonNull(request.old())))) {
      throw request.forbidden(
          "node \""
              + node
              + "\" is not allowed to update fields other than status.quantity and"
              + " status.conditions");
    }
  }

  /// A claim without what a node tells of its growing.
  private static Map<String, @Nullable Object> withoutGrowth(Map<String, @Nullable Object> claim) {
    Map<String, @Nullable Object> rest = Trees.copyObject(claim);
    Meta.set(rest, "managedFields", null);
    Meta.set(rest, "resourceVersion", null);
    for (String field :
        List.of("capacity", "conditions", "allocatedResources", "allocatedResourceStatuses")) {
      Trees.child(rest, "status").remove(field);
    }
    Map<String, @Nullable Object> sorted = new TreeMap<>(rest);
    if (Trees.child(rest, "status").isEmpty()) {
      sorted.remove("status");
    }
    return sorted;
  }

  private void token(AdmissionRequest request, String node) {
    if (request.operation() != Operation.CREATE
        || !request.target().subresource().equals("token")) {
      return;
    }
    Object reference = Trees.at(request.object(), "spec", "boundObjectRef");
    if (!"v1".equals(Trees.at(reference, "apiVersion"))
        || !"Pod".equals(Trees.at(reference, "kind"))
        || !(Trees.at(reference, "name") instanceof String name)
        || name.isEmpty()) {
      throw request.forbidden("node requested token not bound to a pod");
    }
    if (!(Trees.at(reference, "uid") instanceof String uid) || uid.isEmpty()) {
      throw request.forbidden("node requested token with a pod binding without a uid");
    }
    Map<String, @Nullable Object> pod = existing("pods", request.target().namespace(), name);
    if (!uid.equals(Meta.text(pod, "uid"))) {
      throw request.forbidden(
          "the UID in the bound object reference ("
              + uid
              + ") does not match the UID in record. The object might have been deleted and then"
              + " recreated");
    }
    requireOwn(
        request, pod, node, "node requested token bound to a pod scheduled on a different node");
  }

  private static void lease(AdmissionRequest request, String node) {
    if (!request.target().namespace().equals("kube-node-lease")) {
      throw request.forbidden("can only access leases in the \"kube-node-lease\" system namespace");
    }
    if (!request.target().name().equals(node)) {
      throw request.forbidden(
          "can only access node lease with the same name as the requesting node");
    }
  }

  private static void csiNode(AdmissionRequest request, String node) {
    if (!request.target().name().equals(node)) {
      throw request.forbidden("can only access CSINode with the same name as the requesting node");
    }
  }

  private static void slice(AdmissionRequest request, String node) {
    Map<String, @Nullable Object> slice =
        request.operation() == Operation.DELETE ? request.old() : request.object();
    if (!node.equals(Trees.at(slice, "spec", "nodeName"))) {
      throw request.forbidden(
          request.operation() == Operation.DELETE
              ? "can only delete ResourceSlice with the same NodeName as the requesting node"
              : "can only create ResourceSlice with the same NodeName as the requesting node");
    }
  }

  private static void signingRequest(AdmissionRequest request, String node) {
    boolean asksAsKubelet =
        request.operation() == Operation.CREATE
            && CertificateSigners.of(request.object()).startsWith("kubernetes.io/kubelet-")
            && Trees.at(request.object(), "spec", "request") instanceof String;
    if (asksAsKubelet) {
      String encoded =
          (String) Objects.requireNonNull(Trees.at(request.object(), "spec", "request"));
      String name;
      try {
        name = SigningRequestSubject.commonName(encoded);
      } catch (IllegalArgumentException e) {
        throw request.forbidden("unable to parse csr: " + e.getMessage());
      }
      if (!name.equals(User.NODE_PREFIX + node)) {
        throw request.forbidden("can only create a node CSR with CN=" + User.NODE_PREFIX + node);
      }
    }
  }
}
