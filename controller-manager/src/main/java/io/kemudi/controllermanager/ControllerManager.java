package io.kemudi.controllermanager;

import com.google.protobuf.Message;
import io.kemudi.apimachinery.resource.ObjectKey;
import io.kemudi.apimachinery.resource.ResourceTypes;
import io.kemudi.client.api.ApiClient;
import io.kemudi.client.api.ListOptions;
import io.kemudi.client.controller.BackoffWorkQueue;
import io.kemudi.client.controller.Controller;
import io.kemudi.client.controller.Reconciler;
import io.kemudi.client.controller.WorkQueue;
import io.kemudi.client.events.Events;
import io.kemudi.client.informer.EventHandler;
import io.kemudi.client.informer.Informer;
import io.kemudi.client.informer.Informers;
import io.kemudi.controllermanager.clusterroleaggregation.ClusterRoleAggregationReconciler;
import io.kemudi.controllermanager.customresource.CustomResources;
import io.kemudi.controllermanager.deployment.DeploymentReconciler;
import io.kemudi.controllermanager.endpointslice.EndpointSliceReconciler;
import io.kemudi.controllermanager.endpointslice.EndpointsReconciler;
import io.kemudi.controllermanager.endpointslice.SelectedPods;
import io.kemudi.controllermanager.garbagecollector.GarbageCollector;
import io.kemudi.controllermanager.namespace.NamespaceReconciler;
import io.kemudi.controllermanager.nodeipam.NodeRangeReconciler;
import io.kemudi.controllermanager.nodelifecycle.LostPodsReconciler;
import io.kemudi.controllermanager.nodelifecycle.NodeLifecycleReconciler;
import io.kemudi.controllermanager.nodelifecycle.TaintEvictionReconciler;
import io.kemudi.controllermanager.ownership.ControllerRef;
import io.kemudi.controllermanager.ownership.OwnerIndex;
import io.kemudi.controllermanager.replicaset.ReplicaSetReconciler;
import io.kemudi.controllermanager.resourcequota.ResourceQuotaReconciler;
import io.kemudi.controllermanager.serviceaccount.NamespaceObjectsReconciler;
import io.kemudi.controllermanager.volumebinding.ClaimBinder;
import io.kemudi.controllermanager.volumebinding.VolumePhases;
import io.kemudi.controllermanager.volumeprotection.ClaimProtectionReconciler;
import io.kemudi.controllermanager.volumeprotection.VolumeProtectionReconciler;
import io.kemudi.kubernetes.core.v1.PersistentVolume;
import io.kemudi.kubernetes.core.v1.PersistentVolumeClaim;
import io.kemudi.kubernetes.core.v1.Pod;
import io.kemudi.kubernetes.meta.v1.ObjectMeta;
import io.kemudi.kubernetes.meta.v1.OwnerReference;
import io.kemudi.lifecycle.Component;
import io.kemudi.time.Timers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/// All controllers of a cluster over one set of informers: which controller looks at what stands
/// here, each on a few lines.
public final class ControllerManager implements Component {
  private static final int WORKERS = 5;
  private static final int GARBAGE_WORKERS = 10;
  private static final String LEASE_NAMESPACE = "kube-node-lease";
  private static final Set<String> ENDED = Set.of("Failed", "Succeeded");

  private final Clients clients;
  private final Informers informers;
  private final Timers timers;
  private final Config config;
  private final List<Component> controllers = new ArrayList<>();

  /// `caPem` is published in every namespace; `podRange` is cut into one /24 a node.
  ///
  /// `nodeGracePeriod` is how long a node may be silent (upstream's default is 50 s).
  public record Config(String caPem, String podRange, Duration nodeGracePeriod) {}

  /// What each controller acts with. Controllers act under service accounts of their own in
  /// `kube-system`, named as upstream's, so that each may do its job and nothing else.
  public interface Clients {
    /// A client that acts for `system:serviceaccount:kube-system:NAME`.
    ApiClient client(String name);

    /// Tells of events as the component NAME.
    Events events(String name);

    /// One client for all, where there is nothing to tell apart (tests).
    static Clients shared(ApiClient client, Events events) {
      return new Clients() {
        @Override
        public ApiClient client(String name) {
          return client;
        }

        @Override
        public Events events(String name) {
          return events;
        }
      };
    }
  }

  /// `informers` are started by [#start]; they may be shared with other components.
  public ControllerManager(Clients clients, Informers informers, Timers timers, Config config) {
    this.clients = clients;
    this.informers = informers;
    this.timers = timers;
    this.config = config;
  }

  @Override
  public String name() {
    return "controller-manager";
  }

  @Override
  public void start() throws Exception {
    workloads();
    services();
    namespaces();
    nodes();
    quotas();
    volumes();
    roles();
    garbage();
    informers.start();
    for (Component controller : controllers) {
      controller.start();
    }
  }

  private void workloads() {
    var pods = informers.informer(ResourceTypes.PODS);
    var sets = informers.informer(ResourceTypes.REPLICA_SETS);
    var deployments = informers.informer(ResourceTypes.DEPLOYMENTS);
    var podsByOwner = new OwnerIndex<>(pods);
    var setsByOwner = new OwnerIndex<>(sets);

    var setQueue = new BackoffWorkQueue<ObjectKey>(timers);
    enqueue(sets, setQueue);
    enqueue(pods, setQueue, pod -> controllerOf(pod.getMetadata(), "ReplicaSet"));
    add(
        "replicaset",
        setQueue,
        new ReplicaSetReconciler(
            clients.client("replicaset-controller"),
            sets,
            pods,
            podsByOwner,
            clients.events("replicaset-controller"),
            timers),
        List.of(sets, pods));

    var deploymentQueue = new BackoffWorkQueue<ObjectKey>(timers);
    enqueue(deployments, deploymentQueue);
    enqueue(sets, deploymentQueue, set -> controllerOf(set.getMetadata(), "Deployment"));
    enqueueDeleted(pods, deploymentQueue, pod -> deploymentOf(pod, sets));
    add(
        "deployment",
        deploymentQueue,
        new DeploymentReconciler(
            clients.client("deployment-controller"),
            deployments,
            sets,
            setsByOwner,
            podsByOwner,
            clients.events("deployment-controller"),
            timers),
        List.of(deployments, sets, pods));
  }

  private void services() {
    var services = informers.informer(ResourceTypes.SERVICES);
    var pods = informers.informer(ResourceTypes.PODS);
    var slices = informers.informer(ResourceTypes.ENDPOINT_SLICES);
    var endpoints = informers.informer(ResourceTypes.ENDPOINTS);
    var nodes = informers.informer(ResourceTypes.NODES);
    var selected = new SelectedPods(pods, services);

    var sliceQueue = new BackoffWorkQueue<ObjectKey>(timers);
    enqueue(services, sliceQueue);
    enqueue(pods, sliceQueue, selected::servicesOf);
    enqueue(slices, sliceQueue, slice -> controllerOf(slice.getMetadata(), "Service"));
    add(
        "endpointslice",
        sliceQueue,
        new EndpointSliceReconciler(
            clients.client("endpointslice-controller"), services, slices, nodes, selected),
        List.of(services, pods, slices, nodes));

    var endpointsQueue = new BackoffWorkQueue<ObjectKey>(timers);
    enqueue(services, endpointsQueue);
    enqueue(pods, endpointsQueue, selected::servicesOf);
    enqueue(endpoints, endpointsQueue);
    add(
        "endpoints",
        endpointsQueue,
        new EndpointsReconciler(
            clients.client("endpoint-controller"), services, endpoints, selected),
        List.of(services, pods, endpoints));
  }

  private void namespaces() {
    var namespaces = informers.informer(ResourceTypes.NAMESPACES);
    var accounts = informers.informer(ResourceTypes.SERVICE_ACCOUNTS);
    var rootCas =
        informers.informer(
            ResourceTypes.CONFIG_MAPS,
            ListOptions.ALL.fields("metadata.name=" + NamespaceObjectsReconciler.ROOT_CA));

    var objectQueue = new BackoffWorkQueue<ObjectKey>(timers);
    enqueue(namespaces, objectQueue);
    enqueue(accounts, objectQueue, a -> namespaceOf(a.getMetadata()));
    enqueue(rootCas, objectQueue, c -> namespaceOf(c.getMetadata()));
    add(
        "namespace-objects",
        objectQueue,
        new NamespaceObjectsReconciler(
            clients.client("service-account-controller"),
            clients.client("root-ca-cert-publisher"),
            namespaces,
            accounts,
            rootCas,
            config.caPem()),
        List.of(namespaces, accounts, rootCas));

    var namespaceQueue = new BackoffWorkQueue<ObjectKey>(timers);
    var definitions = informers.informer(CustomResources.DEFINITIONS);
    enqueue(namespaces, namespaceQueue);
    add(
        "namespace",
        namespaceQueue,
        new NamespaceReconciler(
            clients.client("namespace-controller"), namespaces, definitions, timers),
        List.of(namespaces, definitions));
  }

  private void nodes() {
    var nodes = informers.informer(ResourceTypes.NODES);
    var leases = informers.informer(ResourceTypes.LEASES, ListOptions.in(LEASE_NAMESPACE));
    var pods = informers.informer(ResourceTypes.PODS);
    NodeLifecycleReconciler.indexByNode(pods);

    var rangeQueue = new BackoffWorkQueue<ObjectKey>(timers);
    enqueue(nodes, rangeQueue);
    var ranges =
        new NodeRangeReconciler(clients.client("node-controller"), nodes, config.podRange());
    controllers.add(new Controller<>("node-ipam", rangeQueue, ranges, List.of(nodes), 1, timers));

    var nodeQueue = new BackoffWorkQueue<ObjectKey>(timers);
    enqueue(nodes, nodeQueue);
    enqueue(leases, nodeQueue, lease -> List.of(ObjectKey.of("", lease.getMetadata().getName())));
    add(
        "node-lifecycle",
        nodeQueue,
        new NodeLifecycleReconciler(
            clients.client("node-controller"),
            nodes,
            leases,
            pods,
            clients.events("node-controller"),
            timers,
            config.nodeGracePeriod()),
        List.of(nodes, leases, pods));

    var evictionQueue = new BackoffWorkQueue<ObjectKey>(timers);
    enqueue(nodes, evictionQueue);
    enqueue(pods, evictionQueue, pod -> nodeOf(pod));
    add(
        "taint-eviction",
        evictionQueue,
        new TaintEvictionReconciler(
            clients.client("node-controller"),
            nodes,
            pods,
            clients.events("node-controller"),
            timers),
        List.of(nodes, pods));

    var lostQueue = new BackoffWorkQueue<ObjectKey>(timers);
    enqueue(pods, lostQueue);
    enqueueDeleted(
        nodes,
        lostQueue,
        node ->
            NodeLifecycleReconciler.podsOf(pods, node.getMetadata().getName()).stream()
                .map(ResourceTypes.PODS::key)
                .toList());
    add(
        "lost-pods",
        lostQueue,
        new LostPodsReconciler(clients.client("pod-garbage-collector"), pods, nodes, timers),
        List.of(pods, nodes));
  }

  private static List<ObjectKey> nodeOf(Pod pod) {
    String node = pod.getSpec().getNodeName();
    return node.isEmpty() ? List.of() : List.of(ObjectKey.of("", node));
  }

  private void quotas() {
    var quotas = informers.informer(ResourceTypes.RESOURCE_QUOTAS);
    var pods = informers.informer(ResourceTypes.PODS);
    var services = informers.informer(ResourceTypes.SERVICES);
    var claims = informers.informer(ResourceTypes.PERSISTENT_VOLUME_CLAIMS);
    Function<ObjectMeta, List<ObjectKey>> quotasOf =
        meta ->
            quotas.lister().list(meta.getNamespace()).stream()
                .map(ResourceTypes.RESOURCE_QUOTAS::key)
                .toList();
    var queue = new BackoffWorkQueue<ObjectKey>(timers);
    enqueue(quotas, queue);
    enqueue(services, queue, service -> quotasOf.apply(service.getMetadata()));
    enqueue(claims, queue, claim -> quotasOf.apply(claim.getMetadata()));
    // Of pods only those count that stop living; the others were charged when they were written.
    enqueue(
        pods,
        queue,
        pod ->
            ENDED.contains(pod.getStatus().getPhase())
                ? quotasOf.apply(pod.getMetadata())
                : List.of());
    List<Informer<?>> reads = new ArrayList<>(List.of(quotas, pods, services, claims));
    for (var type : ResourceQuotaReconciler.counted()) {
      var informer = informers.informer(type);
      enqueueDeleted(informer, queue, object -> quotasOf.apply(object.getMetadata()));
      reads.add(informer);
    }
    add(
        "resourcequota",
        queue,
        new ResourceQuotaReconciler(clients.client("resourcequota-controller"), timers),
        reads);
  }

  private void roles() {
    var roles = informers.informer(ResourceTypes.CLUSTER_ROLES);
    var queue = new BackoffWorkQueue<ObjectKey>(timers);
    enqueue(roles, queue, _ -> ClusterRoleAggregationReconciler.aggregated(roles));
    add(
        "clusterrole-aggregation",
        queue,
        new ClusterRoleAggregationReconciler(
            clients.client("clusterrole-aggregation-controller"), roles),
        List.of(roles));
  }

  private void volumes() {
    var claims = informers.informer(ResourceTypes.PERSISTENT_VOLUME_CLAIMS);
    var volumes = informers.informer(ResourceTypes.PERSISTENT_VOLUMES);
    var pods = informers.informer(ResourceTypes.PODS);

    var claimQueue = new BackoffWorkQueue<ObjectKey>(timers);
    enqueue(claims, claimQueue);
    enqueue(pods, claimQueue, ClaimProtectionReconciler::claimsOf);
    add(
        "pvc-protection",
        claimQueue,
        new ClaimProtectionReconciler(clients.client("pvc-protection-controller"), claims, pods),
        List.of(claims, pods));

    var volumeQueue = new BackoffWorkQueue<ObjectKey>(timers);
    enqueue(volumes, volumeQueue);
    add(
        "pv-protection",
        volumeQueue,
        new VolumeProtectionReconciler(clients.client("pv-protection-controller"), volumes),
        List.of(volumes));
    volumeBinding(claims, volumes);
  }

  private void volumeBinding(
      Informer<PersistentVolumeClaim> claims, Informer<PersistentVolume> volumes) {
    String account = "persistent-volume-binder";
    var classes = informers.informer(ResourceTypes.STORAGE_CLASSES);

    var bindQueue = new BackoffWorkQueue<ObjectKey>(timers);
    enqueue(claims, bindQueue);
    enqueue(volumes, bindQueue, volume -> ClaimBinder.claimsOf(volume, claims));
    enqueue(classes, bindQueue, one -> ClaimBinder.waiting(one.getMetadata().getName(), claims));
    add(
        "persistentvolume-binder",
        bindQueue,
        new ClaimBinder(
            clients.client(account),
            claims,
            volumes,
            classes,
            clients.events("persistentvolume-controller")),
        List.of(claims, volumes, classes));

    volumes.addIndex(VolumePhases.BY_CLAIM, VolumePhases::claimKeyOf);
    var phaseQueue = new BackoffWorkQueue<ObjectKey>(timers);
    enqueue(volumes, phaseQueue);
    enqueue(claims, phaseQueue, claim -> VolumePhases.volumesOf(claim, volumes));
    add(
        "persistentvolume-phases",
        phaseQueue,
        new VolumePhases(
            clients.client(account),
            volumes,
            claims,
            clients.events("persistentvolume-controller")),
        List.of(claims, volumes));
  }

  private void garbage() {
    var collector = new GarbageCollector(clients.client("generic-garbage-collector"), informers);
    var queue = new BackoffWorkQueue<GarbageCollector.Key>(timers);
    collector.feed(queue);
    controllers.add(
        new Controller<>(
            "garbage-collector", queue, collector, collector.reads(), GARBAGE_WORKERS, timers));
  }

  /// Every change of an object queues its own key.
  private static <T extends Message> void enqueue(
      Informer<T> informer, WorkQueue<ObjectKey> queue) {
    enqueue(informer, queue, object -> List.of(informer.type().key(object)));
  }

  /// Every change queues the keys that the object leads to, before and after.
  private static <T extends Message> void enqueue(
      Informer<T> informer, WorkQueue<ObjectKey> queue, Function<T, List<ObjectKey>> keys) {
    informer.addHandler(
        new EventHandler<>() {
          @Override
          public void onAdd(T object) {
            keys.apply(object).forEach(queue::add);
          }

          @Override
          public void onUpdate(T before, T after) {
            keys.apply(before).forEach(queue::add);
            keys.apply(after).forEach(queue::add);
          }

          @Override
          public void onDelete(T object) {
            keys.apply(object).forEach(queue::add);
          }
        });
  }

  private static <T extends Message> void enqueueDeleted(
      Informer<T> informer, WorkQueue<ObjectKey> queue, Function<T, List<ObjectKey>> keys) {
    informer.addHandler(
        new EventHandler<>() {
          @Override
          public void onAdd(T object) {}

          @Override
          public void onUpdate(T before, T after) {}

          @Override
          public void onDelete(T object) {
            keys.apply(object).forEach(queue::add);
          }
        });
  }

  private static List<ObjectKey> namespaceOf(ObjectMeta meta) {
    return List.of(ObjectKey.of("", meta.getNamespace()));
  }

  private static List<ObjectKey> controllerOf(ObjectMeta meta, String kind) {
    OwnerReference owner = ControllerRef.of(meta);
    return owner != null && owner.getKind().equals(kind)
        ? List.of(ObjectKey.of(meta.getNamespace(), owner.getName()))
        : List.of();
  }

  /// A Recreate deployment waits for its last old pod.
  private static List<ObjectKey> deploymentOf(
      Pod pod, Informer<io.kemudi.kubernetes.apps.v1.ReplicaSet> sets) {
    for (ObjectKey key : controllerOf(pod.getMetadata(), "ReplicaSet")) {
      var set = sets.lister().get(key);
      if (set != null) {
        return controllerOf(set.getMetadata(), "Deployment");
      }
    }
    return List.of();
  }

  private void add(
      String name,
      WorkQueue<ObjectKey> queue,
      Reconciler<ObjectKey> reconciler,
      List<Informer<?>> reads) {
    controllers.add(new Controller<>(name, queue, reconciler, reads, WORKERS, timers));
  }

  @Override
  public boolean ready() {
    return !controllers.isEmpty() && controllers.stream().allMatch(Component::ready);
  }

  @Override
  public void close() {
    controllers.reversed().forEach(Component::close);
  }
}
