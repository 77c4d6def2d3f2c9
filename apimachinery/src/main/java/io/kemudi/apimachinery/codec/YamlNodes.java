package io.kemudi.apimachinery.codec;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/// Turns one YAML document's nodes into a tree. An anchor's value is written out at every alias,
/// within a bound, so that a few lines cannot become gigabytes.
final class YamlNodes {
  /// How many nodes aliases may add. Semi-arbitrary: far above any manifest, far below any memory.
  private static final int MAX_ALIAS_NODES = 100_000;

  /// As in JSON: the answer to a body of a million keys need not repeat them.
  private static final int MAX_DUPLICATES = 100;

  private final List<String> duplicates = new ArrayList<>();
  private final Set<Node> seen = Collections.newSetFromMap(new IdentityHashMap<>());
  private final Set<Node> open = Collections.newSetFromMap(new IdentityHashMap<>());
  private int aliasDepth;
  private int aliasNodes;

  Json.Parsed document(Node root) {
    return new Json.Parsed(value(root), duplicates);
  }

  private @Nullable Object value(Node node) {
    boolean alias = !seen.add(node);
    if (!open.add(node)) {
      throw at(node, "anchor value contains itself");
    }
    aliasDepth += alias ? 1 : 0;
    if (aliasDepth > 0 && ++aliasNodes > MAX_ALIAS_NODES) {
      throw at(node, "document contains excessive aliasing");
    }
    Object value =
        switch (node) {
          case ScalarNode scalar -> YamlScalars.value(scalar);
          case SequenceNode sequence -> list(sequence);
          case MappingNode mapping -> object(mapping);
          default -> throw at(node, "unexpected " + node.getNodeId());
        };
    aliasDepth -= alias ? 1 : 0;
    open.remove(node);
    return value;
  }

  private List<@Nullable Object> list(SequenceNode sequence) {
    var list = new ArrayList<@Nullable Object>(sequence.getValue().size());
    for (Node item : sequence.getValue()) {
      list.add(value(item));
    }
    return list;
  }

  private Map<String, @Nullable Object> object(MappingNode mapping) {
    var map = new LinkedHashMap<String, @Nullable Object>();
    var merged = new LinkedHashMap<String, @Nullable Object>();
    for (NodeTuple tuple : mapping.getValue()) {
      if (isMergeKey(tuple.getKeyNode())) {
        merge(tuple.getValueNode(), merged);
        continue;
      }
      String key = key(tuple.getKeyNode(), mapping);
      if (map.containsKey(key) && aliasDepth == 0 && duplicates.size() < MAX_DUPLICATES) {
        Mark mark = tuple.getKeyNode().getStartMark();
        String column = " (column " + (mark.getColumn() + 1) + ")";
        duplicates.add(
            "line " + (mark.getLine() + 1) + ": key \"" + key + "\" already set in map" + column);
      }
      map.put(key, value(tuple.getValueNode()));
    }
    merged.forEach(map::putIfAbsent); // what the map says itself comes before what it merges
    return map;
  }

  private static boolean isMergeKey(Node key) {
    return key instanceof ScalarNode scalar
        && scalar.getTag().equals(Yaml.PLAIN)
        && scalar.getValue().equals("<<");
  }

  private void merge(Node from, Map<String, @Nullable Object> into) {
    List<Node> sources = from instanceof SequenceNode list ? list.getValue() : List.of(from);
    for (Node source : sources) {
      Map<String, @Nullable Object> values = Trees.objectOrNull(value(source));
      if (values == null) {
        throw at(source, "map merge requires map or sequence of maps as the value");
      }
      values.forEach(into::putIfAbsent);
    }
  }

  /// What is no key is told by where its map begins: `{{ .Values.name }}` in a template that nobody
  /// rendered is a map for a key.
  private String key(Node node, MappingNode mapping) {
    Object key = value(node);
    return switch (key) {
      case String text -> text;
      case Boolean bool -> bool.toString();
      case Long number -> number.toString();
      case Double number -> GoNumbers.format(number);
      case null -> throw at(mapping, "null cannot be a key");
      default -> throw at(mapping, Trees.typeName(key) + " cannot be a key");
    };
  }

  private static CodecException at(Node node, String why) {
    return YamlProblems.at(node.getStartMark(), why);
  }
}
