package io.kemudi.apimachinery.kinds;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import io.kemudi.apimachinery.codec.Json;
import io.kemudi.apimachinery.codec.ProtobufCodec;
import io.kemudi.apimachinery.codec.RecordedObjects;
import io.kemudi.apimachinery.codec.Trees;
import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.apimachinery.errors.StatusCause;
import io.kemudi.apimachinery.schema.MessageType;
import io.kemudi.apimachinery.schema.Schema;
import io.kemudi.apimachinery.validation.FieldError;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Writes that a real server refused or accepted, replayed on the functions of the kinds.
///
/// What needs more than an object to know (allocation, quota, admission) cannot agree here; the
/// thresholds hold what does, so that it never gets less.
class RecordedRefusalsTest {
  /// Of the server's choice in all recorded objects.
  private static final String UID = "6fa459ea-ee8a-3ca4-894e-db77e160355e";

  private static final int GENERATED_PREFIX_MAX = 58;

  private record Score(int alike, int all, List<String> different) {}

  /// @param file which writes: those of workloads, networks and nodes; those of storage, policies,
  ///   admission, devices and definitions
  @ParameterizedTest
  @CsvSource({"recorded-refusals, 445", "recorded-refusals-policy, 211"})
  void refusesInTheSameWords(String file, int refusalsAlike) {
    Score score = replay(file, true);

    assertThat(score.alike())
        .as("alike of %d; different: %s", score.all(), String.join("\n", score.different()))
        .isGreaterThanOrEqualTo(refusalsAlike);
  }

  @ParameterizedTest
  @CsvSource({"recorded-refusals, 133", "recorded-refusals-policy, 137"})
  void acceptsWhatWasAccepted(String file, int acceptedAlike) {
    Score score = replay(file, false);

    assertThat(score.alike())
        .as("alike of %d; different: %s", score.all(), String.join("\n", score.different()))
        .isGreaterThanOrEqualTo(acceptedAlike);
  }

  private static Score replay(String file, boolean refused) {
    int alike = 0;
    int all = 0;
    List<String> different = new ArrayList<>();
    for (String line : RecordedObjects.lines(file + ".jsonl.gz")) {
      var write = Json.parseObject(withoutPlaceholders(line));
      if (refused != Long.valueOf(422).equals(write.get("status"))) {
        continue;
      }
      all++;
      List<FieldError> errors = run(write);
      boolean same = refused ? sameRefusal(write, errors) : errors.isEmpty();
      alike += same ? 1 : 0;
      if (!same) {
        different.add(
            Trees.string(write, "scenario")
                + "\n  theirs: "
                + write.get("causes")
                + "\n  ours:   "
                + errors);
      }
    }
    return new Score(alike, all, different);
  }

  private static List<FieldError> run(Map<String, @Nullable Object> write) {
    Kind kind = kindOf(write);
    ResourceInfo info = ResourceInfos.hub(kind.group(), kind.kind()).orElseThrow();
    MessageType type = Schema.message(info.messageType());
    Map<String, @Nullable Object> tree = Trees.object(write.get("request"), "request");
    Map<String, @Nullable Object> metadata = Tree.made(tree, "metadata");
    if (info.namespaced()) {
      Tree.defaultText(metadata, "namespace", namespaceOf(Trees.string(write, "path")));
    }
    if (write.get("old") instanceof Map<?, ?>) {
      return update(
          kind, type, tree, Trees.object(write.get("old"), "old"), Trees.string(write, "sub"));
    }
    if (Tree.text(metadata, "name").isEmpty() && !Tree.text(metadata, "generateName").isEmpty()) {
      String prefix = Tree.text(metadata, "generateName");
      metadata.put(
          "name", prefix.substring(0, Math.min(prefix.length(), GENERATED_PREFIX_MAX)) + "cp8rf");
    }
    metadata.putIfAbsent("uid", UID);
    placeholdersOut(metadata);
    kind.applyDefaults(tree);
    kind.prepareForCreate(tree);
    return kind.validate(message(kind, type, tree));
  }

  private static Kind kindOf(Map<String, @Nullable Object> write) {
    String apiVersion = Trees.string(write, "apiVersion");
    int slash = apiVersion.indexOf('/');
    String group = slash < 0 ? "" : apiVersion.substring(0, slash);
    return Kinds.of(group, Trees.string(write, "kind"));
  }

  private static List<FieldError> update(
      Kind kind,
      MessageType type,
      Map<String, @Nullable Object> tree,
      Map<String, @Nullable Object> old,
      String subresource) {
    Map<String, @Nullable Object> oldMetadata = Tree.made(old, "metadata");
    Map<String, @Nullable Object> metadata = Tree.made(tree, "metadata");
    placeholdersOut(oldMetadata);
    placeholdersOut(metadata);
    for (String field : List.of("uid", "generation", "creationTimestamp")) {
      if (!Tree.has(metadata, field)) {
        Tree.copy(oldMetadata, metadata, field);
      }
    }
    kind.applyDefaults(tree);
    kind.prepareForUpdate(tree, old, subresource);
    return kind.validateUpdate(message(kind, type, tree), message(kind, type, old), subresource);
  }

  private static void placeholdersOut(Map<String, @Nullable Object> metadata) {
    for (String field : List.of("creationTimestamp", "managedFields", "resourceVersion")) {
      metadata.remove(field);
    }
  }

  private static Message message(Kind kind, MessageType type, Map<String, @Nullable Object> tree) {
    try {
      return kind.parser().parseFrom(ProtobufCodec.encode(type, tree));
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  /// The recording has placeholders such as `<time:1>` where the server chose.
  private static byte[] withoutPlaceholders(String line) {
    return line.replaceAll("<gen:\\d+>", "abcde")
        .replaceAll("<uid:\\d+>", UID)
        .replaceAll("<time:\\d+>", "2026-11-20T00:00:00Z")
        .replaceAll("<mtime:\\d+>", "2026-11-20T00:00:00.000000Z")
        .replaceAll("\"<nodePort:\\d+>\"", "30999")
        .replaceAll("<ip:\\d+>", "10.0.0.99")
        .getBytes(StandardCharsets.UTF_8);
  }

  private static String namespaceOf(String path) {
    int at = path.indexOf("/namespaces/");
    String rest = path.substring(at + "/namespaces/".length());
    int slash = rest.indexOf('/');
    return slash < 0 ? rest : rest.substring(0, slash);
  }

  private static boolean sameRefusal(Map<String, @Nullable Object> write, List<FieldError> errors) {
    Map<String, @Nullable Object> request = Trees.object(write.get("request"), "request");
    ApiException ours =
        kindOf(write).invalid(Tree.text(Tree.map(request, "metadata"), "name"), errors);
    Set<String> oursSaid = new TreeSet<>();
    for (StatusCause cause : Objects.requireNonNull(ours.details()).causes()) {
      oursSaid.add(cause.reason() + " " + cause.field() + " " + firstLine(cause.message()));
    }
    Set<String> theySaid = new TreeSet<>();
    for (Map<String, @Nullable Object> cause : Tree.maps(write, "causes")) {
      theySaid.add(
          Tree.text(cause, "reason")
              + " "
              + Tree.text(cause, "field")
              + " "
              + firstLine(Tree.text(cause, "message")));
    }
    String theirs = Trees.string(write, "message");
    // Where upstream walks a Go map the order in the message is not fixed, nor are struct dumps.
    boolean sameMessage =
        theirs.contains("\n") || theySaid.size() > 1 || theirs.equals(ours.text());
    return oursSaid.equals(theySaid) && sameMessage;
  }

  private static String firstLine(String text) {
    int end = text.indexOf('\n');
    return end < 0 ? text : text.substring(0, end);
  }
}
