package io.kemudi.simulation;

import io.kemudi.kubernetes.apps.v1.Deployment;
import io.kemudi.kubernetes.core.v1.Namespace;
import io.kemudi.kubernetes.core.v1.Service;
import io.kemudi.kubernetes.intstr.IntOrString;
import io.kemudi.kubernetes.quantity.Quantity;

/// Objects that tests create, with what does not matter filled in.
final class Workloads {
  private Workloads() {}

  static Namespace namespace(String name) {
    var namespace = Namespace.newBuilder();
    namespace.getMetadataBuilder().setName(name);
    return namespace.build();
  }

  /// Pods labelled `app=NAME`, at 100m of CPU each.
  static Deployment deployment(String namespace, String name, int replicas, String image) {
    var deployment = Deployment.newBuilder();
    deployment.getMetadataBuilder().setNamespace(namespace).setName(name);
    var spec = deployment.getSpecBuilder().setReplicas(replicas);
    spec.getSelectorBuilder().putMatchLabels("app", name);
    var template = spec.getTemplateBuilder();
    template.getMetadataBuilder().putLabels("app", name);
    template.getSpecBuilder().setTerminationGracePeriodSeconds(1);
    var container = template.getSpecBuilder().addContainersBuilder();
    container.setName("app").setImage(image).addPortsBuilder().setContainerPort(8080);
    container
        .getResourcesBuilder()
        .putRequests("cpu", Quantity.newBuilder().setString("100m").build());
    return deployment.build();
  }

  static Service service(String namespace, String name) {
    var service = Service.newBuilder();
    service.getMetadataBuilder().setNamespace(namespace).setName(name);
    service
        .getSpecBuilder()
        .putSelector("app", name)
        .addPortsBuilder()
        .setPort(80)
        .setTargetPort(IntOrString.newBuilder().setType(0).setIntVal(8080));
    return service.build();
  }
}
