package io.kemudi.apiserver.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class AuthenticationConfigurationTest {
  private static final String HEAD =
      "apiVersion: apiserver.config.k8s.io/v1\nkind: AuthenticationConfiguration\n";

  @Test
  void anonymousClientsAreLetInWhereItSays() {
    AnonymousAccess some =
        parse(HEAD + "anonymous: {enabled: true, conditions: [{path: /livez}, {path: /readyz}]}");

    assertThat(some.allows("/livez")).isTrue();
    assertThat(some.allows("/livez/")).isFalse();
    assertThat(some.allows("/api")).isFalse();
    assertThat(parse(HEAD + "anonymous: {enabled: true}").allows("/api")).isTrue();
    assertThat(parse(HEAD + "anonymous: {enabled: false}").allows("/livez")).isFalse();
    assertThat(parse(HEAD).allows("/api")).isTrue();
  }

  @Test
  void whatIsWrongOrMissingHereIsSaid() {
    refused(
        HEAD + "jwt: [{issuer: {url: https://a}}]",
        "jwt: authenticators of JSON web tokens are not supported: leave them out");
    refused(
        HEAD + "anonymous: {enabled: false, conditions: [{path: /livez}]}",
        "anonymous.conditions: there are none when anonymous clients are not enabled");
    refused(
        HEAD + "anonymous: {enabled: true, conditions: [{path: livez}]}",
        "anonymous.conditions[0].path: a path such as /livez is needed");
    refused(HEAD + "users: []", "users: unknown field");
    refused(
        "apiVersion: v1\nkind: AuthenticationConfiguration\n",
        "it is not an AuthenticationConfiguration of apiserver.config.k8s.io/v1");
  }

  private static AnonymousAccess parse(String yaml) {
    return AuthenticationConfiguration.parse(yaml.getBytes(StandardCharsets.UTF_8));
  }

  private static void refused(String yaml, String message) {
    assertThatThrownBy(() -> parse(yaml))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }
}
