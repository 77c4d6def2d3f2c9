package io.kemudi.apiserver.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.kemudi.apimachinery.codec.Json;
import io.kemudi.apimachinery.codec.Trees;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// `POST /apis/kemudi.io/v1/transactions`.
@Timeout(60)
class TransactionsTest {
  private static final String PATH = "/apis/kemudi.io/v1/transactions";
  private static final String MAPS = "/api/v1/namespaces/n/configmaps";

  private RunningApiServer api;

  @BeforeEach
  void start() throws Exception {
    api = new RunningApiServer();
    api.post("/api/v1/namespaces", "{\"metadata\":{\"name\":\"n\"}}");
    api.post(MAPS, "{\"metadata\":{\"name\":\"there\"},\"data\":{\"v\":\"1\"}}");
    api.post(MAPS, "{\"metadata\":{\"name\":\"gone\"}}");
  }

  @AfterEach
  void stop() {
    api.close();
  }

  @Test
  void allWritesHaveOneRevision() throws Exception {
    var answer =
        api.post(
            PATH,
            transaction(
                operation("POST", MAPS, "", "{\"metadata\":{\"name\":\"fresh\"}}"),
                operation(
                    "PATCH",
                    MAPS + "/there?fieldManager=me",
                    "application/merge-patch+json",
                    "{\"data\":{\"v\":\"2\"}}"),
                operation("DELETE", MAPS + "/gone", "", "null")));

    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    Map<String, ?> tree = tree(answer);
    Object revision = Trees.at(tree, "metadata", "resourceVersion");
    List<?> results = (List<?>) Objects.requireNonNull(tree.get("results"));
    assertThat(results).hasSize(3);
    assertThat(Trees.at(results.get(0), "code")).isEqualTo(201L);
    assertThat(Trees.at(results.get(0), "object", "metadata", "resourceVersion"))
        .isEqualTo(revision);
    assertThat(Trees.at(results.get(1), "object", "data", "v")).isEqualTo("2");
    assertThat(Trees.at(results.get(2), "object", "status")).isEqualTo("Success");
    assertThat(Trees.at(tree(api.get(MAPS + "/there")), "metadata", "resourceVersion"))
        .isEqualTo(revision);
    assertThat(api.get(MAPS + "/gone").statusCode()).isEqualTo(404);
  }

  @Test
  void aRefusalOfOneLeavesAllUndoneAndIsToldOfEach() throws Exception {
    var answer =
        api.post(
            PATH,
            transaction(
                operation("POST", MAPS, "", "{\"metadata\":{\"name\":\"fresh\"}}"),
                operation("POST", MAPS, "", "{\"metadata\":{\"name\":\"there\"}}"),
                operation("POST", MAPS, "", "{\"metadata\":{\"name\":\"No\"}}")));

    assertThat(answer.statusCode()).isEqualTo(409);
    Map<String, ?> tree = tree(answer);
    assertThat(tree.get("kind")).isEqualTo("Status");
    assertThat(tree.get("reason")).isEqualTo("AlreadyExists");
    assertThat(tree.get("message"))
        .isEqualTo("operation 2 of 3: configmaps \"there\" already exists (nothing was done)");
    List<?> results = (List<?>) Objects.requireNonNull(tree.get("results"));
    assertThat(Trees.at(results.get(0), "status")).isEqualTo("Success");
    assertThat(Trees.at(results.get(1), "code")).isEqualTo(409L);
    assertThat(Trees.at(results.get(2), "code")).isEqualTo(422L);
    assertThat(api.get(MAPS + "/fresh").statusCode()).isEqualTo(404);
  }

  @Test
  void anUpdateWaitsForTheOthers() throws Exception {
    var answer =
        api.post(
            PATH,
            transaction(
                operation(
                    "PUT",
                    MAPS + "/there",
                    "",
                    "{\"metadata\":{\"name\":\"there\"},\"data\":{\"v\":\"3\"}}"),
                operation("DELETE", MAPS + "/nothing", "", "null")));

    assertThat(answer.statusCode()).isEqualTo(404);
    assertThat(Trees.at(tree(api.get(MAPS + "/there")), "data", "v")).isEqualTo("1");
  }

  @Test
  void everyOperationIsAuthorizedByItself() throws Exception {
    var answer =
        api.send(
            RunningApiServer.ALICE_TOKEN,
            "POST",
            PATH,
            transaction(operation("DELETE", MAPS + "/there", "", "null")));

    assertThat(answer.statusCode()).isEqualTo(403);
    assertThat(answer.body()).contains("cannot delete resource");
    assertThat(api.get(MAPS + "/there").statusCode()).isEqualTo(200);
  }

  @Test
  void aDryRunWritesNothing() throws Exception {
    var answer =
        api.post(
            PATH + "?dryRun=All",
            transaction(
                operation("POST", MAPS, "", "{\"metadata\":{\"name\":\"fresh\"}}"),
                operation("DELETE", MAPS + "/gone", "", "null")));

    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    assertThat((List<?>) tree(answer).get("results")).hasSize(2);
    assertThat(api.get(MAPS + "/fresh").statusCode()).isEqualTo(404);
    assertThat(api.get(MAPS + "/gone").statusCode()).isEqualTo(200);
  }

  @Test
  void whatIsNoWriteOfOneObjectIsRefusedByName() throws Exception {
    assertThat(refused(operation("GET", MAPS + "/there", "", "null"))).contains("method:");
    assertThat(refused(operation("DELETE", MAPS, "", "null"))).contains("method:");
    assertThat(refused(operation("POST", "/api/v1/namespaces/n/pods/p/eviction", "", "{}")))
        .contains("eviction cannot be part of a transaction");
    assertThat(refused(operation("POST", MAPS + "?dryRun=All", "", "{}"))).contains("dryRun");
    assertThat(refused(operation("POST", "/api/v1/nonsense", "", "{}")))
        .contains("could not find the requested resource");
    assertThat(api.post(PATH, "{\"operations\":[]}").statusCode()).isEqualTo(400);
    assertThat(api.get(PATH).statusCode()).isEqualTo(405);
  }

  @Test
  void moreThanAHundredAreTooMany() throws Exception {
    String[] many = new String[101];
    for (int i = 0; i < many.length; i++) {
      many[i] = operation("POST", MAPS, "", "{\"metadata\":{\"name\":\"m" + i + "\"}}");
    }

    assertThat(api.post(PATH, transaction(many)).statusCode()).isEqualTo(413);
  }

  private String refused(String operation) throws Exception {
    HttpResponse<String> answer = api.post(PATH, transaction(operation));
    assertThat(answer.statusCode()).as(answer.body()).isGreaterThanOrEqualTo(400);
    return answer.body();
  }

  private static String operation(String method, String path, String type, String body) {
    return "{\"method\":\"%s\",\"path\":\"%s\",\"contentType\":\"%s\",\"body\":%s}"
        .formatted(method, path, type, body);
  }

  private static String transaction(String... operations) {
    return "{\"apiVersion\":\"kemudi.io/v1\",\"kind\":\"Transaction\",\"operations\":["
        + String.join(",", operations)
        + "]}";
  }

  private static Map<String, ?> tree(HttpResponse<String> answer) {
    return Json.parseObject(answer.body().getBytes(StandardCharsets.UTF_8));
  }
}
