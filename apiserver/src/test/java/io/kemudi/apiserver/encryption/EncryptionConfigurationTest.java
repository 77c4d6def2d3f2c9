package io.kemudi.apiserver.encryption;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kemudi.apiserver.storage.Transformer;
import io.kemudi.apiserver.storage.UnreadableValueException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EncryptionConfigurationTest {
  private static final String KEY = "/registry/secrets/n/a";
  private static final byte[] PLAIN = "k8s\0plain".getBytes(StandardCharsets.UTF_8);
  private static final String A = secret(1, 32);
  private static final String B = secret(2, 32);

  @Test
  void aGeneratedConfigurationEncryptsSecretsAndNothingElse() {
    var made = parse(EncryptionConfiguration.generate(new SecureRandom()));

    byte[] stored = made.of("secrets").toStored(KEY, PLAIN);
    assertThat(text(stored)).startsWith("k8s:enc:aesgcm:v1:key1:").doesNotContain("plain");
    assertThat(made.of("secrets").fromStored(KEY, stored).bytes()).isEqualTo(PLAIN);
    assertThat(made.of("secrets").fromStored(KEY, PLAIN).stale()).isTrue();
    assertThat(made.of("configmaps").toStored(KEY, PLAIN)).isEqualTo(PLAIN);
  }

  @Test
  void everyProviderReadsWhatItWroteAndNothingThatWasChanged() {
    for (String type : new String[] {"aesgcm", "aescbc", "secretbox"}) {
      Transformer transformer = parse(keys(type, "key1", A)).of("secrets");
      byte[] stored = transformer.toStored(KEY, PLAIN);

      assertThat(text(stored)).startsWith("k8s:enc:" + type + ":v1:key1:");
      assertThat(transformer.fromStored(KEY, stored))
          .satisfies(p -> assertThat(p.stale()).isFalse());
      assertThat(transformer.toStored(KEY, PLAIN)).isNotEqualTo(stored);
      stored[stored.length - 1] ^= 1;
      if (!type.equals("aescbc")) { // which authenticates nothing
        assertUnreadable(transformer, KEY, stored);
      }
    }
  }

  @Test
  void aValueCannotBeMovedToAnotherKey() {
    Transformer transformer = parse(keys("aesgcm", "key1", A)).of("secrets");
    byte[] stored = transformer.toStored(KEY, PLAIN);

    assertUnreadable(transformer, "/registry/secrets/n/b", stored);
  }

  @Test
  void theFirstKeyWritesAndTheOthersRead() {
    byte[] old = parse(keys("aesgcm", "key1", A)).of("secrets").toStored(KEY, PLAIN);
    Transformer rotated = parse(keys("aesgcm", "key2", B, "key1", A)).of("secrets");

    assertThat(rotated.fromStored(KEY, old).bytes()).isEqualTo(PLAIN);
    assertThat(rotated.fromStored(KEY, old).stale()).isTrue();
    byte[] anew = rotated.toStored(KEY, PLAIN);
    assertThat(text(anew)).startsWith("k8s:enc:aesgcm:v1:key2:");
    assertThat(rotated.fromStored(KEY, anew).stale()).isFalse();
  }

  @Test
  void anErrorNamesTheResourceTheValueAndTheKeyAndNoSecret() {
    byte[] stored = parse(keys("aesgcm", "key1", A)).of("secrets").toStored(KEY, PLAIN);

    assertThatThrownBy(() -> parse(keys("aesgcm", "key9", B)).of("secrets").fromStored(KEY, stored))
        .isInstanceOf(UnreadableValueException.class)
        .hasMessage(
            "secrets: /registry/secrets/n/a was encrypted by the aesgcm key \"key1\","
                + " which the encryption configuration does not have");
    assertThatThrownBy(() -> parse(keys("aesgcm", "key1", B)).of("secrets").fromStored(KEY, stored))
        .hasMessage(
            "secrets: /registry/secrets/n/a cannot be decrypted by the aesgcm key \"key1\":"
                + " it was written with another key of that name, or was changed since");
    assertThatThrownBy(() -> Transformer.IDENTITY.fromStored(KEY, stored))
        .hasMessageContaining("aesgcm key \"key1\"")
        .hasMessageContaining("--encryption-provider-config");
    assertThatThrownBy(() -> parse(keys("aesgcm", "key1", A)).of("secrets").fromStored(KEY, PLAIN))
        .hasMessageContaining("add identity as the last provider");
  }

  /// The test vector that came with NaCl (Bernstein, "Cryptography in NaCl").
  @Test
  void secretboxIsNacls() throws Exception {
    byte[] key = hex("1b27556473e985d462cd51197a9a46c76009549eac6474f206c4ee0844f68389");
    byte[] nonce = hex("69696ee955b62b73cd62bda875fc73d68219e0036b7a0b37");
    byte[] plain =
        hex(
            "be075fc53c81f2d5cf141316ebeb0c7b5228c52a4c62cbd44b66849b64244ffce5ecbaaf33bd751a"
                + "1ac728d45e6c61296cdc3c01233561f41db66cce314adb310e3be8250c46f06dceea3a7fa1348057"
                + "e2f6556ad6b1318a024a838f21af1fde048977eb48f59ffd4924ca1c60902e52f0a089bc76897040"
                + "e082f937763848645e0705");
    String box =
        "f3ffc7703f9400e52a7dfb4b3d3305d98e993b9f48681273c29650ba32fc76ce48332ea7164d96a4"
            + "476fb8c531a1186ac0dfc17c98dce87b4da7f011ec48c97271d2c20f9b928fe2270d6fb863d51738"
            + "b48eeee314a7cc8ab932164548e526ae90224368517acfeabd6bb3732bc0e9da99832b61ca01b6de"
            + "56244a9e88d5f9b37973f622a43d14a6599b1f654cb45a74e355a5";
    Secretbox secretbox = new Secretbox(key, new SecureRandom());

    byte[] sealed = secretbox.sealWith(nonce, plain);

    assertThat(HexFormat.of().formatHex(sealed)).isEqualTo(HexFormat.of().formatHex(nonce) + box);
    assertThat(secretbox.open(sealed, new byte[0])).isEqualTo(plain);
  }

  @Test
  void theFirstEntryThatNamesAResourceDecides() {
    var made =
        parse(
            """
            apiVersion: apiserver.config.k8s.io/v1
            kind: EncryptionConfiguration
            resources:
            - resources: [secrets, "*.apps"]
              providers: [{aesgcm: {keys: [{name: a, secret: %s}]}}]
            - resources: ["*."]
              providers: [{identity: {}}]
            - resources: ["*.*"]
              providers: [{aescbc: {keys: [{name: b, secret: %s}]}}]
            """
                .formatted(A, B));

    Map<String, String> heads =
        Map.of(
            "secrets", "k8s:enc:aesgcm:v1:a:",
            "deployments.apps", "k8s:enc:aesgcm:v1:a:",
            "configmaps", "k8s\0plain",
            "leases.coordination.k8s.io", "k8s:enc:aescbc:v1:b:");
    heads.forEach((resource, head) ->
        assertThat(text(made.of(resource).toStored(KEY, PLAIN))).startsWith(head));
  }

  @Test
  void whatIsWrongIsSaidWithItsPlaceAndWithoutTheKey() {
    refused(
        keys("aesgcm", "key1", secret(1, 20)),
        "resources[0].providers[0].aesgcm.keys[0].secret: 20 bytes: aesgcm takes 16, 24 or 32");
    refused(
        keys("secretbox", "key1", secret(1, 16)),
        "resources[0].providers[0].secretbox.keys[0].secret: 16 bytes: secretbox takes 32");
    refused(
        keys("aesgcm", "key1", "no base64!"),
        "resources[0].providers[0].aesgcm.keys[0].secret: it is not base64");
    refused(
        keys("aesgcm", "a", A, "a", B),
        "resources[0].providers[0].aesgcm.keys[1].name: \"a\" is there twice");
    refused(
        head("{kms: {name: x}}"),
        "resources[0].providers[0].kms: not supported: use aesgcm, aescbc, secretbox or identity");
    refused(
        head("{aes: {}}"),
        "resources[0].providers[0].aes: unknown provider: use aesgcm, aescbc, secretbox or identity");
    refused(
        head("{identity: {}, aesgcm: {}}"),
        "resources[0].providers[0]: exactly one provider is needed");
    refused(
        "kind: ConfigMap\n", "it is not an EncryptionConfiguration of apiserver.config.k8s.io/v1");
    refused(head("{identity: {}}") + "other: 1\n", "other: unknown field");
    refused("a: [" + A, "it is not well-formed YAML");
  }

  private static void refused(String yaml, String message) {
    assertThatThrownBy(() -> parse(yaml))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  private static void assertUnreadable(Transformer transformer, String key, byte[] stored) {
    assertThatThrownBy(() -> transformer.fromStored(key, stored))
        .isInstanceOf(UnreadableValueException.class);
  }

  private static EncryptionConfiguration parse(String yaml) {
    return EncryptionConfiguration.parse(yaml.getBytes(StandardCharsets.UTF_8));
  }

  private static String keys(String type, String... namesAndSecrets) {
    StringBuilder keys = new StringBuilder();
    for (int i = 0; i < namesAndSecrets.length; i += 2) {
      keys.append(i == 0 ? "" : ", ")
          .append("{name: " + namesAndSecrets[i] + ", secret: " + namesAndSecrets[i + 1] + "}");
    }
    return head("{" + type + ": {keys: [" + keys + "]}}");
  }

  private static String head(String provider) {
    return """
    apiVersion: apiserver.config.k8s.io/v1
    kind: EncryptionConfiguration
    resources:
    - resources: [secrets]
      providers: [%s]
    """
        .formatted(provider);
  }

  private static String secret(int fill, int size) {
    byte[] key = new byte[size];
    java.util.Arrays.fill(key, (byte) fill);
    return Base64.getEncoder().encodeToString(key);
  }

  private static byte[] hex(String text) {
    return HexFormat.of().parseHex(text);
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }
}
