package io.kemudi.apiserver.admission.match;

import com.google.protobuf.InvalidProtocolBufferException;
import io.kemudi.apimachinery.codec.ProtobufCodec;
import io.kemudi.apimachinery.codec.Trees;
import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.apimachinery.schema.Schema;
import io.kemudi.apimachinery.selector.LabelSelector;
import io.kemudi.apiserver.admission.AdmissionRequest;
import io.kemudi.apiserver.admission.AdmissionRequest.Operation;
import io.kemudi.apiserver.registry.Meta;
import io.kemudi.apiserver.registry.ObjectForms;
import io.kemudi.apiserver.registry.ObjectReader;
import io.kemudi.apiserver.registry.ResourceRow;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a webhook (`rules` and selectors) or a policy or binding (`MatchResources`) chooses.
///
/// @param exact whether a request through another version of a chosen resource is left out
///   (`matchPolicy: Exact`)
public record Constraints(
    List<Rule> rules,
    List<Rule> excluded,
    LabelSelector namespaces,
    LabelSelector objects,
    boolean exact) {
  public Constraints {
    rules = List.copyOf(rules);
    excluded = List.copyOf(excluded);
  }

  /// Of a `MatchResources`, where no rules at all choose everything.
  ///
  /// @throws ApiException when a selector is none
  public static Constraints ofResources(Map<String, @Nullable Object> tree) {
    return of(
        tree, Rule.list(tree.get("resourceRules")), Rule.list(tree.get("excludeResourceRules")));
  }

  /// Of a webhook.
  ///
  /// @throws ApiException when a selector is none
  public static Constraints ofWebhook(Map<String, @Nullable Object> tree) {
    return of(tree, Rule.list(tree.get("rules")), List.of());
  }

  private static Constraints of(
      Map<String, @Nullable Object> tree, List<Rule> rules, List<Rule> excluded) {
    return new Constraints(
        rules,
        excluded,
        selector(tree.get("namespaceSelector")),
        selector(tree.get("objectSelector")),
        Trees.string(tree, "matchPolicy").equals("Exact"));
  }

  /// A selector's tree; none selects everything.
  ///
  /// @throws ApiException BadRequest when it is none
  public static LabelSelector selector(@Nullable Object value) {
    Map<String, @Nullable Object> tree = Trees.objectOrNull(value);
    if (tree == null || tree.isEmpty()) {
      return LabelSelector.EVERYTHING;
    }
    byte[] bytes = ProtobufCodec.encode(Schema.message("meta.v1.LabelSelector"), tree);
    try {
      return LabelSelector.of(io.kemudi.kubernetes.meta.v1.LabelSelector.parseFrom(bytes));
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("a selector cannot be read", e);
    }
  }

  /// The row through which the chooser wants to see the request: the request's own, or the one of
  /// the same objects that a rule names. Null when it does not choose the request.
  ///
  /// @throws ApiException NotFound when the namespace that decides is not there
  public @Nullable ResourceRow choose(AdmissionRequest request, ObjectReader reader) {
    ResourceRow row = byRules(request, reader.forms());
    return row != null && selectsObject(request) && selectsNamespace(request, reader) ? row : null;
  }

  private @Nullable ResourceRow byRules(AdmissionRequest request, ObjectForms forms) {
    ResourceRow own = request.target().row();
    List<ResourceRow> rows = exact ? List.of(own) : forms.equivalents(own);
    for (ResourceRow row : rows) {
      if (excluded.stream().anyMatch(rule -> rule.matches(request, row))) {
        return null;
      }
    }
    if (rules.isEmpty()) {
      return own;
    }
    for (ResourceRow row : rows) {
      if (rules.stream().anyMatch(rule -> rule.matches(request, row))) {
        return row;
      }
    }
    return null;
  }

  /// The object as it will be or as it was.
  private boolean selectsObject(AdmissionRequest request) {
    if (objects.selectsEverything()) {
      return true;
    }
    Map<String, @Nullable Object> old = request.old();
    return request.operation() != Operation.DELETE && objects.matches(Meta.labels(request.object()))
        || old != null && objects.matches(Meta.labels(old));
  }

  /// What is in no namespace is always selected, but a namespace by its own labels.
  private boolean selectsNamespace(AdmissionRequest request, ObjectReader reader) {
    if (namespaces.selectsEverything()) {
      return true;
    }
    if (request.isOf("", "namespaces")) {
      return namespaces.matches(Meta.labels(request.object()));
    }
    String name = request.target().namespace();
    if (name.isEmpty()) {
      return true;
    }
    Map<String, @Nullable Object> namespace = reader.cached("namespaces", "", name);
    if (namespace == null) {
      throw ApiException.notFound("", "namespaces", name);
    }
    return namespaces.matches(Meta.labels(namespace));
  }
}
