package io.kemudi.apiserver.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.kemudi.apimachinery.codec.Json;
import io.kemudi.apimachinery.codec.Trees;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// As many definitions as a large cluster has, in the sizes of those of a certificate manager, a
/// monitoring stack and a GitOps engine: five hundred on one server.
@Timeout(300)
class ManyDefinitionsIT {
  private static final int DEFINITIONS = 500;
  private static final int GROUPS = 25;

  /// Fields of a middling kind of such an operator; the largest embed whole pod templates.
  private static final int FIELDS = 40;

  @Test
  void fiveHundredDefinitionsAreServedByOneServer() throws Exception {
    try (RunningApiServer api = new RunningApiServer()) {
      long before = usedMib();
      long startNs = System.nanoTime();
      for (int i = 0; i < DEFINITIONS; i++) {
        var created =
            api.send(
                RunningApiServer.ADMIN_TOKEN,
                "POST",
                CustomDefinitions.PATH,
                definition(i),
                "Content-Type",
                "application/yaml");
        assertThat(created.statusCode()).as(created.body()).isEqualTo(201);
      }
      CustomDefinitions.await(() -> served(api) == DEFINITIONS);
      long servedMs = sinceMs(startNs);
      long askedNs = System.nanoTime();
      int bytes = aggregated(api).length();
      long discoveryMs = sinceMs(askedNs);
      askedNs = System.nanoTime();
      String index = api.get("/openapi/v3").body();
      long indexMs = sinceMs(askedNs);
      assertThat(index).contains("apis/many0.example.dev/v1", "apis/many24.example.dev/v1");
      assertThat(api.get("/apis/many24.example.dev/v1/namespaces/x/kind499s").statusCode())
          .isEqualTo(200);
      System.out.printf(
          "%d definitions: served after %d ms, discovery %d ms (%d kB), OpenAPI index %d ms,"
              + " %d MiB more%n",
          DEFINITIONS, servedMs, discoveryMs, bytes / 1024, indexMs, usedMib() - before);
    }
  }

  private static String definition(int i) {
    StringBuilder fields = new StringBuilder();
    for (int f = 0; f < FIELDS; f++) {
      fields.append(
          ("field%d: {type: object, description: \"what the operator does with field %d\","
                  + " properties: {name: {type: string, maxLength: 63}, count: {type: integer,"
                  + " minimum: 0}, list: {type: array, items: {type: string}}}},\n")
              .formatted(f, f));
    }
    return CustomDefinitions.of(
        "many" + i % GROUPS + ".example.dev",
        "Kind" + i,
        "{type: object, properties: {spec: {type: object, properties: {\n"
            + fields
            + "  replicas: {type: integer}}}}}");
  }

  private static long served(RunningApiServer api) throws Exception {
    Map<String, @Nullable Object> groups =
        Json.parseObject(aggregated(api).getBytes(StandardCharsets.UTF_8));
    long count = 0;
    for (Object group : Objects.requireNonNull(Trees.listOrNull(groups.get("items")))) {
      if (String.valueOf(Trees.at(group, "metadata", "name")).startsWith("many")) {
        List<?> versions = Objects.requireNonNull(Trees.listOrNull(Trees.at(group, "versions")));
        count +=
            Objects.requireNonNull(Trees.listOrNull(Trees.at(versions.getFirst(), "resources")))
                .size();
      }
    }
    return count;
  }

  private static String aggregated(RunningApiServer api) throws Exception {
    return api.get(
            "/apis",
            "Accept",
            "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList")
        .body();
  }

  private static long sinceMs(long startNs) {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNs);
  }

  private static long usedMib() {
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    return (runtime.totalMemory() - runtime.freeMemory()) >> 20;
  }
}
