package io.kemudi.apimachinery.apply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.kemudi.apimachinery.codec.Json;
import io.kemudi.apimachinery.codec.ProtobufCodec;
import io.kemudi.apimachinery.codec.Trees;
import io.kemudi.apimachinery.codec.Yaml;
import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.apimachinery.patch.RecordedPatches;
import io.kemudi.apimachinery.schema.MessageType;
import io.kemudi.apimachinery.schema.Schema;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// Recorded applies and the writes between them: who owns what after each, and every conflict.
class RecordedAppliesTest {
  @TestFactory
  List<DynamicTest> ownersAndConflictsAreUpstreams() {
    var tests = new ArrayList<DynamicTest>();
    for (RecordedPatches.Scenario scenario : RecordedPatches.all()) {
      if (scenario.name().startsWith("apply/")) {
        replay(scenario, tests);
      }
    }
    return tests;
  }

  /// Each step starts from what upstream had after the step before.
  private static void replay(RecordedPatches.Scenario scenario, List<DynamicTest> tests) {
    Map<String, @Nullable Object> live = null;
    int step = 0;
    for (RecordedPatches.Exchange exchange : scenario.exchanges()) {
      step++;
      String name = scenario.name() + " " + step;
      Map<String, @Nullable Object> before = live;
      boolean mainResource =
          !exchange.text("path").matches(".*/(scale|status|binding|ephemeralcontainers)\\?.*");
      // The recording converts an object between versions, and completes pods by admission.
      mainResource &= !scenario.name().equals("apply/several-versions");
      mainResource &= !exchange.text("path").contains("/pods");
      boolean apply = exchange.contentType().contains("apply");
      if (mainResource && apply) {
        tests.add(DynamicTest.dynamicTest(name, () -> apply(before, exchange)));
      } else if (mainResource
          && exchange.status() < 300
          && !exchange.method().matches("GET|DELETE")) {
        tests.add(DynamicTest.dynamicTest(name, () -> write(before, exchange)));
      }
      if (exchange.method().equals("DELETE")) {
        live = null;
      } else if (exchange.status() < 300 && !exchange.text("path").contains("dryRun")) {
        Map<String, @Nullable Object> response = exchange.response();
        boolean sameKind =
            live == null
                || (response != null && Objects.equals(live.get("kind"), response.get("kind")));
        live = sameKind ? response : live;
      }
    }
  }

  private static void apply(
      @Nullable Map<String, @Nullable Object> live, RecordedPatches.Exchange exchange) {
    Map<String, @Nullable Object> applied = Trees.object(body(exchange), "body");
    MessageType type = type(applied);
    boolean force = exchange.query("force").equals("true");
    FieldWriter writer = writer(exchange, Trees.string(applied, "apiVersion"));

    if (exchange.status() >= 300) {
      if (exchange.status() == 422 || message(exchange).contains("uid mismatch")) {
        return; // validation's and the registry's affair
      }
      ApiException refusal =
          catchThrowableOfType(
              ApiException.class,
              () -> ServerSideApply.apply(Topology.of(type), live, applied, writer, force));
      assertThat(refusal).as("a refusal: %s", message(exchange)).isNotNull();
      assertThat(refusal.text()).isEqualTo(message(exchange));
      assertThat(refusal.code()).isEqualTo((int) exchange.status());
      return;
    }
    Map<String, @Nullable Object> result =
        ServerSideApply.apply(Topology.of(type), live, applied, writer, force);
    assertThat(owners(result)).isEqualTo(owners(exchange.response()));
    assertThat(ProtobufCodec.encode(type, result)).isNotEmpty();
    assertThat(Trees.at(stored(type, result), "data"))
        .isEqualTo(Trees.at(exchange.response(), "data"));
    assertThat(Trees.at(stored(type, result), "metadata", "annotations"))
        .isEqualTo(Trees.at(exchange.response(), "metadata", "annotations"));
    assertThat(Trees.at(stored(type, result), "metadata", "finalizers"))
        .isEqualTo(Trees.at(exchange.response(), "metadata", "finalizers"));
  }

  private static Map<String, @Nullable Object> stored(
      MessageType type, Map<String, @Nullable Object> tree) {
    return ProtobufCodec.decode(type, ProtobufCodec.encode(type, tree));
  }

  private static void write(
      @Nullable Map<String, @Nullable Object> live, RecordedPatches.Exchange exchange) {
    var now = Trees.copyObject(Trees.object(exchange.response(), "response"));
    Object sent = Trees.at(body(exchange), "metadata", "managedFields");
    Trees.child(now, "metadata").put("managedFields", sent);

    ManagedFields.afterWrite(
        Topology.of(type(now)), live, now, writer(exchange, Trees.string(now, "apiVersion")));

    assertThat(owners(now)).isEqualTo(owners(exchange.response()));
  }

  private static @Nullable Object body(RecordedPatches.Exchange exchange) {
    return exchange.body() != null
        ? exchange.body()
        : Yaml.parse(exchange.text("bodyText").getBytes(StandardCharsets.UTF_8)).value();
  }

  private static MessageType type(Map<String, @Nullable Object> tree) {
    return Objects.requireNonNull(
        Schema.findKind(Trees.string(tree, "apiVersion"), Trees.string(tree, "kind")));
  }

  /// At the latest time that the answer shows: when something changed it did so then.
  private static FieldWriter writer(RecordedPatches.Exchange exchange, String apiVersion) {
    Instant now = Instant.parse("2026-01-01T00:00:01Z");
    List<?> entries = Trees.listOrNull(Trees.at(exchange.response(), "metadata", "managedFields"));
    for (Object entry : entries == null ? List.of() : entries) {
      if (Trees.at(entry, "time") instanceof String time && Instant.parse(time).isAfter(now)) {
        now = Instant.parse(time);
      }
    }
    String manager = exchange.query("fieldManager");
    return new FieldWriter(
        manager.isEmpty() ? "recorder" : manager,
        apiVersion,
        "",
        now,
        FieldFilter.excluding("status"));
  }

  private static String message(RecordedPatches.Exchange exchange) {
    Map<String, @Nullable Object> response = exchange.response();
    return response == null ? "" : Trees.string(response, "message");
  }

  private static String owners(@Nullable Map<String, @Nullable Object> tree) {
    return new String(
        Json.indent(Json.write(Trees.at(tree, "metadata", "managedFields"))),
        StandardCharsets.UTF_8);
  }
}
