package io.kemudi.apiserver.admission;

import static io.kemudi.apiserver.admission.AdmissionFixture.assertRefused;
import static io.kemudi.apiserver.admission.AdmissionFixture.json;
import static io.kemudi.apiserver.admission.AdmissionFixture.podJson;
import static org.assertj.core.api.Assertions.assertThat;

import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.apimachinery.errors.StatusReason;
import io.kemudi.apiserver.registry.Registry.Operation;
import io.kemudi.apiserver.registry.WriteOptions;
import io.kemudi.store.memory.MemoryStore;
import io.kemudi.time.SystemTimers;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Quotas are charged in the object's own transaction.
class ResourceQuotaTest {
  private final MemoryStore store = new MemoryStore(new SystemTimers());
  private final AdmissionFixture api = new AdmissionFixture(store);

  @BeforeEach
  void namespace() {
    api.namespace("team", "");
  }

  @AfterEach
  void close() {
    api.close();
    store.close();
  }

  /// Makes a quota whose status is as the controller would set it in an empty namespace.
  private void quota(String spec, String hard) {
    String used = hard.replaceAll("':'[^']*'", "':'0'");
    api.create("v1 resourcequotas team", "{'metadata':{'name':'q'},'spec':{" + spec + "}}");
    api.merge(
        "v1 resourcequotas team/q/status",
        "{'status':{'hard':{" + hard + "},'used':{" + used + "}}}");
  }

  private void hard(String hard) {
    quota("'hard':{" + hard + "}", hard);
  }

  private String used() {
    return json(api.get("v1 resourcequotas team/q"), "status", "used");
  }

  private static String resources(String resources) {
    return "'containers':[{'name':'c','image':'i','resources':{" + resources + "}}]";
  }

  @Test
  void podsAreChargedAndRefusedInUpstreamsWords() {
    hard("'pods':'2','requests.cpu':'1','limits.memory':'1Gi'");
    assertRefused(() -> api.pod("team/p", ""))
        .hasMessage(
            "pods \"p\" is forbidden: failed quota: q: must specify limits.memory for: c;"
                + " requests.cpu for: c");
    assertRefused(
            () -> api.pod("team/p", resources("'requests':{'cpu':'2'},'limits':{'memory':'2Gi'}")))
        .hasMessage(
            "pods \"p\" is forbidden: exceeded quota: q, requested:"
                + " limits.memory=2Gi,requests.cpu=2, used: limits.memory=0,requests.cpu=0,"
                + " limited: limits.memory=1Gi,requests.cpu=1");
    api.pod("team/p", resources("'requests':{'cpu':'100m'},'limits':{'memory':'1Mi'}"));
    assertThat(used())
        .isEqualTo("{\"limits.memory\":\"1Mi\",\"pods\":\"1\",\"requests.cpu\":\"100m\"}");
  }

  @Test
  void theServersShareOfTheStatusIsItsOwn() {
    hard("'configmaps':'5'");
    api.create("v1 configmaps team", "{'metadata':{'name':'c'}}");
    assertThat(json(api.get("v1 resourcequotas team/q"), "metadata", "managedFields"))
        .contains("\"manager\":\"kube-apiserver\"");
  }

  @Test
  void objectsOfAnyKindAreCounted() {
    hard("'count/deployments.apps':'0','count/secrets':'1','secrets':'1'");
    assertRefused(() ->
            api.create(
                "apps/v1 deployments team",
                "{'metadata':{'name':'d'},'spec':{'selector':{'matchLabels':{'a':'b'}},"
                    + "'template':{'metadata':{'labels':{'a':'b'}},'spec':{'containers':"
                    + "[{'name':'c','image':'i'}]}}}}"))
        .hasMessage(
            "deployments.apps \"d\" is forbidden: exceeded quota: q, requested:"
                + " count/deployments.apps=1, used: count/deployments.apps=0, limited:"
                + " count/deployments.apps=0");
    api.create("v1 secrets team", "{'metadata':{'name':'s'}}");
    assertThat(used())
        .isEqualTo("{\"count/deployments.apps\":\"0\",\"count/secrets\":\"1\",\"secrets\":\"1\"}");
  }

  @Test
  void servicesAreChargedWhenTheirTypeChanges() {
    hard("'services':'5','services.nodeports':'1','services.loadbalancers':'0'");
    api.create("v1 services team", "{'metadata':{'name':'s'},'spec':{'ports':[{'port':80}]}}");
    assertRefused(() -> api.merge("v1 services team/s", "{'spec':{'type':'LoadBalancer'}}"))
        .hasMessageContaining("exceeded quota: q, requested: services.loadbalancers=1");
    api.merge("v1 services team/s", "{'spec':{'type':'NodePort'}}");
    assertThat(used())
        .isEqualTo(
            "{\"services\":\"1\",\"services.loadbalancers\":\"0\",\"services.nodeports\":\"1\"}");
  }

  @Test
  void claimsAreChargedByClassAndSize() {
    hard(
        "'persistentvolumeclaims':'5','requests.storage':'3Gi',"
            + "'gold.storageclass.storage.k8s.io/requests.storage':'1Gi'");
    String claim =
        "{'metadata':{'name':'%s'},'spec':{'accessModes':['ReadWriteOnce'],'storageClassName':'%s',"
            + "'resources':{'requests':{'storage':'2Gi'}}}}";
    assertRefused(() -> api.create("v1 persistentvolumeclaims team", claim.formatted("g", "gold")))
        .hasMessageContaining("requested: gold.storageclass.storage.k8s.io/requests.storage=2Gi");
    api.create("v1 persistentvolumeclaims team", claim.formatted("s", "silver"));
    assertThat(used()).contains("\"requests.storage\":\"2Gi\"");
  }

  @Test
  void scopesChooseWhichPodsAreCharged() {
    quota("'hard':{'pods':'0'},'scopes':['BestEffort']", "'pods':'0'");
    assertRefused(() -> api.pod("team/p", "")).hasMessageContaining("exceeded quota: q");
    api.pod("team/p", resources("'requests':{'cpu':'1'}"));
    assertThat(used()).isEqualTo("{\"pods\":\"0\"}");
  }

  @Test
  void aScopeSelectorChoosesByPriorityClass() {
    api.create("scheduling.k8s.io/v1 priorityclasses", "{'metadata':{'name':'high'},'value':5}");
    quota(
        "'hard':{'pods':'0'},'scopeSelector':{'matchExpressions':[{'scopeName':'PriorityClass',"
            + "'operator':'In','values':['high']}]}",
        "'pods':'0'");
    assertRefused(() -> api.pod("team/p", "'priorityClassName':'high'"))
        .hasMessageContaining("exceeded quota: q");
    api.pod("team/p", "");
  }

  @Test
  void whatIsNotWrittenCostsNothing() {
    hard("'configmaps':'2'");
    String body = "{'metadata':{'name':'c'}}";
    api.options = new WriteOptions(true, "", "");
    api.create("v1 configmaps team", body);
    api.options = WriteOptions.NONE;
    assertThat(used()).isEqualTo("{\"configmaps\":\"0\"}");
    api.create("v1 configmaps team", body);
    assertRefused(() -> api.create("v1 configmaps team", body)).hasMessageContaining("exists");
    assertThat(used()).isEqualTo("{\"configmaps\":\"1\"}");
  }

  @Test
  void aTransactionIsChargedForAllItsObjects() {
    hard("'configmaps':'3'");
    api.registry.transact(api.context, configMaps("a", "b"));
    assertThat(used()).isEqualTo("{\"configmaps\":\"2\"}");
    api.registry.transact(api.context, configMaps("c", "d")); // tells the refusal in its results
    assertThat(used()).isEqualTo("{\"configmaps\":\"2\"}");
    assertRefused(() -> api.get("v1 configmaps team/c")).hasMessageContaining("not found");
  }

  private List<Operation> configMaps(String... names) {
    List<Operation> operations = new ArrayList<>();
    for (String name : names) {
      operations.add(
          new Operation.Create(
              api.target("v1 configmaps team"),
              AdmissionFixture.body("{'metadata':{'name':'" + name + "'}}"),
              WriteOptions.NONE));
    }
    return operations;
  }

  /// Sixteen writers on two servers: exactly as many pods as the quota has room for.
  @Test
  void quotasAreExactUnderConcurrentWritersOnTwoServers() throws Exception {
    int room = 37;
    hard("'pods':'" + room + "','requests.cpu':'100'");
    AtomicInteger created = new AtomicInteger();
    AtomicInteger refused = new AtomicInteger();
    try (AdmissionFixture other = new AdmissionFixture(store);
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      other.core.registry().get(other.context, other.target("v1 resourcequotas team/q"), "");
      List<Future<?>> writers = new ArrayList<>();
      for (int writer = 0; writer < 16; writer++) {
        AdmissionFixture server = writer % 2 == 0 ? api : other;
        String prefix = "w" + writer + "-";
        writers.add(
            threads.submit(() -> {
              for (int i = 0; i < 5; i++) {
                try {
                  server.create(
                      "v1 pods team", podJson(prefix + i, resources("'requests':{'cpu':'1m'}")));
                  created.incrementAndGet();
                } catch (ApiException e) {
                  assertThat(e.reason()).isEqualTo(StatusReason.FORBIDDEN);
                  assertThat(e).hasMessageContaining("exceeded quota: q, requested: pods=1");
                  refused.incrementAndGet();
                }
              }
            }));
      }
      for (Future<?> writer : writers) {
        writer.get();
      }
    }
    assertThat(created).hasValue(room);
    assertThat(refused).hasValue(16 * 5 - room);
    assertThat(used()).isEqualTo("{\"pods\":\"37\",\"requests.cpu\":\"37m\"}");
  }
}
