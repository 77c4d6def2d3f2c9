package io.kemudi.apiserver.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.kemudi.apimachinery.codec.Json;
import io.kemudi.apiserver.ApiCoreConfig;
import io.kemudi.apiserver.registry.User;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Requests that were sent to a real Kubernetes 1.36.2, sent here again. Not all replies agree yet:
/// the numbers are floors that only rise. `target/replay` tells every difference.
@Timeout(60)
class RecordedBehaviourTest {
  /// Need minutes of wall time, or objects that the recording does not tell how to make.
  private static final Set<String> SKIPPED =
      Set.of(
          "watch/bookmarks-75-seconds",
          "watch/bookmarks-idle",
          "list/expired-continue",
          "encoding/raw-text");

  private static final List<String> NAMESPACES =
      List.of(
          "golden",
          "patches",
          "lists",
          "life",
          "acc",
          "quota",
          "limits",
          "ps-baseline",
          "ps-restricted");

  private static final String ACCESS =
      """
      {"kind":"Role","apiVersion":"rbac.authorization.k8s.io/v1","metadata":{"name":"reader"},"rules":[
        {"verbs":["get","list","watch"],"apiGroups":[""],"resources":["pods","pods/log"]},
        {"verbs":["get","update"],"apiGroups":[""],"resources":["configmaps"],"resourceNames":["one"]}]}
      """;
  private static final String ACCESS_BINDING =
      """
      {"kind":"RoleBinding","apiVersion":"rbac.authorization.k8s.io/v1","metadata":{"name":"team-a-reader"},
       "subjects":[{"kind":"Group","apiGroup":"rbac.authorization.k8s.io","name":"team-a"},
                   {"kind":"ServiceAccount","name":"default","namespace":"acc"}],
       "roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"Role","name":"reader"}}
      """;

  /// @param same percent of the exchanges with the recorded status and reason
  /// @param whole percent of the exchanges with the whole recorded reply
  @ParameterizedTest
  @CsvSource({
    "errors, 75, 59",
    "patches, 94, 84",
    "lifecycle, 94, 75",
    "lists_watches, 99, 77",
    "access, 94, 80"
  })
  void answersAsRecorded(String file, double same, double whole) throws Exception {
    var outcomes = new ArrayList<Replay.Outcome>();
    try (RunningApiServer api = server()) {
      Map<String, String> tokens = setUp(api);
      // those of lists and of bad patches build on each other, all others begin with nothing
      var kept = new ArrayList<Replay>();
      for (Map<String, ?> scenario : scenarios(file)) {
        String name = String.valueOf(scenario.get("scenario"));
        if (SKIPPED.contains(name)) {
          continue;
        }
        if (name.startsWith("watch/") && !kept.isEmpty()) {
          for (Replay replay : kept) {
            replay.cleanUp();
          }
          kept.clear();
          makeWatched(api);
        }
        Replay replay = new Replay(api, tokens);
        outcomes.addAll(replay.run(scenario));
        if (name.startsWith("list/") || name.startsWith("patch/bad-")) {
          kept.add(replay);
        } else {
          replay.cleanUp();
        }
      }
    }
    double sameReached = percent(outcomes, outcomes.stream().filter(o -> o.sameStatus()).count());
    double wholeReached =
        percent(outcomes, outcomes.stream().filter(o -> o.differences().isEmpty()).count());
    report(file, outcomes, sameReached, wholeReached);
    assertThat(sameReached).as("%s: status and reason as recorded", file).isGreaterThan(same);
    assertThat(wholeReached).as("%s: whole reply as recorded", file).isGreaterThan(whole);
  }

  private static RunningApiServer server() throws Exception {
    ApiCoreConfig usual = ApiCoreConfig.DEFAULT;
    return new RunningApiServer(
        "https://kubernetes.default.svc",
        Map.of(
            RunningApiServer.ADMIN_TOKEN,
            new User("admin", "admin", List.of(User.MASTERS), Map.of()),
            "alice",
            new User("alice", "alice-uid", List.of("team-a"), Map.of()),
            "node-a",
            new User("system:node:node-a", "node-a", List.of("system:nodes"), Map.of()),
            "kcm",
            User.of("system:kube-controller-manager")),
        new ApiCoreConfig(
            "10.0.0.0/16", usual.nodePortFirst(), usual.nodePortLast(), "", 6443, List.of()));
  }

  private static Map<String, String> setUp(RunningApiServer api) throws Exception {
    for (String name : NAMESPACES) {
      String labels =
          name.startsWith("ps-")
              ? ",\"labels\":{\"pod-security.kubernetes.io/enforce\":\"" + name.substring(3) + "\"}"
              : "";
      api.post("/api/v1/namespaces", "{\"metadata\":{\"name\":\"" + name + "\"" + labels + "}}");
      api.post(
          "/api/v1/namespaces/" + name + "/serviceaccounts",
          "{\"metadata\":{\"name\":\"default\"}}");
    }
    api.post("/api/v1/namespaces", "{\"metadata\":{\"name\":\"nosa\"}}");
    api.post("/apis/rbac.authorization.k8s.io/v1/namespaces/acc/roles", ACCESS);
    api.post("/apis/rbac.authorization.k8s.io/v1/namespaces/acc/rolebindings", ACCESS_BINDING);
    var token =
        Json.parseObject(
            api.post(
                    "/api/v1/namespaces/acc/serviceaccounts/default/token",
                    "{\"kind\":\"TokenRequest\",\"apiVersion\":\"authentication.k8s.io/v1\",\"spec\":{}}")
                .body()
                .getBytes(StandardCharsets.UTF_8));
    return Map.of(
        "admin",
        RunningApiServer.ADMIN_TOKEN,
        "token:<jwt>",
        (String)
            Objects.requireNonNull(
                ((Map<?, ?>) Objects.requireNonNull(token.get("status"))).get("token")));
  }

  /// What the watch scenarios expect to be there.
  private static void makeWatched(RunningApiServer api) throws Exception {
    for (String name : List.of("pre1", "pre2")) {
      api.send(
          RunningApiServer.ADMIN_TOKEN,
          "POST",
          "/api/v1/namespaces/lists/configmaps",
          "{\"metadata\":{\"name\":\"" + name + "\"},\"data\":{\"v\":\"0\"}}",
          "User-Agent",
          "recorder");
    }
  }

  private static List<Map<String, ?>> scenarios(String file) throws Exception {
    var scenarios = new ArrayList<Map<String, ?>>();
    try (var lines =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(
                    Objects.requireNonNull(
                        RecordedBehaviourTest.class.getResourceAsStream(
                            "behaviour-" + file + ".jsonl.gz"))),
                StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        scenarios.add(Json.parseObject(line.getBytes(StandardCharsets.UTF_8)));
      }
    }
    return scenarios;
  }

  private static double percent(List<?> all, long some) {
    return 100.0 * some / all.size();
  }

  private static void report(String file, List<Replay.Outcome> outcomes, double same, double whole)
      throws Exception {
    var text = new StringBuilder();
    text.append(
        "%s: %d exchanges, %.1f %% same status and reason, %.1f %% whole reply%n"
            .formatted(file, outcomes.size(), same, whole));
    for (Replay.Outcome outcome : outcomes) {
      if (!outcome.differences().isEmpty()) {
        text.append(outcome.sameStatus() ? "- " : "! ").append(outcome.exchange()).append('\n');
        outcome.differences().forEach(one -> text.append("    ").append(one).append('\n'));
      }
    }
    Path folder = Files.createDirectories(Path.of("target", "replay"));
    Files.writeString(folder.resolve(file + ".txt"), text);
  }
}
