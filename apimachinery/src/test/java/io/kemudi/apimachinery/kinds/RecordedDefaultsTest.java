package io.kemudi.apimachinery.kinds;

import static org.assertj.core.api.Assertions.assertThat;

import io.kemudi.apimachinery.codec.ProtobufCodec;
import io.kemudi.apimachinery.codec.RecordedObjects;
import io.kemudi.apimachinery.codec.RecordedObjects.Row;
import io.kemudi.apimachinery.codec.Trees;
import io.kemudi.apimachinery.schema.MessageType;
import io.kemudi.apimachinery.schema.Schema;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// A recorded request, defaulted and prepared, is the recorded answer, but for what admission,
/// allocation and controllers add, which is listed here by kind and path.
class RecordedDefaultsTest {
  private static final Pattern NOT_OURS =
      Pattern.compile(
          String.join(
              "|",
              "\\w+/metadata/(uid|resourceVersion|managedFields|creationTimestamp).*",
              "Pod/spec/(volumes|tolerations|priority|preemptionPolicy|overhead|nodeSelector).*",
              "Pod/spec/(serviceAccountName|serviceAccount)",
              "Pod/spec/(init)?[cC]ontainers/\\d+/volumeMounts.*",
              "Pod/metadata/labels.*",
              "Node/spec/taints.*",
              "PersistentVolume(Claim)?/metadata/finalizers.*",
              "VolumeAttributesClass/metadata/finalizers.*",
              "Service/spec/(clusterIP|clusterIPs|ipFamilies|ipFamilyPolicy|healthCheckNodePort).*",
              "Service/spec/ports/\\d+/nodePort",
              "PersistentVolumeClaim/spec/storageClassName",
              "Ingress/spec/ingressClassName",
              "APIService/status.*",
              "CertificateSigningRequest/spec/(username|uid|groups|extra).*"));

  static Stream<Row> objects() {
    return RecordedObjects.all().stream()
        .filter(row -> Kinds.find(row.text("group"), row.text("kind")).isPresent())
        .filter(row -> isHub(row));
  }

  private static boolean isHub(Row row) {
    return ResourceInfos.hub(row.text("group"), row.text("kind"))
        .orElseThrow()
        .version()
        .equals(row.text("version"));
  }

  @ParameterizedTest
  @MethodSource("objects")
  void requestWithDefaultsIsTheAnswer(Row row) {
    Kind kind = Kinds.of(row.text("group"), row.text("kind"));
    MessageType type = type(row);
    Map<String, @Nullable Object> tree = Trees.copyObject(row.tree("request"));
    Map<String, @Nullable Object> expected = row.tree("response");
    takeSystemFields(tree, expected);

    kind.applyDefaults(tree);
    kind.prepareForCreate(tree);
    kind.applyDefaults(tree);

    List<String> differences = new ArrayList<>();
    diff(row.text("kind"), normalized(type, tree), normalized(type, expected), differences);
    assertThat(differences).filteredOn(d -> !NOT_OURS.matcher(d.split(" ")[0]).matches()).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("objects")
  void defaultingTheAnswerAgainChangesNothing(Row row) {
    Kind kind = Kinds.of(row.text("group"), row.text("kind"));
    MessageType type = type(row);
    Map<String, @Nullable Object> answer = Trees.copyObject(row.get());

    kind.applyDefaults(answer);

    List<String> differences = new ArrayList<>();
    diff("", normalized(type, answer), normalized(type, row.get()), differences);
    assertThat(differences).isEmpty();
  }

  private static MessageType type(Row row) {
    return Schema.message(
        ResourceInfos.hub(row.text("group"), row.text("kind")).orElseThrow().messageType());
  }

  /// What the registry fills in before a kind sees the object.
  private static void takeSystemFields(
      Map<String, @Nullable Object> tree, Map<String, @Nullable Object> expected) {
    Map<String, @Nullable Object> metadata = Tree.made(tree, "metadata");
    Map<String, @Nullable Object> from = Objects.requireNonNull(Tree.map(expected, "metadata"));
    for (String field : List.of("name", "namespace", "uid", "creationTimestamp")) {
      Tree.copy(from, metadata, field);
    }
  }

  private static Map<String, @Nullable Object> normalized(
      MessageType type, Map<String, @Nullable Object> tree) {
    return ProtobufCodec.decode(type, ProtobufCodec.encode(type, tree));
  }

  private static void diff(
      String path, @Nullable Object ours, @Nullable Object theirs, List<String> out) {
    if (ours instanceof Map<?, ?> left && theirs instanceof Map<?, ?> right) {
      TreeSet<String> keys = new TreeSet<>();
      left.keySet().forEach(key -> keys.add(String.valueOf(key)));
      right.keySet().forEach(key -> keys.add(String.valueOf(key)));
      for (String key : keys) {
        diff(path + "/" + key, left.get(key), right.get(key), out);
      }
    } else if (ours instanceof List<?> left
        && theirs instanceof List<?> right
        && left.size() == right.size()) {
      for (int i = 0; i < left.size(); i++) {
        diff(path + "/" + i, left.get(i), right.get(i), out);
      }
    } else if (!Objects.equals(ours, theirs)) {
      out.add(path + " ours: " + ours + " theirs: " + theirs);
    }
  }
}
