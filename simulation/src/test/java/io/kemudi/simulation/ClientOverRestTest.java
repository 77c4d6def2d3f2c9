package io.kemudi.simulation;

import static io.kemudi.apimachinery.resource.ResourceTypes.CONFIG_MAPS;
import static io.kemudi.apimachinery.resource.ResourceTypes.PODS;
import static io.kemudi.apimachinery.resource.ResourceTypes.SERVICE_ACCOUNTS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.apimachinery.errors.StatusReason;
import io.kemudi.apimachinery.resource.ResourceTypes;
import io.kemudi.apiserver.ApiCoreConfig;
import io.kemudi.apiserver.registry.User;
import io.kemudi.apiserver.server.ApiServer;
import io.kemudi.apiserver.server.ApiServerConfig;
import io.kemudi.client.api.Binding;
import io.kemudi.client.api.DeleteOptions;
import io.kemudi.client.api.ListOptions;
import io.kemudi.client.api.Outcome;
import io.kemudi.client.api.Patch;
import io.kemudi.client.api.WriteOptions;
import io.kemudi.client.informer.Handlers;
import io.kemudi.client.informer.Informer;
import io.kemudi.client.informer.SharedInformers;
import io.kemudi.client.rest.RestApiClient;
import io.kemudi.client.rest.RestEndpoint;
import io.kemudi.http.HttpConnection;
import io.kemudi.http.TestAuthority;
import io.kemudi.kubernetes.core.v1.ConfigMap;
import io.kemudi.kubernetes.core.v1.Pod;
import io.kemudi.kubernetes.core.v1.ServiceAccount;
import io.kemudi.store.memory.MemoryStore;
import io.kemudi.time.SystemTimers;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.net.InetSocketAddress;
import java.net.URI;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// The REST transport against the real HTTPS front.
class ClientOverRestTest {
  private static final TestAuthority authority = authority();
  private static final SystemTimers timers = new SystemTimers();
  private static final MemoryStore store = new MemoryStore(timers);
  private static final ApiServer server = server();

  private static TestAuthority authority() {
    try {
      return new TestAuthority("kemudi-test-ca");
    } catch (Exception e) {
      throw new IllegalStateException("the authority cannot be made", e);
    }
  }

  private static ApiServer server() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(256);
      KeyPair accounts = generator.generateKeyPair();
      return new ApiServer(
          new ApiServerConfig(
              new InetSocketAddress("127.0.0.1", 0),
              "",
              authority.issue("CN=kube-apiserver"),
              List.of(authority.certificate),
              new ApiServerConfig.Accounts(
                  "https://kubernetes.default.svc.cluster.local",
                  List.of(),
                  accounts.getPrivate(),
                  List.of(accounts.getPublic())),
              authority.issue("CN=kubelet-client,O=system:masters"),
              List.of(authority.certificate),
              Map.of("alice-token", User.of("alice", "team-a")),
              ApiCoreConfig.DEFAULT),
          store,
          timers,
          new PrometheusMeterRegistry(PrometheusConfig.DEFAULT));
    } catch (Exception e) {
      throw new IllegalStateException("the server cannot be made", e);
    }
  }

  private final RestApiClient client = admin();

  private static RestApiClient admin() {
    try {
      var tls =
          HttpConnection.clientTls(
              List.of(authority.certificate), authority.issue("O=system:masters,CN=admin"));
      return new RestApiClient(new RestEndpoint(uri(), tls, () -> ""), timers);
    } catch (Exception e) {
      throw new IllegalStateException("the certificate cannot be made", e);
    }
  }

  @BeforeAll
  static void start() throws Exception {
    server.start();
    ServiceAccount.Builder account = ServiceAccount.newBuilder();
    account.getMetadataBuilder().setNamespace("default").setName("default");
    try (RestApiClient admin = admin()) {
      admin.create(SERVICE_ACCOUNTS, account.build(), WriteOptions.NONE);
    }
  }

  private static URI uri() {
    return URI.create("https://127.0.0.1:" + server.port());
  }

  @AfterEach
  void closeClient() {
    client.close();
  }

  @AfterAll
  static void stop() {
    server.close();
    store.close();
    timers.close();
  }

  @Test
  void writesReadsPatchesAndDeletes() {
    ConfigMap made = client.create(CONFIG_MAPS, map("a", "1"), WriteOptions.by("me"));
    assertThat(client.get(CONFIG_MAPS, "default", "a")).isEqualTo(made);
    ConfigMap patched =
        client.patch(
            CONFIG_MAPS,
            "default",
            "a",
            "",
            Patch.merge("{\"data\":{\"x\":\"y\"}}"),
            WriteOptions.NONE);
    assertThat(patched.getDataMap()).containsEntry("x", "y");
    assertThat(client.update(CONFIG_MAPS, map("a", "2"), WriteOptions.NONE).getDataMap())
        .containsExactly(Map.entry("k", "2"));
    client.delete(CONFIG_MAPS, "default", "a", DeleteOptions.NONE);
    ApiException gone =
        catchThrowableOfType(ApiException.class, () -> client.get(CONFIG_MAPS, "default", "a"));
    assertThat(gone.reason()).isEqualTo(StatusReason.NOT_FOUND);
    assertThat(gone.text()).isEqualTo("configmaps \"a\" not found");
    assertThat(client.serverVersion()).startsWith("v1.36.2");
  }

  @Test
  void batchesBindAndListMetadata() {
    Pod.Builder pod = Pod.newBuilder();
    pod.getMetadataBuilder().setNamespace("default").setName("p");
    pod.getSpecBuilder().addContainersBuilder().setName("c").setImage("example.com/i:1");
    List<Outcome<Pod>> made =
        client.createAll(PODS, List.of(pod.build(), pod.build()), WriteOptions.NONE);
    assertThat(made).filteredOn(Outcome.Done.class::isInstance).hasSize(1);

    List<Outcome<Binding>> bound = client.bindPods(List.of(new Binding("default", "p", "", "n1")));
    assertThat(bound.getFirst()).isInstanceOf(Outcome.Done.class);
    assertThat(client.get(PODS, "default", "p").getSpec().getNodeName()).isEqualTo("n1");

    var metadata =
        client.list(
            ResourceTypes.metadata("", "v1", "pods", "Pod", true), ListOptions.in("default"));
    assertThat(metadata.items())
        .extracting(one -> one.getMetadata().getName())
        .containsExactly("p");
  }

  @Test
  void anInformerFollows() throws Exception {
    client.create(CONFIG_MAPS, map("w1", "1"), WriteOptions.NONE);
    try (var informers = new SharedInformers(client, timers, 1)) {
      Informer<ConfigMap> informer =
          informers.informer(CONFIG_MAPS, ListOptions.in("default").labels("app=test"));
      BlockingQueue<String> told = new LinkedBlockingQueue<>();
      informer.addHandler(Handlers.each(map -> told.add(map.getMetadata().getName())));
      informers.start();
      assertThat(informers.awaitSync(Duration.ofSeconds(20))).isTrue();
      client.create(CONFIG_MAPS, map("w2", "1"), WriteOptions.NONE);
      List<String> seen = new java.util.ArrayList<>();
      while (!seen.contains("w2")) {
        String next = told.poll(20, TimeUnit.SECONDS);
        assertThat(next).isNotNull();
        seen.add(next);
      }
      assertThat(seen).contains("w1");
    }
  }

  @Test
  void aStrangerIsRefused() {
    var tls = HttpConnection.clientTls(List.of(authority.certificate), null);
    try (var alice = new RestApiClient(new RestEndpoint(uri(), tls, () -> "alice-token"), timers)) {
      ApiException refused =
          catchThrowableOfType(ApiException.class, () -> alice.list(CONFIG_MAPS, ListOptions.ALL));
      assertThat(refused.reason()).isEqualTo(StatusReason.FORBIDDEN);
    }
  }

  private static ConfigMap map(String name, String value) {
    ConfigMap.Builder map = ConfigMap.newBuilder().putData("k", value);
    map.getMetadataBuilder().setNamespace("default").setName(name).putLabels("app", "test");
    return map.build();
  }
}
