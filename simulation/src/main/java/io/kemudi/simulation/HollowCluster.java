package io.kemudi.simulation;

import io.grpc.inprocess.InProcessChannelBuilder;
import io.kemudi.apiserver.ApiCore;
import io.kemudi.apiserver.ApiCoreConfig;
import io.kemudi.apiserver.audit.Auditor;
import io.kemudi.apiserver.auth.Authorizers;
import io.kemudi.apiserver.auth.NodeAuthorizer;
import io.kemudi.apiserver.auth.RbacAuthorizer;
import io.kemudi.apiserver.auth.ServiceAccountTokens;
import io.kemudi.apiserver.auth.TokenRequests;
import io.kemudi.apiserver.grpc.ClusterServer;
import io.kemudi.apiserver.grpc.ClusterService;
import io.kemudi.apiserver.registry.Authorizer;
import io.kemudi.apiserver.registry.Registry;
import io.kemudi.apiserver.registry.User;
import io.kemudi.apiserver.rest.Reviews;
import io.kemudi.client.api.ApiClient;
import io.kemudi.client.events.EventRecorder;
import io.kemudi.client.events.Events;
import io.kemudi.client.grpc.GrpcApiClient;
import io.kemudi.client.informer.SharedInformers;
import io.kemudi.controllermanager.ControllerManager;
import io.kemudi.nodeagent.agent.NodeAgent;
import io.kemudi.nodeagent.agent.NodeAgentConfig;
import io.kemudi.nodeagent.runtime.HollowRuntime;
import io.kemudi.scheduler.SchedulerComponent;
import io.kemudi.scheduler.SchedulerConfig;
import io.kemudi.store.Store;
import io.kemudi.time.Timers;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/// A whole cluster in one JVM: API server, controllers, scheduler and the agents of hollow nodes,
/// each a client under a user of its own and held to the roles that this user has in any cluster.
///
/// The store and the timers are the caller's, to close after this.
public final class HollowCluster implements AutoCloseable {
  private static final String ISSUER = "https://kubernetes.default.svc.cluster.local";
  private static final Duration START_LIMIT = Duration.ofSeconds(30);

  /// `capacity` is each node's, by resource; `nodeGracePeriod` how long a node may be silent;
  /// agents keep their files under `dir`.
  public record Config(
      int nodes, Map<String, String> capacity, Duration nodeGracePeriod, Path dir) {
    public static final Map<String, String> SMALL_NODE =
        Map.of("cpu", "4", "memory", "8Gi", "ephemeral-storage", "20Gi", "pods", "110");

    public Config {
      capacity = Map.copyOf(capacity);
      if (nodes < 0 || nodes > 65_000) {
        throw new IllegalArgumentException("the number of nodes is not in 0..65000: " + nodes);
      }
    }

    public static Config of(int nodes, Path dir) {
      return new Config(nodes, SMALL_NODE, Duration.ofSeconds(50), dir);
    }

    public Config nodeGracePeriod(Duration period) {
      return new Config(nodes, capacity, period, dir);
    }
  }

  private final Config config;
  private final Timers timers;
  private final ApiCore core;
  private final RbacAuthorizer rbac;
  private final Authorizer authorizer;
  private final Deque<AutoCloseable> parts = new ArrayDeque<>();
  private final Deque<AutoCloseable> components = new ArrayDeque<>(); // end before their clients
  private final Map<String, NodeAgent> agents = new LinkedHashMap<>(); // by node name
  private final ApiClient client;

  public HollowCluster(Store store, Timers timers, Config config) {
    this.config = config;
    this.timers = timers;
    core = keep(new ApiCore(store, ApiCoreConfig.DEFAULT, timers));
    rbac = keep(new RbacAuthorizer(core.registry()));
    authorizer =
        Authorizers.union(
            List.of(Authorizers.masters(), new NodeAuthorizer(rbac, core.registry()), rbac));
    issueTokens(core.registry());
    client = client(User.of("admin", User.MASTERS));
  }

  /// As in any cluster, agents ask for the tokens of their pods' service accounts.
  private void issueTokens(Registry registry) {
    KeyPair keys = keys();
    var tokens =
        new ServiceAccountTokens(
            ISSUER, List.of(), keys.getPrivate(), List.of(keys.getPublic()), registry, timers);
    registry.handle(
        "",
        "serviceaccounts",
        "token",
        Reviews.tokens(new TokenRequests(tokens, registry, timers), timers));
  }

  private static KeyPair keys() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(256);
      return generator.generateKeyPair();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has elliptic curves", e);
    }
  }

  /// Returns when all nodes are registered and everything has its first state.
  public void start() throws Exception {
    core.start();
    rbac.start();
    require(rbac.awaitReady(START_LIMIT), "the roles");
    startControlPlane();
    var agentInformers = keep(new SharedInformers(agentsClient(), timers, 2));
    for (int i = 0; i < config.nodes(); i++) {
      startNode(i, agentInformers);
    }
    long untilNs = System.nanoTime() + START_LIMIT.toNanos();
    for (NodeAgent agent : agents.values()) {
      while (!agent.ready()) {
        require(System.nanoTime() < untilNs, "the agents");
        Thread.sleep(5);
      }
    }
  }

  private void startControlPlane() throws Exception {
    ApiClient scheduling = client(User.of("system:kube-scheduler"));
    // One local copy for all, as in the all-in-one process.
    var informers = keep(new SharedInformers(client, timers, 1));
    var schedulerEvents = keep(new EventRecorder(scheduling, "default-scheduler", "", timers));
    var scheduler =
        new SchedulerComponent(
            scheduling, informers, schedulerEvents, SchedulerConfig.DEFAULT, timers);
    components.push(scheduler);
    var manager =
        new ControllerManager(
            new AccountClients(),
            informers,
            timers,
            new ControllerManager.Config("no CA", "10.244.0.0/16", config.nodeGracePeriod()));
    components.push(manager);
    schedulerEvents.start();
    manager.start();
    scheduler.start();
    require(informers.awaitSync(START_LIMIT), "the control plane's informers");
  }

  /// A client under a service account for each controller, and a recorder on it.
  private final class AccountClients implements ControllerManager.Clients {
    private final Map<String, ApiClient> clients = new HashMap<>();
    private final Map<String, EventRecorder> recorders = new HashMap<>();

    @Override
    public ApiClient client(String account) {
      return clients.computeIfAbsent(
          account,
          _ ->
              HollowCluster.this.client(
                  User.of(
                      "system:serviceaccount:kube-system:" + account,
                      "system:serviceaccounts",
                      "system:serviceaccounts:kube-system",
                      "system:authenticated")));
    }

    @Override
    public Events events(String name) {
      return recorders.computeIfAbsent(
          name,
          _ -> {
            var recorder = keep(new EventRecorder(client(name), name, "", timers));
            recorder.start();
            return recorder;
          });
    }
  }

  private ApiClient agentsClient() {
    return client(User.of("hollow-nodes", User.MASTERS));
  }

  private void startNode(int index, SharedInformers informers) throws Exception {
    String name = "node-" + index;
    var own = User.of("system:node:" + name, "system:nodes", "system:authenticated");
    var plain =
        NodeAgentConfig.plain(
            name,
            config.dir().resolve(name),
            "192.0." + (index >> 8) + "." + (index & 0xff),
            "10." + (128 + (index >> 8)) + "." + (index & 0xff) + ".0/24");
    var agent =
        new NodeAgent(
            withCapacity(plain, config), client(own), informers, new HollowRuntime(timers), timers);
    components.push(agent);
    agents.put(name, agent);
    agent.start();
  }

  /// A node renews its lease well within the time after which it counts as lost.
  private static NodeAgentConfig withCapacity(NodeAgentConfig c, Config config) {
    Duration lease =
        config.nodeGracePeriod().compareTo(c.leaseDuration()) < 0
            ? config.nodeGracePeriod()
            : c.leaseDuration();
    return new NodeAgentConfig(
        c.nodeName(),
        c.dataDir(),
        c.memoryDir(),
        c.logsDir(),
        c.nodeIp(),
        c.bind(),
        c.serving(),
        c.clientAuthorities(),
        c.podCidr(),
        c.clusterDns(),
        c.clusterDomain(),
        c.maxPods(),
        c.labels(),
        c.taints(),
        config.capacity(),
        c.cgroupRoot(),
        lease);
  }

  private static void require(boolean ready, String what) {
    if (!ready) {
      throw new IllegalStateException(what + " did not come up within " + START_LIMIT);
    }
  }

  /// A client that may do everything.
  public ApiClient client() {
    return client;
  }

  /// A client that acts as `user`; closed with the cluster.
  public ApiClient client(User user) {
    String name = user.name() + "-" + UUID.randomUUID();
    var service = new ClusterService(core.registry(), authorizer, Auditor.NONE, "v1.36.2+hollow");
    keep(ClusterServer.inProcess(name, user, service)).start();
    return keep(new GrpcApiClient(InProcessChannelBuilder.forName(name).build(), timers));
  }

  /// The node's agent falls silent for good, as if the machine were cut off.
  public void loseNode(String name) {
    NodeAgent agent = agents.remove(name);
    if (agent == null) {
      throw new IllegalArgumentException("there is no node " + name + " in " + agents.keySet());
    }
    agent.close();
  }

  private <T extends AutoCloseable> T keep(T part) {
    parts.push(part);
    return part;
  }

  @Override
  public void close() {
    end(components);
    end(parts);
  }

  private static void end(Deque<AutoCloseable> parts) {
    while (!parts.isEmpty()) {
      try {
        parts.pop().close();
      } catch (Exception e) {
        throw new IllegalStateException("a part of the hollow cluster did not close", e);
      }
    }
  }
}
