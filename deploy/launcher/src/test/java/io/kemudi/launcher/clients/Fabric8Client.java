package io.kemudi.launcher.clients;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.dsl.ExecWatch;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/// What a Java program on fabric8's client does. Watches are over WebSocket.
public final class Fabric8Client {
  private static final String NAMESPACE = "default";
  private static final Map<String, String> LABELS = Map.of("client", "fabric8");

  private Fabric8Client() {}

  public static void main(String[] args) throws Exception {
    Config config = Config.fromKubeconfig(Path.of(args[0]).toFile());
    try (KubernetesClient client = new KubernetesClientBuilder().withConfig(config).build()) {
      crud(client);
      apply(client);
      exec(client);
      Steps.require(
          client.pods().inNamespace(NAMESPACE).withName("talker").getLog().contains("serving"),
          "logs");
      Steps.done("logs");
      watch(client, new Steps(Path.of(args[1])));
    }
  }

  private static ConfigMap map(String name, String value) {
    return new ConfigMapBuilder()
        .withNewMetadata()
        .withName(name)
        .withNamespace(NAMESPACE)
        .withLabels(LABELS)
        .endMetadata()
        .withData(Map.of("a", value))
        .build();
  }

  private static void crud(KubernetesClient client) {
    var maps = client.configMaps().inNamespace(NAMESPACE);
    maps.resource(map("fabric8-crud", "1")).create();
    maps.withName("fabric8-crud")
        .edit(map -> new ConfigMapBuilder(map).addToData("b", "2").build());
    ConfigMap read = maps.withName("fabric8-crud").get();
    Steps.require(read.getData().equals(Map.of("a", "1", "b", "2")), "what was edited is read");
    Steps.require(maps.withLabels(LABELS).list().getItems().size() == 1, "one is listed");
    maps.withName("fabric8-crud").delete();
    Steps.require(maps.withName("fabric8-crud").get() == null, "what was deleted is gone");
    Steps.done("crud");
  }

  private static void apply(KubernetesClient client) {
    PatchContext apply =
        new PatchContext.Builder()
            .withPatchType(PatchType.SERVER_SIDE_APPLY)
            .withFieldManager("fabric8")
            .withForce(true)
            .build();
    for (String value : new String[] {"1", "2"}) {
      ConfigMap applied = client.configMaps().resource(map("fabric8-applied", value)).patch(apply);
      Steps.require(applied.getData().equals(Map.of("a", value)), "what was applied is answered");
      Steps.require(
          applied.getMetadata().getManagedFields().stream()
              .anyMatch(owner -> owner.getManager().equals("fabric8")),
          "the manager is kept");
    }
    client.configMaps().inNamespace(NAMESPACE).withName("fabric8-applied").delete();
    Steps.done("apply");
  }

  private static void exec(KubernetesClient client) throws Exception {
    var out = new ByteArrayOutputStream();
    try (ExecWatch exec =
        client
            .pods()
            .inNamespace(NAMESPACE)
            .withName("talker")
            .writingOutput(out)
            .exec("sh", "-c", "echo out; exit 3")) {
      Integer code = exec.exitCode().get(20, TimeUnit.SECONDS);
      Steps.require(Objects.equals(code, 3), "the exit code is 3, not " + code);
    }
    Steps.require(out.toString(StandardCharsets.UTF_8).equals("out\n"), "output: " + out);
    Steps.done("exec");
  }

  private static void watch(KubernetesClient client, Steps steps) throws Exception {
    var maps = client.configMaps().inNamespace(NAMESPACE);
    try (SharedIndexInformer<ConfigMap> informer = maps.withLabels(LABELS).inform()) {
      maps.resource(map("fabric8-before", "1")).create();
      steps.until("the informer has it", () -> has(informer, "fabric8-before"));
      steps.restart();
      steps.until(
          "created after the restart",
          () -> maps.resource(map("fabric8-after", "1")).create() != null);
      steps.until("the informer has it after the restart", () -> has(informer, "fabric8-after"));
      Steps.require(has(informer, "fabric8-before"), "what was there is there");
    }
    Steps.done("watch");
  }

  private static boolean has(SharedIndexInformer<ConfigMap> informer, String name) {
    return informer.getStore().list().stream()
        .anyMatch(map -> map.getMetadata().getName().equals(name));
  }
}
