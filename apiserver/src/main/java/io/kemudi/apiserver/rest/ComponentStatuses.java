package io.kemudi.apiserver.rest;

import com.google.protobuf.InvalidProtocolBufferException;
import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.apimachinery.errors.StatusReason;
import io.kemudi.apimachinery.selector.FieldSelector;
import io.kemudi.apimachinery.selector.LabelSelector;
import io.kemudi.apimachinery.selector.SelectorException;
import io.kemudi.apiserver.registry.ListOptions;
import io.kemudi.apiserver.registry.ObjectForm;
import io.kemudi.apiserver.registry.ObjectPage;
import io.kemudi.apiserver.registry.Registry;
import io.kemudi.apiserver.registry.RequestContext;
import io.kemudi.apiserver.registry.StoredObject;
import io.kemudi.apiserver.registry.Target;
import io.kemudi.kubernetes.coordination.v1.Lease;
import io.kemudi.kubernetes.core.v1.ComponentCondition;
import io.kemudi.kubernetes.core.v1.ComponentStatus;
import io.kemudi.kubernetes.meta.v1.ObjectMeta;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;

/// `componentstatuses`, which are made when they are asked for. Upstream asks ports of its own
/// machine; here the store answers for itself and the others are judged by their election leases,
/// so that it does not matter where they run.
public final class ComponentStatuses {
  private static final ObjectForm FORM =
      new ObjectForm("v1", "ComponentStatus", "core.v1.ComponentStatus");
  private static final List<String> ELECTED = List.of("scheduler", "controller-manager");
  private static final List<String> FIELDS = List.of("metadata.name", "metadata.namespace");
  private static final String STORE = "etcd-0";

  private final Registry registry;
  private final BooleanSupplier storeOk;
  private final InstantSource clock;

  public ComponentStatuses(Registry registry, BooleanSupplier storeOk, InstantSource clock) {
    this.registry = registry;
    this.storeOk = storeOk;
    this.clock = clock;
  }

  /// Whether the target is this resource.
  public static boolean serves(Target target) {
    return target.row().group().isEmpty() && target.row().resource().equals("componentstatuses");
  }

  /// @throws ApiException NOT_FOUND for a component that is not known
  public StoredObject get(String name) {
    if (ELECTED.contains(name)) {
      return elected(name);
    }
    if (name.equals(STORE)) {
      return store();
    }
    throw ApiException.notFound("", "componentstatuses", name);
  }

  /// Those that the selectors select; they have no labels.
  ///
  /// @throws ApiException 400 for selectors that cannot be read or name other fields
  public ObjectPage list(ListOptions options) {
    LabelSelector labels;
    FieldSelector fields;
    try {
      labels = LabelSelector.parse(options.labelSelector());
      fields = FieldSelector.parse(options.fieldSelector());
    } catch (SelectorException e) {
      throw ApiException.badRequest(String.valueOf(e.getMessage()));
    }
    for (FieldSelector.Term term : fields.terms()) {
      if (!FIELDS.contains(term.field())) {
        throw ApiException.badRequest(
            "\"%s\" is not a known field selector: only \"metadata.name\", \"metadata.namespace\""
                .formatted(term.field()));
      }
    }
    List<StoredObject> all = List.of(elected(ELECTED.get(0)), elected(ELECTED.get(1)), store());
    return new Page(
        all.stream()
            .filter(each -> labels.matches(Map.of()))
            .filter(
                each -> fields.matches(field -> field.equals("metadata.name") ? each.name() : ""))
            .toList());
  }

  private record Page(List<StoredObject> all) implements ObjectPage {
    @Override
    public ObjectForm itemForm() {
      return FORM;
    }

    @Override
    public long revision() {
      return 0;
    }

    @Override
    public int size() {
      return all.size();
    }

    @Override
    public String continueToken() {
      return "";
    }

    @Override
    public long remaining() {
      return -1;
    }

    @Override
    public java.util.Iterator<StoredObject> iterator() {
      return all.iterator();
    }
  }

  private StoredObject store() {
    return storeOk.getAsBoolean()
        ? status(STORE, "True", "ok")
        : status(STORE, "False", "the store does not answer");
  }

  private StoredObject elected(String name) {
    Target lease =
        Target.object(
            registry.resources().need("coordination.k8s.io", "v1", "leases"),
            "kube-system",
            "kube-" + name);
    try {
      Lease found = Lease.parseFrom(registry.get(RequestContext.loopback(), lease, "0").bytes());
      var spec = found.getSpec();
      Instant ends =
          Instant.ofEpochSecond(spec.getRenewTime().getSeconds())
              .plusSeconds(spec.getLeaseDurationSeconds());
      return ends.isAfter(clock.instant())
          ? status(name, "True", "ok")
          : status(name, "False", "its election lease has not been renewed since " + ends);
    } catch (ApiException e) {
      if (!e.is(StatusReason.NOT_FOUND)) {
        throw e;
      }
      return status(name, "Unknown", "it holds no election lease; ask its own /healthz");
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("the lease of kube-" + name + " is unreadable", e);
    }
  }

  private static StoredObject status(String name, String healthy, String message) {
    ComponentStatus status =
        ComponentStatus.newBuilder()
            .setMetadata(ObjectMeta.newBuilder().setName(name))
            .addConditions(
                ComponentCondition.newBuilder()
                    .setType("Healthy")
                    .setStatus(healthy)
                    .setMessage(message))
            .build();
    return new StoredObject(FORM, "", name, status.toByteArray(), 0);
  }
}
