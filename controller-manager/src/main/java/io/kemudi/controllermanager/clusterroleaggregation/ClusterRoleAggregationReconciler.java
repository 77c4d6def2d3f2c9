package io.kemudi.controllermanager.clusterroleaggregation;

import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.apimachinery.errors.StatusReason;
import io.kemudi.apimachinery.resource.ObjectKey;
import io.kemudi.apimachinery.resource.ResourceTypes;
import io.kemudi.apimachinery.selector.LabelSelectors;
import io.kemudi.client.api.ApiClient;
import io.kemudi.client.api.WriteOptions;
import io.kemudi.client.controller.Reconciler;
import io.kemudi.client.informer.Informer;
import io.kemudi.kubernetes.meta.v1.LabelSelector;
import io.kemudi.kubernetes.rbac.v1.ClusterRole;
import io.kemudi.kubernetes.rbac.v1.PolicyRule;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// Fills the rules of a ClusterRole that has an aggregation rule with those of the ClusterRoles it
/// selects. Its rules are this controller's alone: what else stands there goes.
public final class ClusterRoleAggregationReconciler implements Reconciler<ObjectKey> {
  private static final Duration SOON = Duration.ofMillis(50);

  private final ApiClient client;
  private final Informer<ClusterRole> roles;

  public ClusterRoleAggregationReconciler(ApiClient client, Informer<ClusterRole> roles) {
    this.client = client;
    this.roles = roles;
  }

  /// Every change of a role may change what these gather: all of them are looked at.
  public static List<ObjectKey> aggregated(Informer<ClusterRole> roles) {
    return roles.lister().list().stream()
        .filter(ClusterRole::hasAggregationRule)
        .map(ResourceTypes.CLUSTER_ROLES::key)
        .toList();
  }

  @Override
  public Result reconcile(ObjectKey key) {
    ClusterRole role = roles.lister().get(key);
    if (role == null || !role.hasAggregationRule()) {
      return Result.DONE;
    }
    List<PolicyRule> wanted = rules(role, roles.lister().list());
    if (wanted.equals(role.getRulesList())) {
      return Result.DONE;
    }
    try {
      client.update(
          ResourceTypes.CLUSTER_ROLES,
          role.toBuilder().clearRules().addAllRules(wanted).build(),
          WriteOptions.NONE);
      return Result.DONE;
    } catch (ApiException e) {
      if (e.is(StatusReason.CONFLICT)) {
        return Result.after(SOON); // the informer has not seen the last write yet
      }
      if (e.is(StatusReason.NOT_FOUND)) {
        return Result.DONE;
      }
      throw e;
    }
  }

  /// In the order of the selectors, then of the roles' names; each rule once.
  static List<PolicyRule> rules(ClusterRole role, Collection<ClusterRole> all) {
    Set<PolicyRule> rules = new LinkedHashSet<>();
    for (LabelSelector selector : role.getAggregationRule().getClusterRoleSelectorsList()) {
      List<ClusterRole> selected = new ArrayList<>();
      for (ClusterRole each : all) {
        boolean self = each.getMetadata().getName().equals(role.getMetadata().getName());
        if (!self && LabelSelectors.matches(selector, each.getMetadata().getLabelsMap())) {
          selected.add(each);
        }
      }
      selected.sort(Comparator.comparing(each -> each.getMetadata().getName()));
      selected.forEach(each -> rules.addAll(each.getRulesList()));
    }
    return List.copyOf(rules);
  }
}
