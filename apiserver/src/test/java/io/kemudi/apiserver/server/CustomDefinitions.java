package io.kemudi.apiserver.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/// CustomResourceDefinitions for tests, as YAML, and ways to have them served.
final class CustomDefinitions {
  static final String PATH = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
  private static final long PATIENCE_NS = TimeUnit.SECONDS.toNanos(20);

  private CustomDefinitions() {}

  /// A namespaced kind in version v1 with status and scale; the plural is the kind in lower case
  /// and an `s`.
  static String of(String group, String kind, String schema) {
    return of(
        group,
        kind,
        "Namespaced",
        """
        - name: v1
          served: true
          storage: true
          subresources:
            status: {}
            scale: {specReplicasPath: .spec.replicas, statusReplicasPath: .status.replicas}
          schema:
            openAPIV3Schema: %s
        """
            .formatted(schema.strip().replace("\n", "\n  ")));
  }

  /// @param versions a list in YAML that begins in the first column
  static String of(String group, String kind, String scope, String versions) {
    String singular = kind.toLowerCase(Locale.ROOT);
    return """
    apiVersion: apiextensions.k8s.io/v1
    kind: CustomResourceDefinition
    metadata: {name: %ss.%s}
    spec:
      group: %s
      scope: %s
      names: {plural: %ss, singular: %s, kind: %s, listKind: %sList}
      versions:
    """
            .formatted(singular, group, group, scope, singular, singular, kind, kind)
        + versions.indent(2);
  }

  /// Creates one and waits until it is served.
  static void create(RunningApiServer api, String yaml) throws Exception {
    var created =
        api.send(
            RunningApiServer.ADMIN_TOKEN, "POST", PATH, yaml, "Content-Type", "application/yaml");
    assertThat(created.statusCode()).as(created.body()).isEqualTo(201);
    String name = yaml.replaceAll("(?s).*?metadata: \\{name: ([^}]+)}.*", "$1");
    awaitEstablished(api, name);
  }

  static void awaitEstablished(RunningApiServer api, String name) throws Exception {
    await(() ->
        api.get(PATH + "/" + name)
            .body()
            .matches("(?s).*\"type\":\"Established\",\"status\":\"True\".*"));
  }

  /// Server-side apply of a whole definition, which replaces what it says of versions.
  static void merge(RunningApiServer api, String name, String yaml) throws Exception {
    var applied =
        api.send(
            RunningApiServer.ADMIN_TOKEN,
            "PATCH",
            PATH + "/" + name + "?fieldManager=test&force=true",
            yaml,
            "Content-Type",
            "application/apply-patch+yaml");
    assertThat(applied.statusCode()).as(applied.body()).isEqualTo(200);
  }

  /// Asks again until it is so.
  static void await(Callable<Boolean> condition) throws Exception {
    long giveUp = System.nanoTime() + PATIENCE_NS;
    while (!condition.call()) {
      assertThat(System.nanoTime()).as("waited too long").isLessThan(giveUp);
      Thread.sleep(20);
    }
  }
}
