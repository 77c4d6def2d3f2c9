package io.kemudi.launcher.clients;

import io.kubernetes.client.Exec;
import io.kubernetes.client.PodLogs;
import io.kubernetes.client.custom.V1Patch;
import io.kubernetes.client.informer.SharedIndexInformer;
import io.kubernetes.client.informer.SharedInformerFactory;
import io.kubernetes.client.openapi.ApiClient;
import io.kubernetes.client.openapi.models.V1ConfigMap;
import io.kubernetes.client.openapi.models.V1ConfigMapList;
import io.kubernetes.client.openapi.models.V1ObjectMeta;
import io.kubernetes.client.util.Config;
import io.kubernetes.client.util.generic.GenericKubernetesApi;
import io.kubernetes.client.util.generic.options.PatchOptions;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/// What a Java program on the official client does. Watches are over HTTP.
public final class OfficialJavaClient {
  private static final String NAMESPACE = "default";

  private OfficialJavaClient() {}

  public static void main(String[] args) throws Exception {
    ApiClient client = Config.fromConfig(args[0]);
    client.setHttpClient(
        client.getHttpClient().newBuilder().readTimeout(Duration.ZERO).build()); // for watches
    var maps =
        new GenericKubernetesApi<>(
            V1ConfigMap.class, V1ConfigMapList.class, "", "v1", "configmaps", client);
    crud(maps);
    apply(maps);
    exec(client);
    logs(client);
    watch(client, maps, new Steps(Path.of(args[1])));
    System.exit(0); // the factory's threads go on
  }

  private static V1ConfigMap map(String name, String value) {
    return new V1ConfigMap()
        .apiVersion("v1")
        .kind("ConfigMap")
        .metadata(new V1ObjectMeta().name(name).namespace(NAMESPACE))
        .data(Map.of("a", value));
  }

  private static void crud(GenericKubernetesApi<V1ConfigMap, V1ConfigMapList> maps)
      throws Exception {
    V1ConfigMap made = maps.create(map("java-crud", "1")).throwsApiException().getObject();
    made.data(Map.of("a", "2"));
    maps.update(made).throwsApiException();
    V1ConfigMap read = maps.get(NAMESPACE, "java-crud").throwsApiException().getObject();
    Steps.require(Map.of("a", "2").equals(read.getData()), "what was updated is read");
    Steps.require(
        maps.list(NAMESPACE).throwsApiException().getObject().getItems().stream()
            .anyMatch(map -> "java-crud".equals(map.getMetadata().getName())),
        "it is listed");
    maps.delete(NAMESPACE, "java-crud").throwsApiException();
    Steps.require(
        maps.get(NAMESPACE, "java-crud").getHttpStatusCode() == 404, "what was deleted is gone");
    Steps.done("crud");
  }

  private static void apply(GenericKubernetesApi<V1ConfigMap, V1ConfigMapList> maps)
      throws Exception {
    var options = new PatchOptions();
    options.setFieldManager("java");
    options.setForce(true);
    for (String value : new String[] {"1", "2"}) {
      var applied =
          maps.patch(
                  NAMESPACE,
                  "java-applied",
                  V1Patch.PATCH_FORMAT_APPLY_YAML,
                  new V1Patch(map("java-applied", value).toJson()),
                  options)
              .throwsApiException()
              .getObject();
      Steps.require(Map.of("a", value).equals(applied.getData()), "what was applied is answered");
    }
    maps.delete(NAMESPACE, "java-applied").throwsApiException();
    Steps.done("apply");
  }

  private static void exec(ApiClient client) throws Exception {
    Process process =
        new Exec(client)
            .exec(NAMESPACE, "talker", new String[] {"sh", "-c", "echo out; exit 3"}, false, false);
    String out = text(process.getInputStream());
    Steps.require(out.equals("out\n"), "output: " + out);
    int code = process.waitFor();
    Steps.require(code == 3, "the exit code is 3, not " + code);
    Steps.done("exec");
  }

  private static void logs(ApiClient client) throws Exception {
    try (InputStream log =
        new PodLogs(client).streamNamespacedPodLog(NAMESPACE, "talker", "main")) {
      byte[] begin = log.readNBytes("serving".length()); // it is followed
      Steps.require(new String(begin, StandardCharsets.UTF_8).equals("serving"), "logs");
    }
    Steps.done("logs");
  }

  private static void watch(
      ApiClient client, GenericKubernetesApi<V1ConfigMap, V1ConfigMapList> maps, Steps steps)
      throws Exception {
    var factory = new SharedInformerFactory(client);
    SharedIndexInformer<V1ConfigMap> informer =
        factory.sharedIndexInformerFor(maps, V1ConfigMap.class, 0, NAMESPACE);
    factory.startAllRegisteredInformers();
    maps.create(map("java-before", "1")).throwsApiException();
    steps.until("the informer has it", () -> has(informer, "java-before"));
    steps.restart();
    steps.until("created after the restart", () -> maps.create(map("java-after", "1")).isSuccess());
    steps.until("the informer has it after the restart", () -> has(informer, "java-after"));
    Steps.require(has(informer, "java-before"), "what was there is there");
    factory.stopAllRegisteredInformers();
    Steps.done("watch");
  }

  private static boolean has(SharedIndexInformer<V1ConfigMap> informer, String name) {
    return informer.getIndexer().getByKey(NAMESPACE + "/" + name) != null;
  }

  private static String text(InputStream in) throws Exception {
    return new String(in.readAllBytes(), StandardCharsets.UTF_8);
  }
}
