package io.kemudi.apimachinery.apply;

import static org.assertj.core.api.Assertions.assertThat;

import io.kemudi.apimachinery.codec.Json;
import io.kemudi.apimachinery.codec.RecordedObjects;
import io.kemudi.apimachinery.codec.Trees;
import io.kemudi.apimachinery.schema.MessageType;
import io.kemudi.apimachinery.schema.Schema;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// The managedFields that upstream wrote when each recorded object was created.
class RecordedManagedFieldsTest {
  /// Where admission or the kind itself adds to what was sent after its owner has been noted.
  private static final Set<String> COMPLETED_BY_SERVER =
      Set.of(
          "jobs",
          "certificatesigningrequests",
          "namespaces",
          "persistentvolumeclaims",
          "persistentvolumes",
          "pods",
          "services",
          "volumeattributesclasses");

  /// Where the request had more than the answer: fields of features that are off.
  private static final Set<String> NOT_AS_ANSWERED =
      Set.of("apps/v1/statefulsets/rich", "storage.k8s.io/v1/csidrivers/rich");

  @TestFactory
  List<DynamicTest> creatingAnObjectGivesItsFieldsToItsCreator() {
    return RecordedObjects.all().stream()
        .filter(row -> row.has("response") && recorded(row) != null)
        .map(row -> DynamicTest.dynamicTest(row.name(), () -> check(row)))
        .toList();
  }

  private static @Nullable Object recorded(RecordedObjects.Row row) {
    return Trees.at(row.tree("response"), "metadata", "managedFields");
  }

  private static void check(RecordedObjects.Row row) {
    Map<String, @Nullable Object> created = Trees.copyObject(row.tree("response"));
    String apiVersion = Trees.string(created, "apiVersion");
    MessageType type = Schema.findKind(apiVersion, row.text("kind"));
    Topology topology = type == null ? Topology.custom(customSchema(row)) : Topology.of(type);
    List<?> wanted = Objects.requireNonNull(Trees.listOrNull(recorded(row)));
    Map<String, @Nullable Object> entry = Trees.object(wanted.getFirst(), "entry");
    Trees.child(created, "metadata").remove("managedFields");
    // Sent as empty lists, answered as null.
    switch (row.name()) {
      case "discovery.k8s.io/v1/endpointslices/min" -> created.put("endpoints", List.of());
      case "storage.k8s.io/v1/csinodes/min" ->
          Trees.child(created, "spec").put("drivers", List.of());
      default -> {}
    }

    ManagedFields.afterWrite(
        topology,
        null,
        created,
        new FieldWriter(
            Trees.string(entry, "manager"),
            apiVersion,
            "",
            Instant.parse(Trees.string(entry, "time")),
            FieldFilter.excluding("status")));

    List<?> owners = Trees.listOrNull(Trees.at(created, "metadata", "managedFields"));
    FieldSet ours = owners == null ? new FieldSet() : fields(owners.getFirst());
    FieldSet theirs = fields(entry);
    if (!NOT_AS_ANSWERED.contains(row.name())) {
      assertThat(theirs.difference(ours).paths()).isEmpty();
    }
    if (!COMPLETED_BY_SERVER.contains(row.text("resource"))) {
      assertThat(ours.difference(theirs).paths()).isEmpty();
    }
    if (ours.equals(theirs)) {
      assertThat(text(type, owners)).isEqualTo(text(type, wanted));
    }
  }

  /// Custom resources are shown with sorted keys.
  private static String text(@Nullable MessageType type, @Nullable Object tree) {
    byte[] json = type == null ? Json.writeSorted(tree) : Json.write(tree);
    return new String(json, StandardCharsets.UTF_8);
  }

  /// The schema in the recorded definition of a custom resource.
  private static @Nullable Map<String, @Nullable Object> customSchema(RecordedObjects.Row row) {
    for (RecordedObjects.Row other : RecordedObjects.all()) {
      var request = other.tree("request");
      if (other.text("resource").equals("customresourcedefinitions")
          && row.text("kind").equals(Trees.at(request, "spec", "names", "kind"))) {
        List<?> versions =
            Objects.requireNonNull(Trees.listOrNull(Trees.at(request, "spec", "versions")));
        return Trees.objectOrNull(Trees.at(versions.getFirst(), "schema", "openAPIV3Schema"));
      }
    }
    return null;
  }

  private static FieldSet fields(@Nullable Object entry) {
    return FieldSet.fromTree(Trees.object(Trees.at(entry, "fieldsV1"), "fieldsV1"));
  }
}
