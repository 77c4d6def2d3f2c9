package io.kemudi.apiserver.service;

import io.kemudi.apimachinery.codec.Json;
import io.kemudi.apimachinery.codec.Trees;
import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.apimachinery.errors.StatusReason;
import io.kemudi.apimachinery.validation.FieldError;
import io.kemudi.apimachinery.validation.FieldErrors;
import io.kemudi.apimachinery.validation.FieldPath;
import io.kemudi.apiserver.registry.Allocator;
import io.kemudi.apiserver.registry.Meta;
import io.kemudi.apiserver.registry.ObjectReader;
import io.kemudi.apiserver.storage.ObjectStorage.Beside;
import io.kemudi.store.Store;
import io.kemudi.store.Txn;
import io.kemudi.time.Timers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// Cluster IPs, each an IPAddress object that belongs to its Service, and node ports: given and
/// taken back in the transaction that writes the Service. IPv4 only.
public final class ServiceAllocator implements Allocator {
  private static final String ADDRESSES = "ipaddresses.networking.k8s.io";
  private static final int ADDRESS_ATTEMPTS = 256;

  /// What the server owns of an IPAddress that it makes.
  private static final Map<String, @Nullable Object> ADDRESS_FIELDS =
      Json.parseObject(
          """
          {"f:metadata":{"f:labels":{".":{},"f:ipaddress.kubernetes.io/ip-family":{},\
          "f:ipaddress.kubernetes.io/managed-by":{}}},\
          "f:spec":{"f:parentRef":{".":{},"f:name":{},"f:namespace":{},"f:resource":{}}}}\
          """
              .getBytes(StandardCharsets.UTF_8));

  private final ObjectReader objects;
  private final Store store;
  private final Timers timers;
  private final RandomGenerator random;
  private final AddressRange range;
  private final int firstPort;
  private final int lastPort;

  public ServiceAllocator(
      ObjectReader objects,
      Store store,
      Timers timers,
      RandomGenerator random,
      String serviceRange,
      int firstPort,
      int lastPort) {
    this.objects = objects;
    this.store = store;
    this.timers = timers;
    this.random = random;
    this.range = AddressRange.parse(serviceRange);
    this.firstPort = firstPort;
    this.lastPort = lastPort;
  }

  /// The first address, which is the API server's own Service's.
  public static String firstAddress(String serviceRange) {
    return AddressRange.parse(serviceRange).at(1);
  }

  @Override
  public Beside allocate(
      Map<String, @Nullable Object> service,
      @Nullable Map<String, @Nullable Object> old,
      boolean dryRun) {
    Map<String, @Nullable Object> spec = Trees.child(service, "spec");
    Map<String, @Nullable Object> oldSpec = old == null ? null : Trees.child(old, "spec");
    if (oldSpec != null) {
      keepAllocated(spec, oldSpec);
    }
    List<Txn.Condition> conditions = new ArrayList<>();
    List<Txn.Write> writes = new ArrayList<>();
    allocateAddress(service, spec, oldSpec, conditions, writes);
    allocatePorts(service, spec, oldSpec, conditions, writes);
    return new Beside(conditions, writes);
  }

  @Override
  public Beside release(Map<String, @Nullable Object> service) {
    Map<String, @Nullable Object> spec = Trees.child(service, "spec");
    List<Txn.Condition> conditions = new ArrayList<>();
    List<Txn.Write> writes = new ArrayList<>();
    String address = address(spec);
    if (!address.isEmpty()) {
      writes.add(new Txn.Delete(stored(service, address).key()));
    }
    Set<Long> ports = ports(spec);
    if (!ports.isEmpty()) {
      NodePorts taken = NodePorts.read(store, firstPort, lastPort);
      ports.forEach(taken::free);
      finish(taken, conditions, writes);
    }
    return new Beside(conditions, writes);
  }

  // ---- what both kinds of allocation look at ----

  private static boolean hasAddress(Map<String, @Nullable Object> spec) {
    return !"ExternalName".equals(spec.get("type"));
  }

  private static boolean hasPorts(Map<String, @Nullable Object> spec) {
    return "NodePort".equals(spec.get("type"))
        || "LoadBalancer".equals(spec.get("type"))
            && !Boolean.FALSE.equals(spec.get("allocateLoadBalancerNodePorts"));
  }

  /// The allocated address; "" for headless Services and those without one.
  private static String address(@Nullable Map<String, @Nullable Object> spec) {
    String address = spec == null ? "" : Trees.string(spec, "clusterIP");
    return address.equals("None") ? "" : address;
  }

  /// A replacement that does not speak of what was allocated keeps it.
  private static void keepAllocated(
      Map<String, @Nullable Object> spec, Map<String, @Nullable Object> oldSpec) {
    if (hasAddress(spec) && hasAddress(oldSpec)) {
      for (String field : List.of("clusterIP", "clusterIPs")) {
        if (Trees.string(spec, "clusterIP").isEmpty() || spec.get(field) == null) {
          Object known = oldSpec.get(field);
          if (known != null
              && (field.equals("clusterIPs")
                  || spec.get(field) == null
                  || spec.get(field).equals(""))) {
            spec.put(field, known);
          }
        }
      }
    } else if (!hasAddress(spec)
        && Trees.string(spec, "clusterIP").equals(Trees.string(oldSpec, "clusterIP"))) {
      for (String field : List.of("clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy")) {
        spec.remove(field);
      }
    }
    if (hasPorts(oldSpec)) {
      keepPorts(spec, oldSpec);
    }
    dropOfOtherTypes(spec, oldSpec);
  }

  /// Fields that belong to the old type go with it, unless the client changed them too.
  private static void dropOfOtherTypes(
      Map<String, @Nullable Object> spec, Map<String, @Nullable Object> oldSpec) {
    Object type = spec.get("type");
    boolean external = "NodePort".equals(type) || "LoadBalancer".equals(type);
    if (!external) {
      dropUnchanged(spec, oldSpec, "externalTrafficPolicy");
    }
    if (!"LoadBalancer".equals(type)) {
      dropUnchanged(spec, oldSpec, "allocateLoadBalancerNodePorts");
      dropUnchanged(spec, oldSpec, "loadBalancerClass");
      dropUnchanged(spec, oldSpec, "healthCheckNodePort");
    }
    if ("ExternalName".equals(type)) {
      dropUnchanged(spec, oldSpec, "internalTrafficPolicy");
    }
  }

  private static void dropUnchanged(
      Map<String, @Nullable Object> spec, Map<String, @Nullable Object> oldSpec, String field) {
    if (spec.get(field) != null && spec.get(field).equals(oldSpec.get(field))) {
      spec.remove(field);
    }
  }

  private static void keepPorts(
      Map<String, @Nullable Object> spec, Map<String, @Nullable Object> oldSpec) {
    boolean wanted = hasPorts(spec);
    Map<String, Object> known = new LinkedHashMap<>();
    for (Map<String, @Nullable Object> port : portList(oldSpec)) {
      if (port.get("nodePort") instanceof Long number && number > 0) {
        known.put(portId(port), number);
      }
    }
    for (Map<String, @Nullable Object> port : portList(spec)) {
      Object number = known.get(portId(port));
      if (wanted && !isSet(port.get("nodePort")) && number != null) {
        port.put("nodePort", number);
      } else if (!wanted && known.containsValue(port.get("nodePort"))) {
        port.remove("nodePort");
      }
    }
  }

  private static String portId(Map<String, @Nullable Object> port) {
    return port.get("protocol") + "/" + port.get("port");
  }

  private static boolean isSet(@Nullable Object number) {
    return number instanceof Long value && value != 0;
  }

  private static List<Map<String, @Nullable Object>> portList(Map<String, @Nullable Object> spec) {
    List<Map<String, @Nullable Object>> ports = new ArrayList<>();
    if (spec.get("ports") instanceof List<?> list) {
      list.forEach(each -> ports.add(Trees.object(each, "spec.ports")));
    }
    return ports;
  }

  // ---- addresses ----

  private void allocateAddress(
      Map<String, @Nullable Object> service,
      Map<String, @Nullable Object> spec,
      @Nullable Map<String, @Nullable Object> oldSpec,
      List<Txn.Condition> conditions,
      List<Txn.Write> writes) {
    String known = address(oldSpec);
    if (hasAddress(spec)) {
      FieldErrors errors = new FieldErrors();
      ServiceFamilies.fill(spec, oldSpec, errors);
      if (!errors.isEmpty()) {
        throw invalid(service, errors);
      }
      String wanted = Trees.string(spec, "clusterIP");
      if (wanted.isEmpty() && spec.get("clusterIPs") instanceof List<?> list && !list.isEmpty()) {
        wanted = String.valueOf(list.getFirst());
      }
      if (!wanted.equals("None") && (wanted.isEmpty() || !wanted.equals(known))) {
        wanted = take(service, wanted, conditions, writes);
      }
      spec.put("clusterIP", wanted);
      if (!(spec.get("clusterIPs") instanceof List<?> list) || list.isEmpty()) {
        spec.put("clusterIPs", new ArrayList<Object>(List.of(wanted)));
      }
    }
    if (!known.isEmpty() && !known.equals(address(spec))) {
      writes.add(new Txn.Delete(stored(service, known).key()));
    }
  }

  private String take(
      Map<String, @Nullable Object> service,
      String wanted,
      List<Txn.Condition> conditions,
      List<Txn.Write> writes) {
    if (!wanted.isEmpty()) {
      if (!range.contains(wanted)) {
        throw refusedAddress(
            service, wanted, "the provided network does not match the current range");
      }
      if (isTaken(wanted)) {
        throw refusedAddress(service, wanted, "provided IP is already allocated");
      }
    }
    String address = wanted.isEmpty() ? free(service) : wanted;
    ObjectReader.Stored object = stored(service, address);
    conditions.add(new Txn.Condition(object.key(), 0));
    writes.add(new Txn.Put(object.key(), object.value(), 0));
    return address;
  }

  private boolean isTaken(String address) {
    return objects.cached(ADDRESSES, "", address) != null;
  }

  private String free(Map<String, @Nullable Object> service) {
    for (int i = 0; i < ADDRESS_ATTEMPTS; i++) {
      String address = range.at(range.randomOffset(random));
      if (!isTaken(address)) {
        return address;
      }
    }
    for (long offset = 1; offset < range.size() - 1; offset++) {
      String address = range.at(offset);
      if (!isTaken(address)) {
        return address;
      }
    }
    throw new ApiException(
        StatusReason.INTERNAL_ERROR,
        "failed to allocate a serviceIP for service "
            + Meta.namespace(service)
            + "/"
            + Meta.name(service)
            + ": range is full");
  }

  private static ApiException refusedAddress(
      Map<String, @Nullable Object> service, String address, String why) {
    FieldErrors errors = new FieldErrors();
    errors.invalid(
        FieldPath.of("spec", "clusterIPs"),
        List.of(address),
        "failed to allocate IP " + address + ": " + why);
    return invalid(service, errors);
  }

  private static ApiException invalid(Map<String, @Nullable Object> service, FieldErrors errors) {
    return FieldError.toStatus("", "Service", Meta.name(service), errors.list());
  }

  /// The IPAddress object of a Service's address.
  private ObjectReader.Stored stored(Map<String, @Nullable Object> service, String address) {
    Map<String, @Nullable Object> tree = new LinkedHashMap<>();
    Map<String, @Nullable Object> metadata = Trees.child(tree, "metadata");
    metadata.put("name", address);
    metadata.put(
        "uid",
        new UUID(
                random.nextLong() & ~0xf000L | 0x4000L,
                random.nextLong() & 0x3fffffffffffffffL | 0x8000000000000000L)
            .toString());
    metadata.put("creationTimestamp", Meta.time(timers.instant()));
    Map<String, @Nullable Object> labels = Trees.child(metadata, "labels");
    labels.put("ipaddress.kubernetes.io/ip-family", "IPv4");
    labels.put("ipaddress.kubernetes.io/managed-by", "ipallocator.k8s.io");
    Map<String, @Nullable Object> parent = Trees.child(Trees.child(tree, "spec"), "parentRef");
    parent.put("resource", "services");
    parent.put("namespace", Meta.namespace(service));
    parent.put("name", Meta.name(service));
    metadata.put(
        "managedFields",
        List.of(
            Map.of(
                "manager",
                "kube-apiserver",
                "operation",
                "Update",
                "apiVersion",
                "networking.k8s.io/v1",
                "time",
                Meta.time(timers.instant()),
                "fieldsType",
                "FieldsV1",
                "fieldsV1",
                ADDRESS_FIELDS)));
    return objects.stored(ADDRESSES, "", address, tree);
  }

  // ---- ports ----

  private void allocatePorts(
      Map<String, @Nullable Object> service,
      Map<String, @Nullable Object> spec,
      @Nullable Map<String, @Nullable Object> oldSpec,
      List<Txn.Condition> conditions,
      List<Txn.Write> writes) {
    Set<Long> known = oldSpec == null ? Set.of() : ports(oldSpec);
    boolean asked = hasPorts(spec) || !ports(spec).isEmpty();
    if (!asked && known.isEmpty() || asked && known.equals(ports(spec)) && isComplete(spec)) {
      return;
    }
    NodePorts taken = NodePorts.read(store, firstPort, lastPort);
    Set<Long> kept = new LinkedHashSet<>(ports(spec));
    known.stream().filter(port -> !kept.contains(port)).forEach(taken::free);
    List<Map<String, @Nullable Object>> ports = portList(spec);
    Map<Long, Object> protocols = new LinkedHashMap<>();
    for (int i = 0; i < ports.size(); i++) {
      takePort(service, ports.get(i), i, known, taken, protocols);
    }
    if (hasPorts(spec)) {
      for (Map<String, @Nullable Object> port : ports) {
        if (!isSet(port.get("nodePort"))) {
          port.put("nodePort", (long) anyPort(service, taken));
        }
      }
    }
    finish(taken, conditions, writes);
  }

  private static boolean isComplete(Map<String, @Nullable Object> spec) {
    return !hasPorts(spec) || portList(spec).stream().allMatch(port -> isSet(port.get("nodePort")));
  }

  /// Takes the port that is asked for. TCP and UDP of one Service may share a number.
  private void takePort(
      Map<String, @Nullable Object> service,
      Map<String, @Nullable Object> port,
      int index,
      Set<Long> known,
      NodePorts taken,
      Map<Long, Object> protocols) {
    if (!(port.get("nodePort") instanceof Long number) || number == 0) {
      return;
    }
    boolean shared = protocols.putIfAbsent(number, String.valueOf(port.get("protocol"))) != null;
    if (known.contains(number) || shared) {
      return;
    }
    FieldPath path = FieldPath.of("spec").child("ports").index(index).child("nodePort");
    FieldErrors errors = new FieldErrors();
    if (!taken.inRange(number)) {
      errors.invalid(
          path,
          number,
          "provided port is not in the valid range. The range of valid ports is "
              + firstPort
              + "-"
              + lastPort);
      throw invalid(service, errors);
    }
    if (!taken.take(number)) {
      errors.invalid(path, number, "provided port is already allocated");
      throw invalid(service, errors);
    }
  }

  private int anyPort(Map<String, @Nullable Object> service, NodePorts taken) {
    int port = taken.takeAny(random);
    if (port < 0) {
      throw new ApiException(
          StatusReason.INTERNAL_ERROR,
          "failed to allocate a nodePort for service "
              + Meta.namespace(service)
              + "/"
              + Meta.name(service)
              + ": range is full");
    }
    return port;
  }

  private static Set<Long> ports(Map<String, @Nullable Object> spec) {
    Set<Long> ports = new LinkedHashSet<>();
    for (Map<String, @Nullable Object> port : portList(spec)) {
      if (port.get("nodePort") instanceof Long number && number != 0) {
        ports.add(number);
      }
    }
    return ports;
  }

  private static void finish(
      NodePorts taken, List<Txn.Condition> conditions, List<Txn.Write> writes) {
    if (taken.changed()) {
      conditions.add(taken.condition());
      writes.add(taken.write());
    }
  }
}
