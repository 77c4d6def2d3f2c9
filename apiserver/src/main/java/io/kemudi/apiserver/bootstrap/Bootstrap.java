package io.kemudi.apiserver.bootstrap;

import io.kemudi.apimachinery.codec.Json;
import io.kemudi.apimachinery.codec.Trees;
import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.apimachinery.errors.StatusReason;
import io.kemudi.apiserver.registry.AuditHook;
import io.kemudi.apiserver.registry.Authorizer;
import io.kemudi.apiserver.registry.Body;
import io.kemudi.apiserver.registry.Meta;
import io.kemudi.apiserver.registry.Patch;
import io.kemudi.apiserver.registry.Registry;
import io.kemudi.apiserver.registry.RequestContext;
import io.kemudi.apiserver.registry.ResourceRow;
import io.kemudi.apiserver.registry.Target;
import io.kemudi.apiserver.registry.User;
import io.kemudi.apiserver.registry.WriteOptions;
import io.kemudi.apiserver.service.ServiceAllocator;
import io.kemudi.time.Timers;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What a fresh server creates by itself: namespaces, roles and their bindings, priority classes,
/// flow schemas, the local APIServices, its Service. Only what is missing is created; what is there
/// is left as it is, since an operator may have changed it.
public final class Bootstrap {
  private static final Logger log = LoggerFactory.getLogger(Bootstrap.class);
  private static final String FILE = "objects.jsonl.gz";

  /// How many writes are under way at once: enough for a store that commits in groups.
  private static final int PARALLEL = 16;

  private final Registry registry;
  private final Timers timers;
  private final RequestContext context;

  public Bootstrap(Registry registry, Timers timers) {
    this.registry = registry;
    this.timers = timers;
    this.context =
        new RequestContext(User.loopback(), "kube-apiserver", Authorizer.ALLOW_ALL, AuditHook.NONE);
  }

  /// @param manager in whose name the object is made, upstream having several loops for that; ""
  ///   for the server
  /// @param statusManager in whose name its status is applied
  private record Item(
      String group,
      String version,
      String resource,
      String manager,
      String statusManager,
      Map<String, @Nullable Object> object) {
    Target target(Registry registry) {
      ResourceRow row = registry.resources().need(group, version, resource);
      return Target.object(row, Meta.namespace(object), Meta.name(object));
    }
  }

  /// Creates what is missing. Blocks; repeatable, also by several servers at once.
  ///
  /// @param serviceRange as in the configuration
  /// @param advertiseAddress "" for a server that nobody inside the cluster reaches
  public void run(String serviceRange, String advertiseAddress, int port) {
    List<Item> items = read();
    List<Item> namespaces =
        items.stream().filter(item -> item.resource.equals("namespaces")).toList();
    namespaces.forEach(this::ensure);
    ensure(serviceCidr(serviceRange));
    ensureAll(items.stream().filter(item -> !item.resource.equals("namespaces")).toList());
    ensure(service(serviceRange, port));
    ensure(tokenTracking());
    if (!advertiseAddress.isEmpty()) {
      new OwnEndpoints(registry, context).publish(advertiseAddress, port);
    }
  }

  private void ensureAll(List<Item> items) {
    try (var executor = Executors.newFixedThreadPool(PARALLEL, Thread.ofVirtual().factory())) {
      List<Future<?>> results = new ArrayList<>();
      items.forEach(item -> results.add(executor.submit(() -> ensure(item))));
      for (Future<?> result : results) {
        result.get();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while creating bootstrap objects", e);
    } catch (ExecutionException e) {
      throw new IllegalStateException("creating bootstrap objects failed", e.getCause());
    }
  }

  private void ensure(Item item) {
    Target target = item.target(registry);
    if (exists(target)) {
      return;
    }
    byte[] json = Json.write(item.object);
    try {
      Target collection = Target.collection(target.row(), target.namespace());
      registry.create(context, collection, Body.json(json), WriteOptions.by(item.manager));
    } catch (ApiException e) {
      if (!e.is(StatusReason.ALREADY_EXISTS)) {
        // One object that is refused is no reason to serve nobody.
        log.error("bootstrap object {} {} is refused: {}", item.resource, target.name(), e.text());
      }
      return;
    }
    if (item.object.get("status") instanceof Map<?, ?> status) {
      applyStatus(item, target, status);
    }
  }

  private void applyStatus(Item item, Target target, Map<?, ?> status) {
    Map<String, ?> applied =
        Map.of(
            "apiVersion",
            item.group + "/" + item.version,
            "kind",
            target.row().info().kind(),
            "metadata",
            Map.of("name", target.name()),
            "status",
            status);
    Patch patch = new Patch(Patch.Type.APPLY, Json.write(applied), true);
    registry.patch(context, target.sub("status"), patch, WriteOptions.by(item.statusManager));
  }

  private boolean exists(Target target) {
    try {
      registry.get(context, target, "0");
      return true;
    } catch (ApiException e) {
      if (e.is(StatusReason.NOT_FOUND)) {
        return false;
      }
      throw e;
    }
  }

  private Item serviceCidr(String range) {
    String json =
        """
        {"metadata":{"name":"kubernetes"},"spec":{"cidrs":["%s"]},
         "status":{"conditions":[{"type":"Ready","status":"True","lastTransitionTime":"%s",
          "message":"Kubernetes default Service CIDR is ready"}]}}\
        """
            .formatted(range, Meta.time(timers.instant()));
    return new Item(
        "networking.k8s.io",
        "v1",
        "servicecidrs",
        "",
        "kubernetes-service-cidr-controller",
        object(json));
  }

  private static Item service(String range, int port) {
    String json =
        """
        {"metadata":{"name":"kubernetes","namespace":"default",
          "labels":{"component":"apiserver","provider":"kubernetes"}},
         "spec":{"type":"ClusterIP","clusterIP":"%s","ipFamilyPolicy":"SingleStack","sessionAffinity":"None",
          "internalTrafficPolicy":"Cluster",
          "ports":[{"name":"https","protocol":"TCP","port":443,"targetPort":%2$d}]}}\
        """
            .formatted(ServiceAllocator.firstAddress(range), port);
    return new Item("", "v1", "services", "", "", object(json));
  }

  /// Tells since when tokens of the old kind were watched.
  private Item tokenTracking() {
    String json =
        """
        {"metadata":{"name":"kube-apiserver-legacy-service-account-token-tracking",
          "namespace":"kube-system"},"data":{"since":"%s"}}\
        """
            .formatted(LocalDate.ofInstant(timers.instant(), ZoneOffset.UTC));
    return new Item("", "v1", "configmaps", "", "", object(json));
  }

  private static Map<String, @Nullable Object> object(String json) {
    return Json.parseObject(json.getBytes(StandardCharsets.UTF_8));
  }

  /// The recorded objects; times that were left out are now.
  private List<Item> read() {
    List<Item> items = new ArrayList<>();
    String now = Meta.time(timers.instant());
    try (InputStream stream = Bootstrap.class.getResourceAsStream(FILE)) {
      if (stream == null) {
        throw new IllegalStateException("no " + FILE + " beside " + Bootstrap.class.getName());
      }
      var lines =
          new BufferedReader(
              new InputStreamReader(new GZIPInputStream(stream), StandardCharsets.UTF_8));
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        byte[] json = line.replace("VOLATILE", now).getBytes(StandardCharsets.UTF_8);
        Map<String, @Nullable Object> tree = Json.parseObject(json);
        items.add(
            new Item(
                Trees.string(tree, "group"),
                Trees.string(tree, "version"),
                Trees.string(tree, "resource"),
                Trees.string(tree, "manager"),
                Trees.string(tree, "statusManager"),
                Trees.child(tree, "object")));
      }
      return items;
    } catch (IOException e) {
      throw new UncheckedIOException("reading " + FILE, e);
    }
  }
}
