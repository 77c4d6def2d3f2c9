package io.kemudi.apiserver.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kemudi.apiserver.registry.Authorizer.Attributes;
import io.kemudi.apiserver.registry.User;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class AuditPolicyTest {
  private static final User ALICE = User.of("alice", "team-a");
  private static final User BOB = User.of("bob", "team-b");

  @Test
  void theFirstRuleThatMatchesDecides() {
    AuditPolicy policy =
        policy(
            """
            - {level: None, users: [bob], verbs: [get]}
            - {level: RequestResponse, userGroups: [team-a], namespaces: [team]}
            - {level: Request, resources: [{group: apps, resources: ["*/scale", deployments]}]}
            - {level: Request, resources: [{resources: [pods/*]}]}
            - {level: Metadata, resources: [{resources: [secrets], resourceNames: [one]}]}
            - {level: Metadata, nonResourceURLs: ["/healthz*"]}
            """);

    assertLevel(policy, BOB, pods("get", "", "team", "a"), "None");
    assertLevel(policy, ALICE, pods("get", "", "team", "a"), "RequestResponse");
    assertLevel(policy, BOB, of("update", "apps", "deployments", "", "team", "a"), "Request");
    assertLevel(policy, BOB, of("update", "apps", "deployments", "scale", "team", "a"), "Request");
    assertLevel(policy, BOB, of("update", "apps", "deployments", "status", "team", "a"), "None");
    assertLevel(policy, BOB, of("update", "other", "deployments", "", "team", "a"), "None");
    assertLevel(policy, BOB, pods("create", "exec", "team", "a"), "Request");
    // upstream's pods/* is pods itself too
    assertLevel(policy, BOB, pods("create", "", "team", "a"), "Request");
    assertLevel(policy, BOB, of("get", "", "secrets", "", "team", "one"), "None");
    assertLevel(policy, BOB, of("update", "", "secrets", "", "team", "one"), "Metadata");
    assertLevel(policy, BOB, of("update", "", "secrets", "", "team", "two"), "None");
    assertLevel(policy, ALICE, path("/healthz/etcd"), "Metadata");
    assertLevel(policy, ALICE, path("/version"), "None");
  }

  @Test
  void stagesAreOmittedByThePolicyAndByTheRuleTogether() {
    AuditPolicy policy =
        parse(
            """
            apiVersion: audit.k8s.io/v1
            kind: Policy
            omitStages: [RequestReceived]
            omitManagedFields: true
            rules:
            - {level: Metadata, verbs: [get], omitStages: [ResponseStarted], omitManagedFields: false}
            - {level: Metadata}
            """);

    AuditRule first = Objects.requireNonNull(policy.decide(BOB, pods("get", "", "team", "a")));
    AuditRule second = Objects.requireNonNull(policy.decide(BOB, pods("update", "", "team", "a")));
    assertThat(first.omitted())
        .containsExactly(AuditStage.REQUEST_RECEIVED, AuditStage.RESPONSE_STARTED);
    assertThat(first.omitManagedFields()).isFalse();
    assertThat(second.omitted()).containsExactly(AuditStage.REQUEST_RECEIVED);
    assertThat(second.omitManagedFields()).isTrue();
  }

  @Test
  void theDefaultPolicyRecordsWritesWithoutBodies() {
    AuditPolicy policy = AuditPolicy.ofDefault();

    assertLevel(policy, ALICE, of("update", "", "secrets", "", "team", "a"), "Metadata");
    assertLevel(policy, ALICE, of("delete", "apps", "deployments", "", "team", "a"), "Metadata");
    assertLevel(policy, ALICE, pods("create", "exec", "team", "a"), "Metadata");
    assertLevel(policy, ALICE, pods("list", "", "team", ""), "None");
    assertLevel(
        policy, ALICE, of("update", "coordination.k8s.io", "leases", "", "team", "a"), "None");
    User node = User.of("system:node:n1", User.NODES);
    assertLevel(policy, node, pods("patch", "status", "team", "a"), "None");
    assertLevel(policy, ALICE, pods("patch", "status", "team", "a"), "Metadata");
  }

  @Test
  void whatIsWrongIsSaidWithItsPlace() {
    refused(
        "- {level: All}",
        "rules[0].level: \"All\": use None, Metadata, Request or RequestResponse");
    refused(
        "- {level: None, omitStages: [Late]}",
        "rules[0].omitStages: \"Late\": use RequestReceived, ResponseStarted, ResponseComplete or Panic");
    refused("- {level: None, verb: [get]}", "rules[0].verb: unknown field");
    refused(
        "- {level: None, nonResourceURLs: [/a*/b]}",
        "rules[0].nonResourceURLs: \"/a*/b\" must begin with / and may end in *");
    refused(
        "- {level: None, nonResourceURLs: [/a], namespaces: [team]}",
        "rules[0].nonResourceURLs: a rule is about resources or about other URLs, not both");
    refused(
        "- {level: None, resources: [{resourceNames: [a]}]}",
        "rules[0].resources[0].resourceNames: names need resources, of which they are");
    refused("- {level: None, users: alice}", "rules[0].users: a list is needed");
    refused("", "rules: at least one rule is needed");
    assertThatThrownBy(() -> parse("apiVersion: v1\nkind: Policy\n"))
        .hasMessage("it is not a Policy of audit.k8s.io/v1");
  }

  private static void refused(String rules, String message) {
    assertThatThrownBy(() -> policy(rules))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  private static void assertLevel(AuditPolicy policy, User user, Attributes asked, String level) {
    AuditRule rule = policy.decide(user, asked);
    assertThat(rule == null ? "None" : rule.level().text()).as(asked.toString()).isEqualTo(level);
  }

  private static AuditPolicy policy(String rules) {
    return parse("apiVersion: audit.k8s.io/v1\nkind: Policy\nrules:\n" + rules);
  }

  private static AuditPolicy parse(String yaml) {
    return AuditPolicy.parse(yaml.getBytes(StandardCharsets.UTF_8));
  }

  private static Attributes pods(String verb, String subresource, String namespace, String name) {
    return of(verb, "", "pods", subresource, namespace, name);
  }

  private static Attributes of(
      String verb, String group, String resource, String sub, String namespace, String name) {
    return new Attributes(verb, group, "v1", resource, sub, namespace, name, "");
  }

  private static Attributes path(String path) {
    return new Attributes("get", "", "", "", "", "", "", path);
  }
}
