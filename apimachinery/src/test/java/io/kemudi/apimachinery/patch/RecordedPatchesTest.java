package io.kemudi.apimachinery.patch;

import static org.assertj.core.api.Assertions.assertThat;

import io.kemudi.apimachinery.codec.ProtobufCodec;
import io.kemudi.apimachinery.codec.Trees;
import io.kemudi.apimachinery.schema.MessageType;
import io.kemudi.apimachinery.schema.Schema;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// Every recorded patch that upstream accepted gives what upstream made of it.
class RecordedPatchesTest {
  /// Defaults, and what every write changes.
  private static final Set<String> SET_BY_SERVER =
      Set.of(
          "managedFields",
          "resourceVersion",
          "generation",
          "apiVersion",
          "protocol",
          "imagePullPolicy",
          "terminationMessagePath",
          "terminationMessagePolicy",
          "defaultMode",
          "targetPort",
          "externalTrafficPolicy",
          "rollingUpdate",
          "revisionHistoryLimit");

  @TestFactory
  List<DynamicTest> patchesGiveWhatUpstreamMadeOfThem() {
    var tests = new ArrayList<DynamicTest>();
    for (RecordedPatches.Scenario scenario : RecordedPatches.all()) {
      // Apply has tests of its own; the other one is about a default that comes back.
      if (scenario.name().startsWith("apply/") || scenario.name().contains("defaulted-again")) {
        continue;
      }
      Map<String, @Nullable Object> before = null;
      int step = 0;
      for (RecordedPatches.Exchange exchange : scenario.exchanges()) {
        step++;
        boolean accepted = exchange.status() < 300 && exchange.body() != null;
        boolean patch =
            exchange.method().equals("PATCH") && !exchange.contentType().contains("apply");
        if (before != null && patch && accepted && !exchange.text("path").contains("/status")) {
          var original = before;
          tests.add(
              DynamicTest.dynamicTest(
                  scenario.name() + " " + step, () -> check(original, exchange)));
        }
        before = accepted ? exchange.response() : before;
      }
    }
    return tests;
  }

  private static void check(
      Map<String, @Nullable Object> before, RecordedPatches.Exchange exchange) {
    MessageType type =
        Objects.requireNonNull(
            Schema.findKind(Trees.string(before, "apiVersion"), Trees.string(before, "kind")));

    Map<String, @Nullable Object> after =
        switch (exchange.contentType()) {
          case "application/json-patch+json" -> JsonPatch.apply(before, exchange.body());
          case "application/merge-patch+json" -> MergePatch.apply(before, exchange.body());
          default -> StrategicMergePatch.apply(type, before, exchange.body());
        };

    assertThat(comparable(type, after)).isEqualTo(comparable(type, exchange.response()));
  }

  /// As it would be stored, without what the server sets by itself.
  private static @Nullable Object comparable(
      MessageType type, @Nullable Map<String, @Nullable Object> tree) {
    var bytes = ProtobufCodec.encode(type, Trees.object(tree, "tree"));
    return without(ProtobufCodec.decode(type, bytes));
  }

  private static @Nullable Object without(@Nullable Object tree) {
    if (tree instanceof Map<?, ?> map) {
      map.keySet().removeIf(SET_BY_SERVER::contains);
      map.values().forEach(RecordedPatchesTest::without);
    } else if (tree instanceof List<?> list) {
      list.forEach(RecordedPatchesTest::without);
    }
    return tree;
  }
}
