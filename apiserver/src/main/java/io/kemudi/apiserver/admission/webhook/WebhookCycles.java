package io.kemudi.apiserver.admission.webhook;

import io.kemudi.apimachinery.codec.Trees;
import io.kemudi.apiserver.admission.AdmissionPlugin;
import io.kemudi.apiserver.admission.AdmissionRequest;
import io.kemudi.apiserver.admission.AdmissionRequest.Operation;
import io.kemudi.apiserver.admission.match.Constraints;
import io.kemudi.apiserver.registry.Meta;
import io.kemudi.apiserver.registry.ObjectReader;
import io.kemudi.apiserver.registry.ResourceRow;
import io.kemudi.time.Timers;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Warns whoever writes a webhook that has to be asked about the objects that run it: without a
/// running endpoint it could refuse its own start. [OwnObjects] and [Breaker] see to it that the
/// cluster survives, but not that the webhook does what was hoped for meanwhile.
public final class WebhookCycles implements AdmissionPlugin {
  /// What is looked for, as `apiVersion kind`.
  private static final List<String[]> LOOKED_FOR =
      List.of(
          new String[] {"v1", "Pod"},
          new String[] {"apps/v1", "ReplicaSet"},
          new String[] {"discovery.k8s.io/v1", "EndpointSlice"},
          new String[] {"coordination.k8s.io/v1", "Lease"});

  private final ObjectReader reader;
  private final Timers timers;

  public WebhookCycles(ObjectReader reader, Timers timers) {
    this.reader = reader;
    this.timers = timers;
  }

  @Override
  public String name() {
    return "WebhookCycles";
  }

  @Override
  public void validate(AdmissionRequest request) {
    boolean written =
        request.operation() == Operation.CREATE || request.operation() == Operation.UPDATE;
    if (!written
        || !request.isOf(Webhooks.GROUP, "validatingwebhookconfigurations")
            && !request.isOf(Webhooks.GROUP, "mutatingwebhookconfigurations")) {
      return;
    }
    for (Webhook webhook : Webhook.of(request.object(), timers)) {
      Constraints constraints = webhook.constraints();
      if (!webhook.ignores()
          && constraints != null
          && webhook.backend() instanceof Backend.Service service) {
        List<String> own = own(constraints, service);
        if (!own.isEmpty()) {
          request.context().warn(warning(webhook, service, own));
        }
      }
    }
  }

  private static String warning(Webhook webhook, Backend.Service service, List<String> own) {
    return "webhook \""
        + webhook.name()
        + "\" is served by Service "
        + service.namespace()
        + "/"
        + service.name()
        + " and has to be asked (failurePolicy Fail) about "
        + String.join(", ", own)
        + " of namespace "
        + service.namespace()
        + ", which it runs on itself: while it has no ready endpoint it is not asked about them;"
        + " exclude the namespace by its namespaceSelector";
  }

  /// The resources of its own namespace that it is asked about.
  private List<String> own(Constraints constraints, Backend.Service service) {
    if (!constraints.namespaces().matches(namespaceLabels(service.namespace()))) {
      return List.of();
    }
    List<String> own = new ArrayList<>();
    for (String[] each : LOOKED_FOR) {
      ResourceRow row = reader.forms().ofKind(each[0], each[1]);
      if (row != null && chooses(constraints, row) && selects(constraints, row, service)) {
        own.add(row.resource());
      }
    }
    return own;
  }

  private static boolean chooses(Constraints constraints, ResourceRow row) {
    return constraints.rules().stream()
        .anyMatch(rule ->
            (rule.choosesOperation(Operation.CREATE) || rule.choosesOperation(Operation.UPDATE))
                && (rule.choosesResource(row, "") || rule.choosesResource(row, "status")));
  }

  /// Its pods have the labels that its Service selects; nobody knows those of the others.
  private boolean selects(Constraints constraints, ResourceRow row, Backend.Service service) {
    if (constraints.objects().selectsEverything()) {
      return true;
    }
    return row.resource().equals("pods") && constraints.objects().matches(podLabels(service));
  }

  private Map<String, String> podLabels(Backend.Service service) {
    Map<String, @Nullable Object> object =
        reader.cached("services", service.namespace(), service.name());
    Map<String, String> labels = new HashMap<>();
    Map<String, @Nullable Object> selector =
        object == null ? null : Trees.objectOrNull(Trees.at(object, "spec", "selector"));
    if (selector != null) {
      selector.forEach((key, value) -> labels.put(key, String.valueOf(value)));
    }
    return labels;
  }

  private Map<String, String> namespaceLabels(String name) {
    Map<String, @Nullable Object> namespace = reader.cached("namespaces", "", name);
    return namespace == null ? Map.of("kubernetes.io/metadata.name", name) : Meta.labels(namespace);
  }
}
