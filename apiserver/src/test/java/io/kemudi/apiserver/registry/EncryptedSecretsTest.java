package io.kemudi.apiserver.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kemudi.apiserver.ApiCoreConfig;
import io.kemudi.apiserver.encryption.EncryptionConfiguration;
import io.kemudi.apiserver.storage.UnreadableValueException;
import io.kemudi.store.KeyValue;
import io.kemudi.store.RangeRequest;
import io.kemudi.store.Store;
import io.kemudi.store.Txn;
import io.kemudi.store.memory.MemoryStore;
import io.kemudi.store.sqlite.SqliteStore;
import io.kemudi.time.SystemTimers;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Secrets between the API and the store.
@Timeout(30)
class EncryptedSecretsTest {
  private static final String CANARY = "canary-4711";
  private static final String KEY = "/registry/secrets/n/old";

  /// The bytes 0 to 31.
  private static final String SECRET = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

  /// A Secret of upstream's form under [#KEY], encrypted in upstream's layouts by another
  /// implementation of the ciphers (Python's cryptography) with [#SECRET].
  private static final String GCM =
      "6465666768696a6b6c6d6e6f2323ad6673e55c9c48534dee8900098f27b6145b8142f971c8bdc852facd8f6c"
          + "a4d970f07c22ab34d0c3480fcd6ffaff2b6bb5d7107a7105cac19ce6dfb195ba38bceb3fc45c310dfb0e9e30"
          + "66e5438276737c55c9a4ffbff2c501f54a09481efe10e30b0e57b85cb3021aa8ad4d0363e7c61b4053a5a9e1"
          + "d1";

  private static final String CBC =
      "32333435363738393a3b3c3d3e3f4041193adccc75ca11b85945f39d3b3e4f4faaa507d14dba829a4273b061"
          + "90a4f531aa34bda90030ef0d2311f09964c7e0c2585a2e668a79543b88d305b85bebb85cda195b3900bc7b61"
          + "ab54316ebe134e62f646bd3bb60b4cb0f12e23394b641ae0ae274d6d799b5d6331d5360e407452d8";

  @TempDir Path dir;

  @Test
  void noFileOfTheStoreHoldsWhatASecretSays() throws IOException {
    try (var timers = new SystemTimers()) {
      Store store = SqliteStore.open(dir.resolve("store.db"), timers);
      try (ApiFixture api = new ApiFixture(store, encrypted("aesgcm", "key1"))) {
        api.namespace("n");
        api.create(
            api.core("secrets", "n", ""),
            "{\"metadata\":{\"name\":\"a\"},\"stringData\":{\"p\":\"" + CANARY + "\"}}");
        api.merge(api.core("secrets", "n", "a"), "{\"stringData\":{\"q\":\"" + CANARY + "\"}}");
        api.configMap("n", "plain", "readable-4711");

        assertThat(
                ApiFixture.json(api.registry.get(api.context, api.core("secrets", "n", "a"), "")))
            .contains(Base64.getEncoder().encodeToString(CANARY.getBytes(StandardCharsets.UTF_8)));
        for (KeyValue pair : store.range(RangeRequest.prefix("/registry/secrets/")).pairs()) {
          assertThat(text(pair.value())).startsWith("k8s:enc:aesgcm:v1:key1:");
        }
      }
      assertThat(files()).contains("readable-4711").doesNotContain(CANARY);
      store.close();
      assertThat(files()).contains("readable-4711").doesNotContain(CANARY);
    }
  }

  @Test
  void whatAnotherImplementationEncryptedIsReadAndRewrittenByTheNextWrite() {
    for (List<String> each : List.of(List.of("aesgcm", GCM), List.of("aescbc", CBC))) {
      MemoryStore store = storeWith("k8s:enc:" + each.getFirst() + ":v1:key1:", each.getLast());
      ApiCoreConfig rotated =
          config(
              "{secretbox: {keys: [{name: next, secret: %1$s}]}},"
                  + "{"
                  + each.getFirst()
                  + ": {keys: [{name: key1, secret: %1$s}]}}");
      try (ApiFixture api = new ApiFixture(store, rotated)) {
        Target old = api.core("secrets", "n", "old");
        StoredObject read = api.registry.get(api.context, old, "");
        assertThat(text(read.bytes())).contains(CANARY);
        assertThat(read.stale()).isTrue();

        api.merge(old, "{}");

        assertThat(text(stored(store))).startsWith("k8s:enc:secretbox:v1:next:");
        StoredObject now = api.registry.get(api.context, old, "");
        assertThat(now.stale()).isFalse();
        assertThat(api.merge(old, "{}").object().revision()).isEqualTo(now.revision());
      }
    }
  }

  @Test
  void withAWrongKeyTheServerDoesNotBegin() {
    MemoryStore store = storeWith("k8s:enc:aesgcm:v1:key1:", GCM);

    assertThatThrownBy(() -> new ApiFixture(store, encrypted("aesgcm", "other")))
        .isInstanceOf(UnreadableValueException.class)
        .hasMessageContaining("secrets: " + KEY)
        .hasMessageContaining("aesgcm key \"key1\"");
    assertThatThrownBy(() -> new ApiFixture(store))
        .isInstanceOf(UnreadableValueException.class)
        .hasMessageContaining(KEY);
  }

  @Test
  void whatStaysInTheClearIsReadAndEncryptedByTheNextWrite() {
    MemoryStore store = new MemoryStore(new SystemTimers());
    try (ApiFixture api = new ApiFixture(store)) {
      api.namespace("n");
      api.create(
          api.core("secrets", "n", ""),
          "{\"metadata\":{\"name\":\"old\"},\"stringData\":{\"p\":\"" + CANARY + "\"}}");
    }
    assertThat(text(stored(store))).contains(CANARY);
    try (ApiFixture api = new ApiFixture(store, encrypted("aesgcm", "key1"))) {
      api.merge(api.core("secrets", "n", "old"), "{}");

      assertThat(text(stored(store))).startsWith("k8s:enc:").doesNotContain(CANARY);
    }
  }

  private String files() throws IOException {
    StringBuilder all = new StringBuilder();
    try (Stream<Path> files = Files.walk(dir)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        all.append(text(Files.readAllBytes(file)));
      }
    }
    return all.toString();
  }

  private static ApiCoreConfig encrypted(String type, String key) {
    return config("{" + type + ": {keys: [{name: " + key + ", secret: %1$s}]}}, {identity: {}}");
  }

  private static ApiCoreConfig config(String providers) {
    String yaml =
        """
        apiVersion: apiserver.config.k8s.io/v1
        kind: EncryptionConfiguration
        resources:
        - resources: [secrets]
          providers: [%s]
        """
            .formatted(providers.formatted(SECRET));
    return ApiCoreConfig.DEFAULT.encrypted(
        EncryptionConfiguration.parse(yaml.getBytes(StandardCharsets.UTF_8)));
  }

  private static MemoryStore storeWith(String prefix, String hex) {
    byte[] head = prefix.getBytes(StandardCharsets.UTF_8);
    byte[] sealed = HexFormat.of().parseHex(hex);
    byte[] value = java.util.Arrays.copyOf(head, head.length + sealed.length);
    System.arraycopy(sealed, 0, value, head.length, sealed.length);
    MemoryStore store = new MemoryStore(new SystemTimers());
    store.txn(Txn.builder().put(KEY, value).build());
    return store;
  }

  private static byte[] stored(Store store) {
    return store.range(RangeRequest.prefix(KEY)).pairs().getFirst().value();
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }
}
