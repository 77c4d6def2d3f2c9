package io.kemudi.apiserver.audit;

import io.kemudi.apimachinery.codec.CodecException;
import io.kemudi.apimachinery.codec.Trees;
import io.kemudi.apimachinery.codec.Yaml;
import io.kemudi.apiserver.registry.Authorizer.Attributes;
import io.kemudi.apiserver.registry.User;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What is recorded of which requests: upstream's `Policy` (`audit.k8s.io/v1`). The first rule that
/// matches decides; what none matches is not recorded.
public final class AuditPolicy {
  private static final Set<String> FIELDS =
      Set.of("apiVersion", "kind", "metadata", "rules", "omitStages", "omitManagedFields");
  private static final Set<String> RULE_FIELDS =
      Set.of(
          "level",
          "users",
          "userGroups",
          "verbs",
          "resources",
          "namespaces",
          "nonResourceURLs",
          "omitStages",
          "omitManagedFields");

  /// Who changed what, without what nodes and the control plane write by themselves all the time.
  /// Bodies are in no event.
  private static final String DEFAULT =
      """
      apiVersion: audit.k8s.io/v1
      kind: Policy
      omitStages: [RequestReceived]
      rules:
      - level: None
        verbs: [get, list, watch, head, options]
      - level: None
        resources:
        - {group: "", resources: [events]}
        - {group: events.k8s.io}
        - {group: coordination.k8s.io, resources: [leases]}
        - {group: authentication.k8s.io}
        - {group: authorization.k8s.io}
      - level: None
        userGroups: ["system:nodes"]
        resources:
        - {group: "", resources: [nodes/status, pods/status]}
      - level: Metadata
      """;

  private final List<AuditRule> rules;

  private AuditPolicy(List<AuditRule> rules) {
    this.rules = List.copyOf(rules);
  }

  /// Of a cluster whose operator gave none.
  public static AuditPolicy ofDefault() {
    return parse(DEFAULT.getBytes(StandardCharsets.UTF_8));
  }

  /// Records nothing.
  static AuditPolicy none() {
    return new AuditPolicy(List.of());
  }

  /// The rule that decides; null when the request is not recorded.
  @Nullable AuditRule decide(User user, Attributes asked) {
    for (AuditRule rule : rules) {
      if (rule.matches(user, asked)) {
        return rule.level() == AuditLevel.NONE ? null : rule;
      }
    }
    return null;
  }

  // ---- reading ----

  /// @throws IllegalArgumentException saying what is wrong and where
  public static AuditPolicy parse(byte[] yaml) {
    Map<String, @Nullable Object> tree;
    try {
      tree = Trees.object(Yaml.parse(yaml).value(), "the policy");
    } catch (CodecException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
    requireKnown(tree, "", FIELDS);
    if (!"audit.k8s.io/v1".equals(tree.get("apiVersion")) || !"Policy".equals(tree.get("kind"))) {
      throw new IllegalArgumentException("it is not a Policy of audit.k8s.io/v1");
    }
    List<@Nullable Object> list = Trees.listOrNull(tree.get("rules"));
    if (list == null || list.isEmpty()) {
      throw new IllegalArgumentException("rules: at least one rule is needed");
    }
    Set<AuditStage> omitted = stages(tree, "");
    boolean unmanaged = flag(tree, "omitManagedFields", "", false);
    List<AuditRule> rules = new ArrayList<>();
    for (int i = 0; i < list.size(); i++) {
      rules.add(
          rule(object(list.get(i), "rules[" + i + "]"), "rules[" + i + "].", omitted, unmanaged));
    }
    return new AuditPolicy(rules);
  }

  private static AuditRule rule(
      Map<String, @Nullable Object> tree,
      String at,
      Set<AuditStage> everywhere,
      boolean unmanaged) {
    requireKnown(tree, at, RULE_FIELDS);
    Set<AuditStage> omitted = stages(tree, at);
    omitted.addAll(everywhere);
    List<AuditRule.GroupResources> resources = resources(tree, at);
    List<String> namespaces = texts(tree, "namespaces", at);
    List<String> urls = texts(tree, "nonResourceURLs", at);
    if (!urls.isEmpty() && (!resources.isEmpty() || !namespaces.isEmpty())) {
      throw new IllegalArgumentException(
          at + "nonResourceURLs: a rule is about resources or about other URLs, not both");
    }
    for (String url : urls) {
      int star = url.indexOf('*');
      if ((!url.equals("*") && !url.startsWith("/")) || (star >= 0 && star < url.length() - 1)) {
        throw new IllegalArgumentException(
            at + "nonResourceURLs: \"" + url + "\" must begin with / and may end in *");
      }
    }
    return new AuditRule(
        level(tree, at),
        texts(tree, "users", at),
        texts(tree, "userGroups", at),
        texts(tree, "verbs", at),
        resources,
        namespaces,
        urls,
        omitted,
        flag(tree, "omitManagedFields", at, unmanaged));
  }

  private static List<AuditRule.GroupResources> resources(
      Map<String, @Nullable Object> tree, String at) {
    List<AuditRule.GroupResources> resources = new ArrayList<>();
    List<@Nullable Object> list = list(tree, "resources", at);
    for (int i = 0; i < list.size(); i++) {
      String here = at + "resources[" + i + "]";
      Map<String, @Nullable Object> each = object(list.get(i), here);
      requireKnown(each, here + ".", Set.of("group", "resources", "resourceNames"));
      List<String> names = texts(each, "resourceNames", here + ".");
      List<String> patterns = texts(each, "resources", here + ".");
      if (!names.isEmpty() && patterns.isEmpty()) {
        throw new IllegalArgumentException(
            here + ".resourceNames: names need resources, of which they are");
      }
      resources.add(new AuditRule.GroupResources(text(each, "group", here + "."), patterns, names));
    }
    return resources;
  }

  private static AuditLevel level(Map<String, @Nullable Object> tree, String at) {
    String text = text(tree, "level", at);
    for (AuditLevel level : AuditLevel.values()) {
      if (level.text().equals(text)) {
        return level;
      }
    }
    throw new IllegalArgumentException(
        at + "level: \"" + text + "\": use None, Metadata, Request or RequestResponse");
  }

  private static Set<AuditStage> stages(Map<String, @Nullable Object> tree, String at) {
    Set<AuditStage> stages = EnumSet.noneOf(AuditStage.class);
    for (String text : texts(tree, "omitStages", at)) {
      AuditStage found = null;
      for (AuditStage stage : AuditStage.values()) {
        found = stage.text().equals(text) ? stage : found;
      }
      if (found == null) {
        throw new IllegalArgumentException(
            at
                + "omitStages: \""
                + text
                + "\": use RequestReceived, ResponseStarted, ResponseComplete or Panic");
      }
      stages.add(found);
    }
    return stages;
  }

  private static void requireKnown(
      Map<String, @Nullable Object> tree, String at, Set<String> known) {
    for (String field : tree.keySet()) {
      if (!known.contains(field)) {
        throw new IllegalArgumentException(at + field + ": unknown field");
      }
    }
  }

  private static Map<String, @Nullable Object> object(@Nullable Object value, String at) {
    Map<String, @Nullable Object> object = Trees.objectOrNull(value);
    if (object == null) {
      throw new IllegalArgumentException(at + ": an object is needed");
    }
    return object;
  }

  private static List<@Nullable Object> list(
      Map<String, @Nullable Object> tree, String field, String at) {
    Object value = tree.get(field);
    List<@Nullable Object> list = Trees.listOrNull(value);
    if (list == null && value != null) {
      throw new IllegalArgumentException(at + field + ": a list is needed");
    }
    return list == null ? List.of() : list;
  }

  private static List<String> texts(Map<String, @Nullable Object> tree, String field, String at) {
    List<String> texts = new ArrayList<>();
    for (Object each : list(tree, field, at)) {
      if (!(each instanceof String text)) {
        throw new IllegalArgumentException(at + field + ": a list of texts is needed");
      }
      texts.add(text);
    }
    return texts;
  }

  private static String text(Map<String, @Nullable Object> tree, String field, String at) {
    Object value = tree.get(field);
    if (value != null && !(value instanceof String)) {
      throw new IllegalArgumentException(at + field + ": a text is needed");
    }
    return value == null ? "" : (String) value;
  }

  private static boolean flag(
      Map<String, @Nullable Object> tree, String field, String at, boolean otherwise) {
    Object value = tree.get(field);
    if (value != null && !(value instanceof Boolean)) {
      throw new IllegalArgumentException(at + field + ": true or false is needed");
    }
    return value == null ? otherwise : (Boolean) value;
  }
}
