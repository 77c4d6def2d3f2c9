package io.kemudi.apiserver.registry;

import static org.assertj.core.api.Assertions.assertThat;

import io.kemudi.apimachinery.codec.Envelope;
import io.kemudi.apimachinery.codec.Json;
import io.kemudi.apimachinery.codec.Trees;
import io.kemudi.store.Txn;
import io.kemudi.store.memory.MemoryStore;
import io.kemudi.time.SystemTimers;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.assertj.core.api.SoftAssertions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// What an upstream server stored in etcd, put into our store, is answered as upstream answered it;
/// and written back it is what upstream had stored.
class StoredFormsTest {
  private static final List<Map<String, @Nullable Object>> RECORDED = new ArrayList<>();
  private static ApiFixture api;

  @BeforeAll
  static void load() throws IOException {
    MemoryStore store = new MemoryStore(new SystemTimers());
    try (var lines =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(StoredFormsTest.class.getResourceAsStream("stored.jsonl.gz")),
                StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        RECORDED.add(Json.parseObject(line.getBytes(StandardCharsets.UTF_8)));
      }
    }
    for (Map<String, @Nullable Object> each : RECORDED) {
      byte[] value = Base64.getDecoder().decode(Trees.string(each, "etcdValue"));
      store.txn(Txn.builder().put(Trees.string(each, "etcdKey"), value).build());
    }
    api = new ApiFixture(store);
  }

  @AfterAll
  static void stop() {
    api.close();
  }

  private static StoredObject get(Map<String, @Nullable Object> recorded) {
    Target target =
        api.in(
            Trees.string(recorded, "group"),
            Trees.string(recorded, "version"),
            Trees.string(recorded, "resource"),
            Trees.string(recorded, "namespace"),
            Trees.string(recorded, "name"));
    return api.registry.get(api.context, target, "");
  }

  @Test
  void upstreamsValuesAreAnsweredAsUpstreamDid() {
    SoftAssertions all = new SoftAssertions();
    for (Map<String, @Nullable Object> recorded : RECORDED) {
      Map<String, @Nullable Object> expected = Trees.child(recorded, "get");
      Meta.set(expected, "resourceVersion", null);
      String name = recorded.get("resource") + "/" + recorded.get("variant");
      all.assertThatCode(
              () -> {
                StoredObject object = get(recorded);
                Map<String, @Nullable Object> shown = ApiFixture.tree(object);
                Meta.set(shown, "resourceVersion", null);
                assertThat(difference(text(shown), text(expected))).as(name).isEmpty();
              })
          .as(name)
          .doesNotThrowAnyException();
    }
    all.assertAll();
  }

  @Test
  void theBytesAreThoseThatUpstreamSends() {
    SoftAssertions all = new SoftAssertions();
    for (Map<String, @Nullable Object> recorded : RECORDED) {
      String sent = Trees.string(recorded, "getProtobuf");
      if (sent.isEmpty()) {
        continue;
      }
      byte[] expected = Envelope.unwrap(Base64.getDecoder().decode(sent)).raw();
      String name = recorded.get("resource") + "/" + recorded.get("variant");
      all.assertThat(io.kemudi.apiserver.storage.ObjectBytes.withRevision(get(recorded).bytes(), 7))
          .as(name)
          .isEqualTo(io.kemudi.apiserver.storage.ObjectBytes.withRevision(expected, 7));
    }
    all.assertAll();
  }

  /// Where two texts part; "" when they do not.
  private static String difference(String is, String wanted) {
    if (is.equals(wanted)) {
      return "";
    }
    int at = 0;
    while (at < Math.min(is.length(), wanted.length()) && is.charAt(at) == wanted.charAt(at)) {
      at++;
    }
    return "is " + around(is, at) + ", wanted " + around(wanted, at);
  }

  private static String around(String text, int at) {
    return text.substring(Math.max(0, at - 60), Math.min(text.length(), at + 60));
  }

  private static String text(Map<String, @Nullable Object> tree) {
    return new String(Json.write(tree), StandardCharsets.UTF_8);
  }
}
